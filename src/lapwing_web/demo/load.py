"""Loading the demonstration, once, into a database that holds nothing else."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime, time, timedelta
from itertools import groupby
from pathlib import Path

from django.conf import settings
from msgspec import Struct

from lapwing_web.audit.actions import record, recorded
from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.actions import receive as receiving
from lapwing_web.casework.models import Referral
from lapwing_web.demo import offenders, older, people, registered
from lapwing_web.demo.files import DAYS, Delivery, deliveries
from lapwing_web.demo.front_door import FrontDoor, tell
from lapwing_web.demo.history import History
from lapwing_web.demo.welfare import look_after
from lapwing_web.intake.actions.statistics import refresh_after
from lapwing_web.intake.models import Document, Receipt
from lapwing_web.moment import UK, today
from lapwing_web.moment import at as at_moment
from lapwing_web.refusal import Refused
from lapwing_web.staff.actions import seen_home
from lapwing_web.staff.models import User

LOADED = "load the demonstration"  # the audit's own word for it, by which every page knows
FINISHED = "finish the demonstration"
NEWS = (Receipt.State.NEW, Receipt.State.NEW_VERSION)
AT_ONCE = 25_000  # reports loaded in one transaction, all or nothing; more are committed day by day


class RealData(Refused):
    """There is something else in this database, or there is going to be."""


class Asked(Struct, frozen=True):
    """What was asked for, which is what the data follow from."""

    reports: int
    seed: int
    ending: str  # the day the two years end before


def midnight() -> datetime:
    """The start of today in the United Kingdom, when the two years of history end."""
    return datetime.combine(today(), time(), UK)


def loaded() -> Asked | None:
    """What this database was loaded with; None when it holds no demonstration.

    Raises RealData when there is anything else here or the site is live, and Refused when a load was broken
    off.
    """
    if settings.ENVIRONMENT == "live":
        raise RealData("This is a live site, and made-up data never go where real data are expected.")
    began = AuditEntry.objects.filter(action=LOADED).order_by("position").first()
    if began is None:
        _refuse_anything_else()
        return None
    if not AuditEntry.objects.filter(action=FINISHED).exists():
        raise Refused(
            "A demonstration is being loaded here, or its loading was broken off. If so, start again with "
            "an empty database: another LAPWING_HOME, or another DATABASE_URL."
        )
    return Asked(**json.loads(began.new))


def _refuse_anything_else() -> None:
    for model, words in (
        (Receipt, "reports"),
        (Document, "reports"),
        (Referral, "referrals"),
        (User, "people"),
    ):
        if model._default_manager.exists():
            raise RealData(
                f"This database holds {words} that are not the demonstration’s, so nothing was loaded. "
                "Made-up data never go beside real data: give the demonstration another LAPWING_HOME or "
                "DATABASE_URL."
            )


def load(
    asked: Asked, *, password: str, keep_files: Path | None = None, told: Callable[[int], None] | None = None
) -> History:
    """Take in every file and play every step. Raises Refused where there is anything already."""
    ending = datetime.combine(datetime.fromisoformat(asked.ending), time(), UK)
    everything = recorded() if asked.reports <= AT_ONCE else nullcontext()
    with everything:
        if loaded() is not None:
            raise Refused("The demonstration is here already.")
        with recorded():
            record(LOADED, "demonstration:1", by=people.DEMO, new=_plain(asked))
        history = _play(asked, password, ending, keep_files, told)
        with recorded():
            record(FINISHED, "demonstration:1", by=people.DEMO, new=dict(history.done))
    refresh_after(asked.reports)
    return history


def _plain(asked: Asked) -> dict[str, int | str]:
    return {"reports": asked.reports, "seed": asked.seed, "ending": asked.ending}


def _play(
    asked: Asked, password: str, ending: datetime, keep_files: Path | None, told: Callable[[int], None] | None
) -> History:
    history, taken = History(people.hire(password), asked.seed, ending), 0
    door = FrontDoor(ending - timedelta(days=DAYS))
    arriving = deliveries(asked.reports, asked.seed, ending)
    with recorded():
        older.long_ago(history.cast, asked.seed, ending)
    with at_moment(ending - timedelta(days=DAYS)), recorded():
        offenders.take_over(history.cast, history.random)
    for _, day in groupby(arriving, key=lambda delivery: delivery.at.date()):
        with recorded():  # a day's work is one commit, or part of the one great one
            for delivery in day:
                history.play(delivery.at)
                if keep_files is not None:
                    write(delivery, keep_files)
                _take_in(delivery, history)
                _come_in(delivery, door, history)
                taken += len(delivery.documents) + len(delivery.handed) + len(delivery.told)
        if told:
            told(taken)
    with recorded():
        history.play(ending)
        look_after(history.cast, history.random, ending)
        with at_moment(ending - timedelta(hours=12)):
            offenders.last_visits(history.cast)
            registered.last_days(history.cast)
            older.reviews(history.cast)
        _seen(history.cast, ending)
    return history


def _seen(cast: people.Cast, ending: datetime) -> None:
    """Everybody last saw their home page a day ago, so that it has something new to say."""
    with at_moment(ending - timedelta(days=1)):
        for person in cast.people.values():
            seen_home(by=person)


def _take_in(delivery: Delivery, history: History) -> None:
    """Receive a delivery as any other is received, and plan what is to become of what it opened."""
    items = [receiving.Item(one.name, one.content) for one in delivery.documents]
    counts = receiving.receive(items, channel="command", by=people.DEMO, at=delivery.at, lines=True)
    courses = {one.name: one.course for one in delivery.documents}
    course_of: dict[int, str] = {}
    for line in counts.lines:
        course = courses.get(line.name.partition(" › ")[0], "")
        if line.state in NEWS and course:
            course_of.update(dict.fromkeys(line.referrals, course))
    for referral in Referral.objects.filter(pk__in=course_of).order_by("pk"):
        history.foresee(referral, course_of[referral.pk], delivery.at, delivery.backlog)


def _come_in(delivery: Delivery, door: FrontDoor, history: History) -> None:
    """What is handed over and told, a little after what is collected."""
    arrived = [(door.hand_over(one, delivery.at), one.course) for one in delivery.handed]
    arrived += [(tell(one, delivery.at), one.course) for one in delivery.told]
    for report, course in arrived:
        if report is not None:
            for referral in Referral.objects.filter(joinings__report=report).order_by("pk"):
                history.foresee(referral, course, delivery.at, delivery.backlog)


def write(delivery: Delivery, folder: Path) -> None:
    """Keep a delivery's files as they came: a folder for each."""
    place = folder / f"{delivery.at:%Y-%m-%d-%H%M}"
    place.mkdir(parents=True, exist_ok=True)
    for one in delivery.documents:
        (place / one.name).write_bytes(one.content)

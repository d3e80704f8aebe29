"""Registered offenders in the demonstration: two forces that keep up, and Merseyside as the chapter found it.

HC 515, paragraph 91: a hundred offenders to one manager where fifty are reasonable, and 98 visits overdue.
"""

from datetime import date, timedelta
from random import Random

from lapwing_web.audit.actions import audited
from lapwing_web.demo.people import MANAGER, Cast, short
from lapwing_web.moment import today
from lapwing_web.offenders.actions.managing import record_assessment, record_visit
from lapwing_web.offenders.actions.registering import New, register_all
from lapwing_web.offenders.models import Offender
from lapwing_web.staff.models import User

MERSEYSIDE = "E23000004"
MANAGED = {MERSEYSIDE: 100, "E23000007": 16, "E23000032": 12}
SEEN_AFTER_ALL = 2  # of Merseyside's hundred
LEVELS = {"very_high": 1, "high": 4, "medium": 9, "low": 10}
MISSED = 0.06  # of the visits that are due in a month where a force keeps up
AHEAD = timedelta(days=14)  # before a visit is due, from which it is made


@audited
def take_over(cast: Cast, random: Random) -> None:
    """What stood on each force's register when this record began."""
    for code, number in MANAGED.items():
        place = short(cast.forces[code].name)
        manager = cast.people[f"{MANAGER}-{place}"]
        register_all([_new(each, random, manager) for each in range(1, number + 1)], by=manager)


def _new(number: int, random: Random, manager: User) -> New:
    since = today() - timedelta(days=random.randrange(200, 3000))
    return New(
        register_number=f"EX/{number:04}",
        name=f"Example offender {number}",
        level=random.choices(list(LEVELS), list(LEVELS.values()))[0],
        since=since,
        born_on=date(1990, 1, 1) - timedelta(days=random.randrange(12_000)),
        lives_at=f"{number} Example Road",
        area=f"Area {random.randrange(1, 7)}",
        manager=manager,
        visited_on=today() - timedelta(days=random.randrange(1, 25)),
        assessed_on=today() - timedelta(days=random.randrange(1, 180)),
    )


def month_of_visits(cast: Cast, random: Random) -> None:
    """Visits and assessments that are due soon, where a force keeps up: most of them are made."""
    until = today() + AHEAD
    for code in MANAGED:
        if code != MERSEYSIDE:
            manager = cast.people[f"{MANAGER}-{short(cast.forces[code].name)}"]
            due = Offender.objects.filter(organisation=code, next_due_on__lte=until).order_by("pk")
            for one in due:
                _see(one, random, until, by=manager)


def _see(one: Offender, random: Random, until: date, *, by: User) -> None:
    if one.visit_due_on is not None and one.visit_due_on <= until and random.random() > MISSED:
        if random.random() < 0.1:
            record_visit(one, on=today(), result="no_answer", by=by)
        record_visit(one, on=today(), result="seen", text="Nothing of concern was found.", by=by)
    if one.assessment_due_on <= until and random.random() > MISSED:
        record_assessment(one, on=today(), level=one.level, text="No change since the last.", by=by)


def last_visits(cast: Cast) -> None:
    """Two of Merseyside's hundred are seen at the end: ninety-eight are not."""
    manager = cast.people[f"{MANAGER}-{short(cast.forces[MERSEYSIDE].name)}"]
    for one in Offender.objects.filter(organisation=MERSEYSIDE).order_by("-pk")[:SEEN_AFTER_ALL]:
        record_visit(one, on=today(), result="seen", text="Nothing of concern was found.", by=manager)

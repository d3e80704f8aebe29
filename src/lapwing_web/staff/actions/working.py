"""What somebody passed, whether they are given cases, and what they viewed."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from msgspec import Struct

from lapwing.policy import load
from lapwing.rules.allocation import expires
from lapwing.rules.exposure import counts, over, weight_of
from lapwing_web.audit.actions import Actor, audited, record
from lapwing_web.moment import UK, now, today
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.models import AllowedViewing, Exposure, OptOut, Training, User
from lapwing_web.staff.models.viewing import allowed_today, budget, left_of, midnight
from lapwing_web.staff.permissions import check


@audited
def record_training(person: User, *, course: str, passed_on: date, by: Any) -> Training:
    """Record a course that somebody of one's own organisation passed. Policy says until when it holds."""
    check(by, "record training")
    if person.organisation_id != by.organisation_id:
        raise Forbidden("This person works elsewhere.")
    version = load("allocation", settings.JURISDICTION).on(passed_on)
    if course not in version.courses:
        raise Refused("Choose one of the courses.")
    if passed_on > today():
        raise Refused("A course is recorded when it has been passed.")
    last = expires(course, passed_on, version)
    made = Training.objects.create(
        user=person, course=course, passed_on=passed_on, expires_on=last, at=now(), by=by
    )
    new = {"course": course, "passed_on": passed_on, "expires_on": last}
    record("record training", person, by=by, new=new, policy=load("allocation", settings.JURISDICTION).sha256)
    return made


@audited
def opt_out(*, by: User) -> OptOut:
    """Be given no more for now: one's own word, always accepted, and asked no reason."""
    made, new = OptOut.objects.get_or_create(user=by, ended_at=None, defaults={"at": now()})
    if new:
        record("opt out", by, by=by)
    return made


@audited
def opt_in(*, by: User) -> None:
    """Be given cases again."""
    if OptOut.objects.filter(user=by, ended_at=None).update(ended_at=now()):
        record("opt in", by, by=by)


class Viewed(Struct, frozen=True):
    """One file that somebody viewed. `stack`: one name for all of its near copies, or its own SHA-256."""

    kind: str
    stack: str
    at: datetime
    known: bool = False  # its hash is on a list of known files: it is never counted


@audited
def count_views(person: User, viewed: Iterable[Viewed], *, source: str, by: Actor) -> int:
    """Count what somebody viewed, as a grader's import or a vault's log says. Returns how many counted.

    What was viewed is a fact, and counted though it goes over their budget. Told again, it counts no more.
    """
    User.objects.select_for_update().get(pk=person.pk)  # two imports of one person, one after the other
    rows = _new_views(person, viewed, source)
    Exposure.objects.bulk_create(rows, batch_size=500)
    if rows:
        new = {"views": len(rows), "weight": sum(row.weight for row in rows), "source": source}
        record("count views", person, by=by, new=new, policy=load("exposure", settings.JURISDICTION).sha256)
    return len(rows)


def _new_views(person: User, viewed: Iterable[Viewed], source: str) -> list[Exposure]:
    """The views that count, none of them written."""
    topic, stacks = load("exposure", settings.JURISDICTION), sorted(viewed, key=lambda one: one.at)
    seen: set[str] = set()
    for first in range(0, len(stacks), 500):
        some = [one.stack for one in stacks[first : first + 500]]
        seen.update(person.exposures.filter(stack__in=some).values_list("stack", flat=True))
    rows = []
    for one in stacks:
        if counts(one.stack, known=one.known, seen=seen):
            seen.add(one.stack)
            weight = weight_of(one.kind, topic.on(one.at.astimezone(UK).date()))
            rows.append(
                Exposure(user=person, at=one.at, kind=one.kind, stack=one.stack, weight=weight, source=source)
            )
    return rows


def against_viewing(person: User, viewed: Iterable[Viewed], *, source: str) -> list[str]:
    """Why somebody should not have viewed this: a sentence each. None where nothing of it would count."""
    weight = sum(row.weight for row in _new_views(person, viewed, source))
    if not weight:
        return []
    out = OptOut.objects.filter(user=person, ended_at=None).exists()
    found = over(weight, left_of([person.pk])[person.pk], budget())
    return [*(["they asked to be given no more for now"] if out else []), *found]


@audited
def begin_viewing(many: Mapping[str, int], *, by: User) -> None:
    """Ask to view so many of each kind. Refused when it would go over a budget, or while a rest is due.

    What one was told today that one may view, and has not been counted, is in the sum.
    """
    check(by, "view material")
    topic = load("exposure", settings.JURISDICTION)
    version, remaining = topic.on(today()), left_of([by.pk])[by.pk]
    weight = sum(weight_of(kind, version) * count for kind, count in many.items() if count > 0)
    if not weight:
        raise Refused("Say how many you are about to view.")
    if remaining.rest_until:
        raise Refused(f"Rest until {remaining.rest_until.astimezone(UK):%H:%M}: an hour’s budget is used up.")
    allowed = allowed_today(by.pk)
    if found := over(weight + allowed, remaining, version):
        before = f", with {allowed} that you were told before that you may view" if allowed else ""
        raise Refused(f"This is over your budget: {'; '.join(found)}{before}. Somebody else must view it.")
    AllowedViewing.objects.filter(user=by, at__lt=midnight(now(), 1)).delete()
    AllowedViewing.objects.create(user=by, at=now(), weight=weight)
    record("begin viewing", by, by=by, new=dict(many), policy=topic.sha256)


@audited
def stop_viewing(*, by: User) -> None:
    """Say that one views no more of what one was told one may: what was not counted is one's own again."""
    check(by, "view material")
    if AllowedViewing.objects.filter(user=by).delete()[0]:
        record("stop viewing", by, by=by)

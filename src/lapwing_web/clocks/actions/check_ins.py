"""Check-ins with people who view: held, and due. Each has a clock, which is its person's and escalates."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db.models import Min

from lapwing.policy import load
from lapwing_web.audit.actions import Actor, Rule, about, audited, record, recorded
from lapwing_web.clocks.actions.running import Start, hand_over, settle, start_many
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import UK, now, today
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.models import CheckIn, User
from lapwing_web.staff.permissions import check

KIND = "check_in"
BY = Rule("rule:check-ins")


@audited
def record_check_in(person: User, *, held_on: date | None, next_on: date, by: User) -> CheckIn:
    """Record that a check-in was held (None: none was) and when the next is due. Nothing that was said."""
    check(by, "hold a check-in")
    if person.organisation_id != by.organisation_id:
        raise Forbidden("This person works elsewhere.")
    if person.pk == by.pk:
        raise Refused("Nobody checks in with themselves: somebody else must hold yours.")
    if held_on and held_on > today():
        raise Refused("A check-in is recorded when it has been held.")
    most = load("exposure", settings.JURISDICTION).on(today()).check_in_days
    if not 0 < (next_on - (held_on or today())).days <= most or next_on < today():
        raise Refused(f"The next check-in is today or later, and within {most} days of the last.")
    User.objects.select_for_update().get(pk=person.pk)
    waiting = CheckIn.objects.filter(user=person, held_on=None)
    _settle([person, *waiting], "held" if held_on else "planned", by=by)
    if held_on and not waiting.update(held_on=held_on, held_by=by):
        CheckIn.objects.create(user=person, due_on=held_on, held_on=held_on, held_by=by)
    made, _ = CheckIn.objects.update_or_create(user=person, held_on=None, defaults={"due_on": next_on})
    record("record check-in", person, by=by, new={"held_on": held_on, "next_on": next_on})
    start_many([_planned(made)], by=by)
    return made


def watch_check_ins() -> int:
    """Start a clock for each check-in that has none, and for whoever views and has never had one planned;
    settle those of people who have left, hand over those of who works elsewhere now. How many were started.
    """
    with recorded():
        waiting = CheckIn.objects.filter(held_on=None, user__is_active=True).select_related("user")
        never = User.objects.filter(is_active=True, check_ins=None, exposures__isnull=False)
        first = never.annotate(first=Min("exposures__at"))
        running = Clock.objects.filter(kind=KIND).exclude(state=Clock.State.SETTLED)
        held = {clock.about: clock for clock in running.select_related("owner")}
        starts = [_planned(one) for one in waiting if about(one) not in held]
        starts += [_unplanned(one, one.first) for one in first if about(one) not in held]
        for clock in held.values():
            _follow(clock)
        return len(start_many(starts, by=BY))


def _follow(clock: Clock) -> None:
    person = clock.owner
    if person is None or not person.is_active:
        settle(KIND, clock.about, event="left", by=BY)
    elif person.organisation_id != clock.organisation_id:
        hand_over(clock.about, person.organisation, by=BY)
        Clock.objects.filter(pk=clock.pk).update(owner=person)


def _settle(records: Iterable[User | CheckIn], event: str, *, by: Actor) -> None:
    settle(KIND, [about(one) for one in records], event=event, by=by)


def _planned(one: CheckIn) -> Start:
    """Due when its day is over. Planned again for another day, it is another clock."""
    event = f"planned {now().isoformat()}"
    return _start(one.user, about(one), event, one.due_on, "A check-in is due")


def _unplanned(person: User, first: datetime) -> Start:
    """Due so many days after the first view as policy lets pass between two check-ins."""
    days = load("exposure", settings.JURISDICTION).on(today()).check_in_days
    due = first.astimezone(UK).date() + timedelta(days=days)
    return _start(
        person, about(person), f"views {now().isoformat()}", due, "A check-in has never been planned"
    )


def _start(person: User, name: str, event: str, day: date, title: str) -> Start:
    due = datetime.combine(day + timedelta(days=1), time(), UK)
    return Start(KIND, name, event, person.organisation_id, owner=person.pk, title=title, due_at=due)

"""What people and events do to clocks: start, hand over, pause, resume, acknowledge, settle."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet
from msgspec import Struct

from lapwing.policy import holidays, load
from lapwing.policy.topics.clocks import ClockKind
from lapwing.rules import clocks as deadline
from lapwing.rules import pauses
from lapwing_web.audit.actions import Actor, Entry, about, audited, move, move_all, record, record_all
from lapwing_web.clocks.actions.telling import KINDS, OWNERS, nothing_left, tell_fired
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import UK, now
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.models import Organisation, User
from lapwing_web.staff.permissions import check

State = Clock.State
AGAIN = ", again "  # between what started a clock and how often it has run on since


class Start(Struct, frozen=True):
    """A clock to be started. With `kind`, `about` and `event` it is one clock, however often it is asked for.

    `at`: when its event happened (default now). `band`: where the policy gives a period a band. `due_at`: a
    deadline somebody else set, in place of the policy's period.
    """

    kind: str
    about: str  # `referral:12`
    event: str  # what started it: `received`, `sent:4`
    organisation: str  # the code of whose clock it is
    at: datetime | None = None
    owner: int | None = None  # the id of a person
    title: str = ""
    band: str | None = None
    due_at: datetime | None = None


def start(
    kind: str,
    about: str,
    *,
    event: str,
    organisation: Organisation | str,
    by: Actor,
    at: datetime | None = None,
    owner: User | None = None,
    title: str | None = None,
    band: str | None = None,
    due_at: datetime | None = None,
) -> Clock:
    """Start one clock, or return the one that this event started before."""
    code = organisation if isinstance(organisation, str) else organisation.pk
    owned = None if owner is None else owner.pk
    new = start_many([Start(kind, about, event, code, at, owned, title or "", band, due_at)], by=by)
    return new[0] if new else Clock.objects.get(kind=kind, about=about, event=event)


@audited
def start_many(starts: Sequence[Start], *, by: Actor) -> list[Clock]:
    """Start clocks in bulk, and return those that are new. An event never starts a clock of a kind twice."""
    wanted = {(one.kind, one.about, one.event): one for one in starts}
    held: set[tuple[str, str, str]] = set()
    subjects = list({one.about for one in starts})
    for first in range(0, len(subjects), 500):
        some = Clock.objects.filter(about__in=subjects[first : first + 500])
        held.update(some.values_list("kind", "about", "event"))
    clocks = [_clock(one) for key, one in wanted.items() if key not in held]
    Clock.objects.bulk_create(clocks, batch_size=500)
    record_all(
        Entry("start clock", about(clock), by, new=_standing(clock), policy=clock.policy) for clock in clocks
    )
    return clocks


def _clock(one: Start) -> Clock:
    at = one.at or now()
    topic = load("clocks", settings.JURISDICTION)
    kind: ClockKind = topic.on(at.astimezone(UK).date()).kinds[one.kind]
    days = holidays.england_wales()
    period = kind.period_for(one.band)
    due_at = one.due_at or deadline.due(at, period, days)
    return Clock(
        kind=one.kind,
        about=one.about,
        event=one.event,
        title=one.title or kind.label,
        organisation_id=one.organisation,
        owner_id=one.owner,
        started_at=at,
        due_at=due_at,
        warn_at=pauses.warn_from(due_at, kind.warn_before, days),
        unit=period.unit,
        escalated_to=kind.escalate_to,
        policy=topic.sha256,
    )


@audited
def settle(
    kind: str | Collection[str] | None,
    about: str | Collection[str],
    *,
    event: str,
    by: Actor,
    started_by: str | Collection[str] = "",
) -> int:
    """Settle every open clock of `kind` (one, or several; None: of every kind) about `about` (one, or
    several), or only those that the event `started_by` (one, or several) started. Returns how many.
    """
    clocks = _open_about(about)
    if kind is not None:
        clocks = clocks.filter(kind__in=_several(kind))
    open_ones = list(clocks.order_by("id"))
    if started_by:
        events = set(_several(started_by))
        open_ones = [one for one in open_ones if _first(one.event) in events]
    if open_ones:
        move_all(open_ones, State.SETTLED, by=by, action="settle clock", settled_at=now(), settled_by=event)
        nothing_left(open_ones)
    return len(open_ones)


def _first(event: str) -> str:
    """What started a clock at first, whether or not it was settled too early and runs on."""
    return event.partition(AGAIN)[0]


@audited
def run_on(
    about_: str | Collection[str],
    *,
    settled_by: str,
    since: datetime,
    but: Collection[str] = (),
    ahead: Collection[str] = (),
    by: Actor,
) -> list[Clock]:
    """Let the clocks that an event settled, at `since` or later, run on: new ones with their deadlines.

    None of the kinds `but`, and of the kinds `ahead` only those whose deadline is still to come. Any other
    deadline that has passed meanwhile fires, and is told. What was paused is paused, for the same reason.
    """
    rows = list(Clock.objects.filter(about__in=_several(about_)).order_by("id"))
    times = Counter(_started(one) for one in rows)
    last = {_started(one): one for one in rows}
    clocks = [
        _again(one, times[key])
        for key, one in last.items()
        if one.settled_at and one.settled_at >= since and one.settled_by == settled_by
        if one.kind not in but and not (one.kind in ahead and one.due_at <= now())
    ]
    Clock.objects.bulk_create(clocks, batch_size=500)
    why = "It had been settled, and runs on"
    record_all(
        Entry("start clock", about(one), by, why, new=_standing(one), policy=one.policy) for one in clocks
    )
    return clocks


def _started(clock: Clock) -> tuple[str, str, str]:
    return clock.kind, clock.about, _first(clock.event)


def _again(stopped: Clock, times: int) -> Clock:
    paused = {"state": State.PAUSED, "paused_at": stopped.paused_at, "pause_reason": stopped.pause_reason}
    names = ("kind", "about", "title", "organisation_id", "owner_id", "started_at", "due_at", "warn_at")
    kept = {name: getattr(stopped, name) for name in (*names, "unit", "escalated_to", "policy")}
    event = f"{_first(stopped.event)}{AGAIN}{times}"
    return Clock(event=event, **kept, **(paused if stopped.paused_at else {}))


def _several(one: str | Collection[str]) -> Collection[str]:
    return [one] if isinstance(one, str) else one


def _open_about(about: str | Collection[str]) -> QuerySet[Clock]:
    return Clock.objects.filter(about__in=_several(about)).exclude(state=State.SETTLED)


def runs(kind: str, about: str) -> bool:
    """Whether a clock of `kind` about `about` is open."""
    return Clock.objects.filter(kind=kind, about=about).exclude(state=State.SETTLED).exists()


@audited
def hand_over(about_: str | Collection[str], to: Organisation, *, by: Actor) -> int:
    """Every open clock about `about_` (one, or several) is another organisation's from now on; its deadline
    stays.
    """
    return _change(about_, {"organisation": to, "owner": None}, "hand a clock over", by=by)


@audited
def carry_over(about_: str, into: str, *, by: Actor) -> int:
    """Every open clock about `about_` is about `into` from now on; its deadline stays."""
    return _change(about_, {"about": into}, "carry a clock over", by=by)


@audited
def carry_back(keys: Collection[int], about_: str, to: str, *, starts: Collection[str], by: Actor) -> int:
    """Of the open clocks about `about_` those of these keys, or whose event begins so, are about `to`."""
    those = Q(pk__in=keys)
    for start_ in starts:
        those |= Q(event__startswith=start_)
    return _carry(_open_about(about_).filter(those), {"about": to}, "carry a clock over", by=by)


@audited
def give_to(about_: str | Collection[str], owner: User | None, *, by: Actor) -> int:
    """Every open clock about `about_` (one, or several) has this owner from now on. Returns how many."""
    return _change(about_, {"owner": owner}, "give a clock to somebody", by=by)


def _change(about_: str | Collection[str], changes: dict[str, object], action: str, *, by: Actor) -> int:
    return _carry(_open_about(about_), changes, action, by=by)


def _carry(found: QuerySet[Clock], changes: dict[str, object], action: str, *, by: Actor) -> int:
    clocks = list(found.order_by("id"))
    if not clocks:
        return 0
    keys = [clock.pk for clock in clocks]
    nothing_left(clocks, kinds=OWNERS if set(changes) == {"owner"} else KINDS)
    Clock.objects.filter(pk__in=keys).update(**changes, warned_at=None)
    tell_fired(list(Clock.objects.filter(pk__in=keys, state=State.FIRED)))
    new = {name: getattr(value, "pk", value) for name, value in changes.items()}
    columns = {"organisation": "organisation_id", "owner": "owner_id"}
    record_all(
        Entry(action, about(clock), by, old={n: getattr(clock, columns.get(n, n)) for n in new}, new=new)
        for clock in clocks
    )
    return len(clocks)


@audited
def pause(clock: Clock, why: str, by: User) -> Clock:
    """Stop a clock, with a reason. A paused clock never fires; what was left is kept for it."""
    _own(clock, by, "pause a clock")
    if not why.strip():
        raise Refused("Say why the clock is paused: the reason is shown beside it.")
    if clock.state == State.RUNNING and clock.due_at <= now():
        raise Refused(f"{clock} was due already and cannot be paused.")
    return move(
        clock,
        State.PAUSED,
        by=by,
        action="pause clock",
        why=why.strip(),
        paused_at=now(),
        pause_reason=why.strip(),
    )


@audited
def resume(clock: Clock, by: User) -> Clock:
    """Let a paused clock run on, with as much time as it had left when it was paused."""
    _own(clock, by, "pause a clock")
    if clock.state != State.PAUSED or clock.paused_at is None:
        raise Refused(f"{clock} is not paused.")
    days = holidays.england_wales()
    due_at = pauses.resumed(clock.due_at, clock.paused_at, now(), clock.unit, days)  # type: ignore[arg-type]
    return move(
        clock,
        State.RUNNING,
        by=by,
        action="resume clock",
        due_at=due_at,
        warn_at=due_at - (clock.due_at - clock.warn_at),
        warned_at=None,
        paused_at=None,
        pause_reason="",
    )


@audited
def acknowledge(clock: Clock, by: User) -> Clock:
    """Say that one has seen that a clock ran out. Only the role it was escalated to may, and only once."""
    _own(clock, by, "acknowledge a clock")
    if by.role != clock.escalated_to:
        label = dict(User.Role.choices)[clock.escalated_to].lower()
        raise Forbidden(f"This clock was escalated to the {label}: only they can acknowledge it.")
    if clock.state != State.FIRED:
        raise Refused(f"{clock} is not overdue: there is nothing to acknowledge.")
    changes = {"acknowledged_at": now(), "acknowledged_by": by}
    if not Clock.objects.filter(pk=clock.pk, state=State.FIRED, acknowledged_at=None).update(**changes):
        raise Refused(f"{clock} has been acknowledged or settled by someone else.")
    clock.acknowledged_at, clock.acknowledged_by = now(), by
    nothing_left([clock], kinds=["clock_escalated"])
    record(
        "acknowledge clock", clock, by=by, new={"acknowledged_at": clock.acknowledged_at, "by": by.username}
    )
    return clock


def _own(clock: Clock, by: User, permission: str) -> None:
    check(by, permission)
    clock.refresh_from_db()  # as it stands now that nobody else can write
    if clock.organisation_id != by.organisation_id:
        raise Forbidden("That clock belongs to another organisation.")


def _standing(clock: Clock) -> dict[str, object]:
    names = ("kind", "about", "event", "organisation_id", "started_at", "due_at", "escalated_to")
    return {name: getattr(clock, name) for name in names}

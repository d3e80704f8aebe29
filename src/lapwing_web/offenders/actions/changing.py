"""What every action on a registered offender begins and ends with: held as it was seen, changed once, and
its days and clocks worked out again.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from lapwing_web.audit.actions import Actor, about, record
from lapwing_web.clocks.actions import Start, give_to, settle, start_many
from lapwing_web.moment import UK, today
from lapwing_web.offenders.models import Offender
from lapwing_web.offenders.models.governing import due_columns
from lapwing_web.offenders.models.knowing import needs_to_know
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check

CLOCKS = {"visit_due": "visit_due_on", "assessment_due": "assessment_due_on"}
TITLES = {"visit_due": "Visit", "assessment_due": "Assessment"}


def own(offender: Offender, permission: str, by: User, *, ended: bool = False) -> Offender:
    """Hold `offender` as the person saw it. Refuses one of another force or whom the person need not know,
    and one who is no longer registered unless `ended`. Must be called inside `@audited`.
    """
    check(by, permission)
    seen = offender.turn
    offender.refresh_from_db()
    if not needs_to_know(by, offender):
        raise Forbidden("This registered offender is not one whom you manage.")
    if offender.turn != seen:
        raise Refused(
            f"{offender} has just been changed by someone else. Open it again to see how it stands."
        )
    if offender.state != Offender.State.REGISTERED and not ended:
        raise Refused(f"{offender} is no longer registered, so nothing of it can be changed.")
    return offender


def change(
    offender: Offender, action: str, *, by: Actor, why: str = "", told: Any = None, **columns: Any
) -> Offender:
    """Set `columns`, work out the days that are due, move the clocks along, and record all of it.

    `told`: what else the audit is to know of what was done.
    """
    was = {name: getattr(offender, name) for name in CLOCKS.values()}
    old = {name: getattr(offender, name) for name in columns}
    for name, value in columns.items():
        setattr(offender, name, value)
    found = due_columns(offender)
    moved = {name: value for name, value in found.items() if getattr(offender, name) != value}
    old |= {name: getattr(offender, name) for name in moved}
    changes = {**columns, **moved, "turn": offender.turn + 1}
    rows = Offender.objects.filter(pk=offender.pk, turn=offender.turn, state=offender.state)
    if not rows.update(**changes):
        raise Refused(
            f"{offender} has just been changed by someone else. Open it again to see how it stands."
        )
    for name, value in changes.items():
        setattr(offender, name, value)
    new = {name: _key(changes[name]) for name in old} | (told or {})
    old = {name: _key(value) for name, value in old.items()}
    record(action, offender, by=by, why=why, old=old, new=new, policy=offender.policy)
    _move_clocks(offender, was, by=by)
    return offender


def _key(value: Any) -> Any:
    return getattr(value, "username", None) or getattr(value, "pk", value)


def _move_clocks(offender: Offender, was: dict[str, date | None], *, by: Actor) -> None:
    """A clock on each day that is due: the one that ran on another day is settled."""
    name = about(offender)
    moved = [kind for kind, column in CLOCKS.items() if was[column] != getattr(offender, column)]
    if moved:
        settle(moved, name, event=f"turn {offender.turn}", by=by)
        start_many(clocks_of([offender], moved), by=by)


def clocks_of(offenders: Iterable[Offender], kinds: Iterable[str] = tuple(CLOCKS)) -> list[Start]:
    """The clocks on what is due of each. What is due on a day runs out as that day ends."""
    kinds = list(kinds)
    found = []
    for one in offenders:
        for kind in kinds:
            due_on = getattr(one, CLOCKS[kind])
            if due_on is not None:
                found.append(
                    Start(
                        kind,
                        about(one),
                        f"turn {one.turn}",
                        one.organisation_id,
                        owner=one.manager_id,
                        title=f"{TITLES[kind]} of {one.reference}",
                        due_at=datetime.combine(due_on + timedelta(days=1), time(), UK),
                    )
                )
    return found


def hand_clocks(offender: Offender, *, by: Actor) -> None:
    """The open clocks are the manager's."""
    give_to(about(offender), offender.manager, by=by)


def passed(on: date, what: str) -> date:
    """`on`, a day on which something was done. Refuses one to come."""
    if on > today():
        raise Refused(f"{what} is recorded when it has been done, not before.")
    return on

"""Warrants to enter and search: applied for, answered by the court, and executed before they expire."""

from datetime import date

from lapwing.rules.bail import midnight_after, months_from
from lapwing_web.audit.actions import Actor, about, audited, move, record
from lapwing_web.casework.actions.arrests import arrests_policy, held_case
from lapwing_web.casework.actions.holding import hold, in_order, policy_hash, said
from lapwing_web.casework.models import Case, Suspect, Warrant
from lapwing_web.clocks.actions import settle, start
from lapwing_web.moment import now, today
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User

State = Warrant.State


@audited
def apply_for_warrant(suspect: Suspect, *, grounds: str, by: User) -> Warrant:
    """Apply for a warrant, with its grounds: the address checked by two people, and why now."""
    case = held_case(suspect.case_id, by)
    grounds = said(grounds, "Write the grounds.")
    made = Warrant.objects.create(suspect=suspect, grounds=grounds, applied_at=now(), by=by)
    record("apply for a warrant", case, by=by, new={"suspect": suspect.number})
    return made


@audited
def answer_warrant(warrant: Warrant, *, granted: bool, on: date, by: User) -> Warrant:
    """The court's answer. From a grant a clock runs to the last day on which the warrant can be executed."""
    case = _held(warrant, by)
    if on > today():
        raise Refused("The court's answer cannot be in the future.")
    last = months_from(on, arrests_policy(on).warrant_months)
    if not granted:
        return _end(warrant, State.REFUSED, "refuse a warrant", on, case, by=by)
    policy = policy_hash("arrests")
    move(
        warrant, State.GRANTED, by=by, action="grant a warrant", policy=policy, granted_on=on, expires_on=last
    )
    _start_clock(warrant, case, by=by)
    record("grant a warrant", case, by=by, new={"granted_on": on, "expires_on": last})
    return warrant


def _start_clock(warrant: Warrant, case: Case, *, by: Actor) -> None:
    """Start the clock on the last day on which a warrant can be executed."""
    assert warrant.expires_on is not None
    start(
        "warrant",
        about(warrant),
        event="granted",
        organisation=case.organisation,
        owner=case.owner,
        by=by,
        due_at=midnight_after(warrant.expires_on),
        title=f"A warrant expires, {warrant.suspect.reference}",
    )


@audited
def end_warrant(warrant: Warrant, *, how: str, on: date, by: User) -> Warrant:
    """It was executed, or withdrawn, or it expired."""
    case = _held(warrant, by)
    if how not in (State.EXECUTED, State.WITHDRAWN, State.EXPIRED):
        raise Refused("Choose what became of the warrant.")
    if on > today():
        raise Refused("That cannot be in the future.")
    arrests_policy(on)  # refuses a day that no policy reaches
    if how == State.EXECUTED and (warrant.granted_on is None or warrant.expires_on is None):
        raise Refused("A warrant is executed after it is granted.")
    if how == State.EXECUTED and not warrant.granted_on <= on <= warrant.expires_on:  # type: ignore[operator]
        raise Refused(
            f"It could be executed from {warrant.granted_on:%-d %B %Y} to "
            f"{warrant.expires_on:%-d %B %Y}, and on no other day."
        )
    if how == State.EXPIRED and (warrant.expires_on is None or today() <= warrant.expires_on):
        raise Refused("It has not expired.")
    in_order("end of a warrant", on, grant=warrant.granted_on)
    return _end(warrant, how, f"{'execute' if how == State.EXECUTED else 'end'} a warrant", on, case, by=by)


def _held(warrant: Warrant, by: User) -> Case:
    case = held_case(warrant.suspect.case_id, by)
    hold(warrant)
    return case


def expire(warrant: Warrant, case: Case, *, by: Actor) -> None:
    """It has expired, whether or not anybody says so. Call inside `@audited`."""
    assert warrant.expires_on is not None
    _end(warrant, State.EXPIRED, "end a warrant", warrant.expires_on, case, by=by)


def _end(warrant: Warrant, to: str, action: str, on: date, case: Case, *, by: Actor) -> Warrant:
    move(warrant, to, by=by, action=action, ended_on=on)
    settle("warrant", about(warrant), event=to, by=by)
    record(action, case, by=by, new={"state": to, "on": on})
    return warrant

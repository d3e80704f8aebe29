"""How a case ended, and the taking back of it: for every package that it is worked from, and its referral."""

from datetime import date
from typing import Any

from lapwing.rules.outcomes import refusals
from lapwing_web.audit.actions import about, audited, move, record
from lapwing_web.casework.actions.cases import stop_case_clocks
from lapwing_web.casework.actions.closing import refuse_to_close
from lapwing_web.casework.actions.disposing import end_proposal
from lapwing_web.casework.actions.ended import tell_case_ended, tell_package_ended
from lapwing_web.casework.actions.gaps import find_gaps
from lapwing_web.casework.actions.holding import (
    Ending,
    decided,
    decided_before,
    ending,
    hold,
    outcomes_policy,
    policy_hash,
    reason_for,
    said,
    stop_clocks,
)
from lapwing_web.casework.actions.package import behind, own_package, rule_for
from lapwing_web.casework.actions.prosecution import facts_of
from lapwing_web.casework.actions.reopening import take_up_case, take_up_package, take_up_referral
from lapwing_web.casework.actions.reviews import CLOCK, start_review_clock
from lapwing_web.casework.actions.second_person import ask_second
from lapwing_web.casework.models import Case, Package, Referral
from lapwing_web.clocks.actions import settle
from lapwing_web.moment import now
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User

Kind, State, At = Package.Kind, Package.State, Referral.State


@audited
def record_outcome(
    package: Package,
    *,
    code: str,
    on: date,
    reason: str = "",
    text: str = "",
    by: User,
    agreed_by: User | None = None,
) -> Package:
    """Record how the package's case ended: a Home Office outcome, its day, and why it went no further if not.

    Refused while anything stands in the way of closing the case (`closing`). It is the outcome of every
    package that the case is worked from.
    """
    own_package(package, "record an outcome", by)
    hold(package)
    if package.kind != Kind.DISSEMINATION or package.state != State.ACCEPTED or package.outcome:
        raise Refused(
            f"{package} is not an accepted dissemination without an outcome, so none can be recorded."
        )
    end = ending(code, on, reason, text)
    case = _case(package)
    refuse_to_close(case)
    found = refusals(code, reason, on, facts_of(case, agreed_by or by), outcomes_policy())
    if found:
        raise Refused(" ".join(found))
    if end.reason and reason_for("close", reason, text).second_approver and agreed_by is None:
        given = {"code": code, "on": on.isoformat(), "reason": reason, "text": text}
        ask_second(behind(package), "outcome", given, by=by, package=package)
        return package
    for one in _worked_from(case, package):
        _end(one, end, by=by, agreed_by=agreed_by)
    move(case, Case.State.CLOSED, by=agreed_by or by, action="close a case", why=end.why, closed_at=now())
    find_gaps(case)
    stop_case_clocks(case, event="closed", by=agreed_by or by)
    tell_case_ended(case, by=agreed_by or by)
    start_review_clock(case, event=f"closed {now().isoformat()}", by=agreed_by or by)
    return package


def _case(package: Package) -> Case:
    if package.case_id is None:
        raise Refused(
            f"{package} was accepted before cases were kept. Run `lapwing-web setup` to open its case."
        )
    return Case.objects.select_related("organisation").get(pk=package.case_id)


def _worked_from(case: Case, package: Package) -> list[Package]:
    """The case's accepted disseminations that stand as `package` does, itself first."""
    held = case.packages.filter(kind=Kind.DISSEMINATION, state=State.ACCEPTED, outcome=package.outcome)
    return [package, *held.exclude(pk=package.pk).order_by("pk")]


def _end(package: Package, end: Ending, *, by: User, agreed_by: User | None) -> None:
    how = decided(end.reason, end.text, by=by)
    ended: dict[str, Any] = {"outcome": end.code, "outcome_on": end.on}
    columns = {**ended, "outcome_reason": end.reason, "outcome_text": end.text}
    _rewrite(package, "record an outcome", end.why, columns, by=agreed_by or by)
    settle(None, about(package), event="outcome", by=agreed_by or by)
    referral, rule = behind(package), rule_for("closed", package)
    why, policy = f"{by.organisation}: {end.why}", policy_hash("outcomes")
    move(referral, At.CLOSED, by=rule, action="close", why=why, policy=policy, **ended, **how)
    stop_clocks(referral, event="closed", by=rule, kinds=None)
    tell_package_ended(package)


@audited
def reopen_outcome(package: Package, *, why: str, by: User) -> Package:
    """Take the outcome of the package's case back: the force has it again. All that was done before stays."""
    own_package(package, "record an outcome", by)
    hold(package)
    if not package.outcome:
        raise Refused(f"{package} has no outcome to take back.")
    why = said(why, "Say why the outcome is taken back.")
    case = _case(package)
    if package.disposed_at:
        raise Refused(f"The record of {case} has been disposed of, so there is nothing to work on.")
    for one in _worked_from(case, package):
        _reopen(one, why, by=by)
    ended_at = case.closed_at or now()
    move(case, Case.State.OPEN, by=by, action="reopen a case", why=why, closed_at=None)
    settle(CLOCK, about(case), event="reopened", by=by)
    end_proposal(case, f"{case} is worked on again.", by=by)
    find_gaps(case)
    take_up_case(case, ended_at=ended_at, by=by)
    return package


def _reopen(package: Package, why: str, *, by: User) -> None:
    columns: dict[str, Any] = {"outcome": "", "outcome_on": None, "outcome_reason": "", "outcome_text": ""}
    _rewrite(package, "take an outcome back", why, columns, by=by)
    referral, rule = behind(package), rule_for("reopened", package)
    words = f"{by.organisation} took the outcome of {package.reference} back. {why}"
    how, ended_at = decided_before(referral, "disseminate"), referral.decided_at or now()
    move(referral, At.ACCEPTED, by=rule, action="reopen", why=words, outcome="", outcome_on=None, **how)
    take_up_referral(referral, ended_at=ended_at, by=rule)
    take_up_package(package, ended_at=ended_at, by=by)


def _rewrite(package: Package, action: str, why: str, columns: dict[str, Any], *, by: User) -> None:
    """Change an accepted package's outcome, and record it with the old values."""
    old = {name: getattr(package, name) for name in columns}
    for name, value in columns.items():
        setattr(package, name, value)
    Package.objects.filter(pk=package.pk).update(**columns)
    record(action, package, by=by, why=why, old=old, new=columns, policy=policy_hash("outcomes"))

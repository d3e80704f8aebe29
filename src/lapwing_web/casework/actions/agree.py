"""The second person's answer to a decision that takes two."""

from datetime import date
from typing import Any

from lapwing_web.audit.actions import about, audited, record
from lapwing_web.casework.actions.decide import close_kept, discard, keep
from lapwing_web.casework.actions.holding import said
from lapwing_web.casework.actions.outcome import record_outcome
from lapwing_web.casework.actions.second_person import NEEDED
from lapwing_web.casework.models import Approval
from lapwing_web.moment import now
from lapwing_web.notifications.actions import over
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check


@audited
def agree(approval: Approval, *, by: User) -> Approval:
    """Agree, and so carry the decision out in the name of whoever asked, by both."""
    _answer(approval, True, "", by=by)
    given: dict[str, Any] = {**approval.arguments, "by": approval.asked_by, "agreed_by": by}
    if "on" in given:
        given["on"] = date.fromisoformat(given["on"])
    if approval.decision == "discard":
        discard(approval.referral, **given)
    elif approval.decision == "keep":
        keep(approval.referral, **given)
    elif approval.package is None:
        close_kept(approval.referral, **given)
    else:
        record_outcome(approval.package, **given)
    return approval


@audited
def disagree(approval: Approval, *, why: str, by: User) -> Approval:
    """Do not agree: the decision is dropped, and whoever asked decides again."""
    return _answer(approval, False, said(why, "Say why you do not agree."), by=by)


@audited
def withdraw(approval: Approval, *, by: User) -> Approval:
    """Take back one's own decision before anybody has answered it."""
    approval.refresh_from_db()
    if approval.asked_by_id != by.pk:
        raise Forbidden("Only the person who asked can take this back.")
    return _close(approval, None, "taken back", by=by)


def _answer(approval: Approval, agreed: bool, why: str, *, by: User) -> Approval:
    check(by, NEEDED[approval.decision])
    approval.refresh_from_db()
    if by.organisation_id != approval.organisation_id:
        raise Forbidden("This is for another organisation to answer.")
    if approval.asked_by_id == by.pk:
        raise Forbidden("You asked for this yourself. Somebody else must agree.")
    return _close(approval, agreed, why, by=by)


def _close(approval: Approval, agreed: bool | None, why: str, *, by: User) -> Approval:
    if approval.answered_at:
        raise Refused("This has already been answered.")
    approval.answered_at, approval.answered_by, approval.agreed, approval.answer_text = now(), by, agreed, why
    approval.save(update_fields=["answered_at", "answered_by", "agreed", "answer_text"])
    over([about(approval)], kinds=["approval_waiting"])
    words = {True: "agree to a decision", False: "disagree with a decision", None: "take back a decision"}[
        agreed
    ]
    record(words, approval.package or approval.referral, by=by, why=why, new=approval.arguments)
    return approval

"""Asking a second person to agree, for the reasons that policy says need two. Agreeing is in `agree`."""

from typing import Any

from lapwing_web.audit.actions import Actor, about, record
from lapwing_web.casework.models import Approval, Package, Referral
from lapwing_web.moment import now
from lapwing_web.notifications.actions import over, tell
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import holders

NEEDED = {"discard": "discard a referral", "keep": "keep a referral", "outcome": "record an outcome"}


def ask_second(
    referral: Referral, decision: str, arguments: dict[str, Any], *, by: User, package: Package | None = None
) -> Approval:
    """Keep a decision until another person of the same organisation agrees. Call inside `@audited`."""
    if referral.approvals.filter(organisation=by.organisation_id, answered_at=None).exists():
        raise Refused("A decision on this already waits for a second person. It must be answered first.")
    approval = Approval.objects.create(
        referral=referral,
        package=package,
        organisation=by.organisation,
        decision=decision,
        arguments=arguments,
        asked_at=now(),
        asked_by=by,
    )
    record("ask a second person", package or referral, by=by, why=arguments.get("text", ""), new=arguments)
    asked = holders(NEEDED[decision], by.organisation).exclude(pk=by.pk).values_list("pk", flat=True)
    tell("approval_waiting", about(approval), event="asked", to=asked)
    return approval


def drop_request(package: Package, why: str, *, by: Actor) -> None:
    """A decision on a package that waits for a second person holds no longer. Call inside `@audited`."""
    for approval in package.approvals.filter(answered_at=None):
        person = by if isinstance(by, User) else None
        answered = {"answered_at": now(), "answered_by": person, "answer_text": why}
        Approval.objects.filter(pk=approval.pk).update(**answered)
        over([about(approval)], kinds=["approval_waiting"])
        record("overtake a decision", package, by=by, why=why, new={"decision": approval.decision})

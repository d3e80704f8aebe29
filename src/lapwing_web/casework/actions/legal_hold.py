"""Placing a legal hold on a case, open or closed, and lifting it: never by the person who placed it."""

from lapwing_web.audit.actions import audited, record
from lapwing_web.casework.actions.disposing import end_proposal
from lapwing_web.casework.actions.holding import said
from lapwing_web.casework.actions.owning import own
from lapwing_web.casework.models import Case, LegalHold
from lapwing_web.casework.models.hanging import goes_on_in
from lapwing_web.moment import now
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User


@audited
def place_hold(case: Case, *, why: str, by: User) -> LegalHold:
    """Keep the case from disposal, whatever its review says, until another person lifts the hold."""
    own(case, "hold a case", by, ended=True)
    why = said(why, "Say who asks for the hold, and why.")
    if case.legal_holds.filter(lifted_at=None).exists():
        raise Refused(f"{case} is under a legal hold already.")
    end_proposal(goes_on_in(case), f"{case} is under a legal hold.", by=by)
    made = LegalHold.objects.create(case=case, why=why, at=now(), by=by)
    record("place a legal hold", case, by=by, why=why)
    return made


@audited
def lift_hold(case: Case, *, why: str, by: User) -> LegalHold:
    """Lift the hold that stands. It takes another person than the one who placed it."""
    own(case, "hold a case", by, ended=True)
    why = said(why, "Say why the hold ends.")
    held = case.legal_holds.filter(lifted_at=None).first()
    if held is None:
        raise Refused(f"{case} is under no legal hold.")
    if held.by_id == by.pk:
        raise Refused("You placed this hold, so another person lifts it. The case’s page says who can.")
    held.lifted_at, held.lifted_by, held.lifted_why = now(), by, why
    columns = {"lifted_at": held.lifted_at, "lifted_by": by, "lifted_why": why}
    LegalHold.objects.filter(pk=held.pk, lifted_at=None).update(**columns)
    record("lift a legal hold", case, by=by, why=why, old={"why": held.why, "by": held.by_id})
    return held

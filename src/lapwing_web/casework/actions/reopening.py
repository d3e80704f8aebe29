"""The clocks that the end of a case, or of a referral, stopped: what becomes of each when it is reopened.

All of them run on with the deadlines they had, but for those named here: whatever is added later is taken up
until somebody decides otherwise. Call all of it inside `@audited`.
"""

from datetime import datetime

from lapwing_web.audit.actions import Actor, about
from lapwing_web.casework.actions.cases import begin_clocks
from lapwing_web.casework.actions.hits import hits_to_look_at
from lapwing_web.casework.actions.holding import DECISION
from lapwing_web.casework.actions.owning import names_of
from lapwing_web.casework.models import Case, Package, Referral
from lapwing_web.clocks.actions import run_on
from lapwing_web.moment import now

FOUND_ANEW = ("allocation", "contact_questions", "gap")  # from how the case stands now
WHILE_THEY_LAST = ("contact_expiry", "bail", "warrant", "provider_logs")  # nothing to do once they have ended


def take_up_case(case: Case, *, ended_at: datetime, by: Actor) -> None:
    """A case that ended then is open again."""
    names, last = names_of(case), WHILE_THEY_LAST
    run_on(names, settled_by="closed", since=ended_at, but=FOUND_ANEW, ahead=last, by=by)
    begin_clocks(case, event=f"reopened {now().isoformat()}", by=by)


def take_up_package(package: Package, *, ended_at: datetime, by: Actor) -> None:
    """A package whose outcome was recorded then has none any more."""
    run_on(about(package), settled_by="outcome", since=ended_at, ahead=WHILE_THEY_LAST, by=by)


def take_up_referral(referral: Referral, *, ended_at: datetime, by: Actor) -> None:
    """A referral that was closed then is closed no more. What was looked at or answered meanwhile is done."""
    done = _done(referral)
    run_on(about(referral), settled_by="closed", since=ended_at, but=done, ahead=WHILE_THEY_LAST, by=by)


def take_up_discarded(referral: Referral, *, discarded_at: datetime | None, by: Actor) -> None:
    """A referral that was discarded then is in the queue again: whoever put it there starts the clock on the
    next decision. `discarded_at`: None where nobody had decided, so that no clock was stopped.
    """
    if discarded_at is None:
        return
    done, last = [*DECISION, *_done(referral)], WHILE_THEY_LAST
    run_on(about(referral), settled_by="discarded", since=discarded_at, but=done, ahead=last, by=by)


def _done(referral: Referral) -> list[str]:
    """Kinds of clock whose thing was looked at, or answered, while the referral was away."""
    waits = {
        "list_hit": bool(hits_to_look_at(referral)),
        "provider_answer": referral.enquiries.filter(answered_at=None).exists(),
    }
    return [kind for kind, still in waits.items() if not still]

"""A case that a safeguarding package opened: ended when every child has its steps, and taken up again."""

from lapwing_web.audit.actions import about, audited, move
from lapwing_web.casework.actions.cases import stop_case_clocks
from lapwing_web.casework.actions.closing import refuse_to_close
from lapwing_web.casework.actions.disposing import end_proposal
from lapwing_web.casework.actions.ended import tell_case_ended
from lapwing_web.casework.actions.holding import said
from lapwing_web.casework.actions.owning import own
from lapwing_web.casework.actions.reopening import take_up_case
from lapwing_web.casework.actions.reviews import CLOCK, start_review_clock
from lapwing_web.casework.models import Case
from lapwing_web.clocks.actions import settle
from lapwing_web.moment import now
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User


@audited
def end_protection(case: Case, *, why: str, by: User) -> Case:
    """End a case of protection. Refused while a child has no step that protects, or a step is still owed."""
    own(case, "protect a child", by)
    _protects(case)
    why = said(why, "Say how the children are safe.")
    refuse_to_close(case)
    move(case, Case.State.CLOSED, by=by, action="end a protection", why=why, closed_at=now())
    stop_case_clocks(case, event="closed", by=by)
    start_review_clock(case, event=f"closed {now().isoformat()}", by=by)
    tell_case_ended(case, by=by)
    return case


@audited
def resume_protection(case: Case, *, why: str, by: User) -> Case:
    """Take a case of protection up again. All that was done before stays."""
    own(case, "protect a child", by, ended=True)
    _protects(case)
    why = said(why, "Say why it is taken up again.")
    ended_at = case.closed_at or now()
    move(case, Case.State.OPEN, by=by, action="resume a protection", why=why, closed_at=None)
    settle(CLOCK, about(case), event="reopened", by=by)
    end_proposal(case, f"{case} is worked on again.", by=by)
    take_up_case(case, ended_at=ended_at, by=by)
    return case


def _protects(case: Case) -> None:
    if not case.protection:
        raise Refused(f"{case} has a suspect: it ends with an outcome.")

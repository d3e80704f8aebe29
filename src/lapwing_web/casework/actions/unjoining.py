"""Undoing a join of two cases: each is worked on its own again, and all that was done stays on record."""

from lapwing_web.audit.actions import about, audited, move, record
from lapwing_web.casework.actions.cases import begin_clocks
from lapwing_web.casework.actions.contact import renew_answers, start_questions_clock
from lapwing_web.casework.actions.gaps import find_gaps
from lapwing_web.casework.actions.holding import said
from lapwing_web.casework.actions.joined_rows import put_back
from lapwing_web.casework.actions.owning import own
from lapwing_web.casework.models import Case, CaseJoin, Transfer
from lapwing_web.clocks.actions import carry_back
from lapwing_web.moment import now
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User


@audited
def undo_join(join: CaseJoin, *, why: str, by: User) -> Case:
    """Take a case that was joined out again. What was recorded since of what it brought goes with it.

    Answers on contact stay in both: the more careful ones of the join stand where it went on until somebody
    asks again, and a band that the join raised stays raised.
    """
    into = Case.objects.select_related("organisation").get(pk=join.into_id)
    own(into, "work a case", by)
    why = said(why, "Say how you know that it is not one suspect.")
    if not CaseJoin.objects.filter(pk=join.pk, undone_at=None).update(undone_at=now(), undone_by=by):
        raise Refused(f"{join} has been undone already.")
    case = Case.objects.select_related("organisation").get(pk=join.case_id)
    if case.organisation_id != into.organisation_id:
        raise Refused(f"{into} has come from another force since, so {case} cannot be taken out here.")
    if Transfer.objects.filter(case=into, state=Transfer.State.OFFERED).exists():
        raise Refused(f"{into} is offered to another force. Withdraw the offer first.")
    put_back(case, into, join.moved)
    undone = "undo a join of cases"
    move(case, Case.State.OPEN, by=by, action=undone, why=why, joined_to=None, closed_at=None)
    record("let a case out", into, by=by, why=why, new={"case": case.reference})
    starts = [f"child:{pk} " for pk in join.moved["child"]]
    carry_back(join.moved["clocks"], about(into), about(case), starts=starts, by=by)
    renew_answers(case, by=by)
    begin_clocks(case, event=f"join {join.pk} undone", by=by)
    start_questions_clock(into, event=f"join {join.pk} undone", by=by)
    for one in (case, into):
        find_gaps(one)
    return case

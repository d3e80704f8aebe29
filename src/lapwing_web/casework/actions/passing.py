"""What the passing of time does to suspects, with nobody acting."""

from msgspec import Struct

from lapwing_web.audit.actions import Rule, recorded
from lapwing_web.casework.actions.gaps import find_gaps, gaps_stand
from lapwing_web.casework.actions.licences import watch_licences
from lapwing_web.casework.actions.warrants import expire
from lapwing_web.casework.models import Case, Warrant
from lapwing_web.clocks.actions import watch_check_ins
from lapwing_web.moment import today


class Passed(Struct):
    """What one round did."""

    cases: int = 0  # whose gaps had to be written anew
    warrants: int = 0
    licences: int = 0  # whose clock was started
    check_ins: int = 0  # the same


def pass_time() -> Passed:
    """Expire warrants whose last day is over, see that each check-in and licence has its clock,
    and look for gaps anew in every open case with an arrest.

    An answer that expires is known before. A policy that comes into force is not: which kinds of restriction
    count, which questions are asked. A case at a time, so that it can be broken off and begun again.
    """
    passed = Passed(licences=watch_licences(), check_ins=watch_check_ins())
    worked = Case.objects.filter(state=Case.State.OPEN)
    over = Warrant.objects.filter(state=Warrant.State.GRANTED, expires_on__lt=today())
    for pk in list(over.values_list("pk", flat=True)):
        passed.warrants += _expire(pk)
    arrested = worked.filter(suspects__arrests__isnull=False).distinct().order_by("pk")
    for pk in list(arrested.values_list("pk", flat=True)):
        passed.cases += _look_again(pk)
    return passed


def _expire(pk: int) -> bool:
    with recorded():
        warrant = Warrant.objects.select_related("suspect__case__organisation").get(pk=pk)
        if warrant.state != Warrant.State.GRANTED:
            return False
        case = warrant.case
        expire(warrant, case, by=Rule("rule:warrants", organisation_id=case.organisation_id))
    return True


def _look_again(pk: int) -> bool:
    """Look without holding anybody up, and write only where the rows do not say what the rules find."""
    if gaps_stand(Case.objects.get(pk=pk)):
        return False
    with recorded():
        case = Case.objects.select_related("organisation").get(pk=pk)
        if case.state == Case.State.OPEN:
            find_gaps(case)
    return True

"""Registered offenders: the list, one offender, and the caseload of the teams."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from lapwing_web.audit.actions import look
from lapwing_web.casework.views.asking import ask
from lapwing_web.casework.views.decision import answered
from lapwing_web.offenders.forms.particulars import RegisterForm
from lapwing_web.offenders.queries import caseload_picture
from lapwing_web.offenders.queries import offenders as queries
from lapwing_web.offenders.queries.caseload import caseload_page
from lapwing_web.offenders.queries.teams import missing_team
from lapwing_web.staff.request import Request


@require_safe
def offenders(request: Request) -> HttpResponse:
    """The force's registered offenders, by what is due first. Who each is stands on the record alone."""
    page = queries.offender_list(request.user, request.GET.dict())
    shown = {"page": page, "levels": queries.LEVELS, "registers": queries.may_register(request.user)}
    shown["missing"] = missing_team(request.user, "offender_management")
    return render(request, "offenders/list.html", shown)


def offender(request: Request, pk: int) -> HttpResponse:
    """Why one looks, once; then all of the record."""
    subject = get_object_or_404(queries.offenders_for(request.user), pk=pk)
    why = ask(request, subject)
    if isinstance(why, HttpResponse):
        return why
    look(subject, by=request.user, why=why)
    return render(request, "offenders/offender.html", queries.offender_page(request.user, subject))


def offender_register(request: Request) -> HttpResponse:
    """Register an offender with one's own force."""
    sent = request.POST if request.method == "POST" else None
    form = RegisterForm(sent, subject=request.user.organisation, by=request.user)
    return answered(request, form)


@require_safe
def caseload(request: Request) -> HttpResponse:
    """Offenders to one manager, team by team, and what is overdue."""
    missing = missing_team(request.user, "offender_management")
    return render(
        request, "offenders/caseload.html", {"page": caseload_page(request.user), "missing": missing}
    )


@require_safe
def caseload_drawn(request: Request) -> HttpResponse:
    """Offenders to one manager, as a picture."""
    return caseload_picture.PICTURE.answer(request, caseload_picture.bars(caseload_page(request.user)))

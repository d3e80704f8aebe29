"""Exhibits: one with its chain, the chain as a file, the examination queue, and the backlog to come."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from lapwing_web.address import skip_of
from lapwing_web.audit.actions import look
from lapwing_web.casework.forms.exhibits import LaboratoryForm
from lapwing_web.casework.queries import exhibits as queries
from lapwing_web.casework.queries.backlog_picture import PICTURE, points
from lapwing_web.casework.views.asking import first_ask, record_look
from lapwing_web.casework.views.decision import answered
from lapwing_web.staff.permissions import may
from lapwing_web.staff.request import Request


@require_safe
def exhibit(request: Request, pk: int) -> HttpResponse:
    """One exhibit, for the reason for which its case is open to this person."""
    subject = get_object_or_404(queries.exhibits_for(request.user), pk=pk)
    why = first_ask(request, subject.case)
    if isinstance(why, HttpResponse):
        return why
    record_look(request, subject.case, why)
    return render(request, "casework/exhibits/exhibit.html", queries.exhibit_page(request.user, subject))


@require_safe
def exhibit_chain(request: Request, pk: int) -> HttpResponse:
    """The chain as `lapwing verify-exhibit` reads it. To take it is a look."""
    subject = get_object_or_404(queries.exhibits_for(request.user), pk=pk)
    why = first_ask(request, subject.case)
    if isinstance(why, HttpResponse):
        return why
    look(subject.case, by=request.user, why=f"{why} (chain of {subject.number})")
    response = HttpResponse(queries.export_of(subject), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="exhibit-{subject.pk}-chain.json"'
    return response


@require_safe
def examinations(request: Request) -> HttpResponse:
    """The force's queue, in the order in which things are examined."""
    page = queries.queue_page(request.user, skip_of(request.GET))
    manages = may(request.user, "manage laboratories")
    return render(request, "casework/exhibits/queue.html", {"page": page, "manages": manages})


@require_safe
def forecast(request: Request) -> HttpResponse:
    """The backlog to come."""
    return render(request, "casework/exhibits/forecast.html", {"page": queries.forecast_page(request.user)})


@require_safe
def forecast_picture(request: Request) -> HttpResponse:
    """The same, drawn."""
    return PICTURE.answer(request, points(queries.forecast_page(request.user)))


def laboratory_add(request: Request) -> HttpResponse:
    """Add a laboratory to one's own force."""
    sent = request.POST if request.method == "POST" else None
    form = LaboratoryForm(sent, subject=request.user.organisation, by=request.user)
    return answered(request, form)

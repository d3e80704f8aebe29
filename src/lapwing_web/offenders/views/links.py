"""Referrals that registered offenders may be in."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from lapwing_web.address import whole_number
from lapwing_web.casework.views.asking import first_ask, record_look
from lapwing_web.offenders.queries.links import link_list, links_page
from lapwing_web.offenders.queries.notifications import offenders_here
from lapwing_web.staff.request import Request


@require_safe
def recognised(request: Request) -> HttpResponse:
    """Links that wait for somebody, by number alone."""
    asked = request.GET
    page = link_list(request.user, asked.get("show", ""), whole_number(asked.get("skip", "")) or 0)
    return render(request, "offenders/recognised.html", page)


@require_safe
def links(request: Request, pk: int) -> HttpResponse:
    """What identifies one offender. It opens for the reason given for the record."""
    subject = get_object_or_404(offenders_here(request.user), pk=pk)
    why = first_ask(request, subject)
    if isinstance(why, HttpResponse):
        return why
    record_look(request, subject, why)
    return render(request, "offenders/links.html", links_page(request.user, subject))

"""Briefings: what a neighbourhood team reads, and what became of each."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from lapwing_web.address import skip_of
from lapwing_web.audit.actions import look
from lapwing_web.casework.views.asking import ask
from lapwing_web.offenders.queries import briefings as queries
from lapwing_web.staff.request import Request


@require_safe
def briefings(request: Request) -> HttpResponse:
    """What one's team is to read; and, for those who manage offenders, what teams were told."""
    show, skip = request.GET.get("show", ""), skip_of(request.GET)
    return render(request, "offenders/briefings.html", queries.briefing_list(request.user, show, skip))


def briefing(request: Request, pk: int) -> HttpResponse:
    """Why one looks, once; then the extract, and nothing else of the offender. Each reading is recorded."""
    subject = get_object_or_404(queries.briefings_for(request.user), pk=pk)
    why = ask(request, subject)
    if isinstance(why, HttpResponse):
        return why
    look(subject, by=request.user, why=why)
    return render(request, "offenders/briefing.html", queries.briefing_page(request.user, subject))

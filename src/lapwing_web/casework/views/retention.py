"""Retention: reviews that are due, disposals that wait for a second person, and what was disposed of."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from lapwing_web.address import skip_of
from lapwing_web.casework.queries import disposals as queries
from lapwing_web.casework.queries.retention import reviews_of
from lapwing_web.staff.request import Request


@require_safe
def reviews(request: Request) -> HttpResponse:
    """The reviews of records that are due in the force, the oldest first."""
    skip = skip_of(request.GET)
    waits = request.GET.get("show") == "waiting"
    page, waiting = reviews_of(request.user, skip * (not waits)), queries.waiting(request.user, skip * waits)
    return render(request, "casework/cases/reviews.html", {"page": page, "waiting": waiting})


@require_safe
def disposals(request: Request) -> HttpResponse:
    """Every record that the force disposed of, the latest first."""
    page = queries.disposed(request.user, skip_of(request.GET))
    return render(request, "casework/cases/disposals.html", {"page": page})


@require_safe
def disposal(request: Request, pk: int) -> HttpResponse:
    """One disposal: what was proposed, or what is left of the record."""
    subject = get_object_or_404(queries.disposals_for(request.user), pk=pk)
    return render(request, "casework/cases/disposal.html", queries.disposal_page(request.user, subject))

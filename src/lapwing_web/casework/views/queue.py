"""The queue's page."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lapwing_web.casework.queries import queue as queries
from lapwing_web.staff.request import Request


@require_safe
def queue(request: Request) -> HttpResponse:
    """Referrals in rank order: what to look at first, and why."""
    filters = queries.Filters.read(request.GET.dict())
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = queries.queue(request.user, filters, after=after, before=before)
    return render(
        request,
        "casework/queue.html",
        {"page": page, "filters": filters, "first": not after and not before, **_choices(filters, page)},
    )


def _choices(filters: queries.Filters, page: queries.Page) -> dict[str, object]:
    """What the filters offer, and the addresses of the neighbouring pages and of each band."""
    counted = [
        (name, label, page.counts[name], _address(filters, band=name)) for name, label in queries.BANDS
    ]
    return {
        "bands": counted,
        "any_band": (sum(page.counts.values()), _address(filters, band="")),
        "earlier": page.earlier and _address(filters, before=page.earlier),
        "later": page.later and _address(filters, after=page.later),
        **_offered(filters),
    }


def _offered(filters: queries.Filters) -> dict[str, object]:
    """The choices of each filter."""
    return {
        "lists": [(name, label) for name, (label, _) in queries.LISTS.items()],
        "list_name": queries.LISTS[filters.list][0],
        "classes": queries.CLASSES.items(),
        "whose": queries.WHOSE.items(),
        "answers": queries.ANSWERS.items(),
        "providers": queries.providers(),
    }


def _address(filters: queries.Filters, **changes: str) -> str:
    return "?" + urlencode(filters.query(**changes))

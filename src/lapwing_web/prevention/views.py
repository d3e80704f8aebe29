"""Pages about companies."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from lapwing_web.prevention.queries import companies as lists
from lapwing_web.prevention.queries import company as pages
from lapwing_web.prevention.queries import picture
from lapwing_web.prevention.queries.period import Period
from lapwing_web.staff.permissions import may
from lapwing_web.staff.request import Request


@require_safe
def providers(request: Request) -> HttpResponse:
    """Every company, first those that need somebody's attention."""
    given = request.GET
    page = lists.companies(
        request.user, words=given.get("q", ""), order=given.get("order", ""), page=given.get("page", "")
    )
    shown = {"page": page, "orders": lists.ORDERS, "may_manage": may(request.user, "manage providers")}
    return render(request, "prevention/companies.html", shown)


@require_safe
def provider(request: Request, pk: int) -> HttpResponse:
    """What one company sent, and how good it was."""
    company = get_object_or_404(lists.provider_for(request.user), pk=pk)
    period = Period.read(request.GET.dict())
    page = pages.company(request.user, company, period)
    query = urlencode(period.address())
    return render(request, "prevention/company.html", {"page": page, "query": query})


@require_safe
def provider_picture(request: Request, pk: int) -> HttpResponse:
    """The picture of completeness, as SVG; `?size=narrow` for a small screen."""
    company = get_object_or_404(lists.provider_for(request.user), pk=pk)
    drawn = picture.points(pages.whole(request.user, company, Period.read(request.GET.dict())))
    return picture.PICTURE.answer(request, drawn)

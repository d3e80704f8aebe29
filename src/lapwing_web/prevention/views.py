"""Pages about companies, and about the agency's own list."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from lapwing_web.prevention.forms import ExportForm
from lapwing_web.prevention.queries import companies as lists
from lapwing_web.prevention.queries import company as pages
from lapwing_web.prevention.queries import own_list as own
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


@require_safe
def own_list(request: Request) -> HttpResponse:
    """The own list by what its entries wait for."""
    asked = request.GET
    page = own.page(request.user, asked.get("show", ""), asked.get("after", ""))
    return render(request, "prevention/own_list.html", {"page": page})


@require_safe
def own_entry(request: Request, pk: int) -> HttpResponse:
    """One entry, by its hashes."""
    entry = get_object_or_404(own.entries_for(request.user), pk=pk)
    return render(request, "prevention/own_entry.html", {"page": own.entry_page(request.user, entry)})


def own_export(request: Request) -> HttpResponse:
    """Ask who gets the list and what for, then hand it out."""
    sent = request.POST if request.method == "POST" else None
    form = ExportForm(sent, subject=None, by=request.user)
    if sent is None or not form.is_valid():
        return render(request, form.template, form.page())
    answer = HttpResponse(form.content(), "application/json")
    answer["Content-Disposition"] = 'attachment; filename="own-list-vics.json"'
    return answer

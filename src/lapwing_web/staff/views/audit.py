"""The auditor's page. It is here and not in `audit` because who may see it is in the table of permissions."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lapwing_web.address import whole_number
from lapwing_web.audit.queries import Filters, head, page
from lapwing_web.staff import actions
from lapwing_web.staff.forms import AuditSearchForm
from lapwing_web.staff.permissions import check
from lapwing_web.staff.request import Request


@require_safe
def audit(request: Request) -> HttpResponse:
    """Search the audit. Nothing is shown until a reason is given, and each new search is itself recorded."""
    check(request.user, "see the audit")
    form = _form(request)
    shown: dict[str, Any] = {"form": form, "head": head()}
    if form.is_bound and form.is_valid():
        _record_once(request, form.cleaned_data)
        filters = Filters(**{name: value for name, value in form.cleaned_data.items() if name != "why"})
        before = whole_number(request.GET.get("before", ""))
        shown["page"] = page(request.user, filters, before=before)
        shown["query"] = _without_cursor(request)
    return render(request, "staff/audit.html", shown)


def _form(request: Request) -> AuditSearchForm:
    """A link may fill in the search (`?action=consult`); the person still says why, and sends it."""
    filled = {"why": request.session.get("audit-why", ""), **request.GET.dict()}
    return AuditSearchForm(request.GET if "why" in request.GET else None, initial=filled)


def _record_once(request: Request, search: dict[str, Any]) -> None:
    """A search is recorded when it is first made, and not again for each of its pages."""
    asked = {name: str(value) for name, value in search.items() if value}
    if request.session.get("audit-search") == asked:
        return
    filters = {name: value for name, value in asked.items() if name != "why"}
    actions.look_at_audit(filters, why=asked["why"], by=request.user)
    request.session["audit-search"], request.session["audit-why"] = asked, asked["why"]


def _without_cursor(request: Request) -> str:
    query = request.GET.copy()
    query.pop("before", None)
    return query.urlencode()

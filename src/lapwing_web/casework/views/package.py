"""Packages: the list, one of them, and its two copies to keep."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from lapwing_web.address import whole_number
from lapwing_web.audit.actions import look
from lapwing_web.casework.actions.package import open_package
from lapwing_web.casework.actions.readable import pdf
from lapwing_web.casework.queries import packages as queries
from lapwing_web.casework.queries.disposals import disposal_with
from lapwing_web.casework.views.asking import ask, first_ask
from lapwing_web.staff.request import Request


@require_safe
def packages(request: Request) -> HttpResponse:
    """A force's inbox; the agency's outbox."""
    asked = request.GET
    page = queries.inbox(request.user, asked.get("show", ""), whole_number(asked.get("before", "")))
    return render(request, "casework/packages.html", {"page": page})


def package(request: Request, pk: int) -> HttpResponse:
    """Why one looks, once; then what was sent and what became of it. The first opening is the receipt.

    Of one that a force has disposed of with its case, what the disposal left.
    """
    if gone := disposal_with(request.user, pk):
        return redirect("disposal", gone.pk)
    subject = get_object_or_404(queries.packages_for(request.user), pk=pk)
    why = ask(request, subject)
    if isinstance(why, HttpResponse):
        return why
    open_package(subject, by=request.user)
    look(subject, by=request.user, why=why)
    return render(request, "casework/package.html", queries.page(request.user, subject))


@require_safe
def package_json(request: Request, pk: int) -> HttpResponse:
    """The package as it was sent, for a machine to read."""
    return _copy(request, pk, "application/json", "json", lambda package: package.content)


@require_safe
def package_pdf(request: Request, pk: int) -> HttpResponse:
    """The package as it was sent, for a person to read."""
    return _copy(request, pk, "application/pdf", "pdf", pdf)


def _copy(request: Request, pk: int, kind: str, ending: str, made: Callable[[Any], Any]) -> HttpResponse:
    """A copy to keep is a look like any other, with its reason, and for a force also the receipt."""
    subject = get_object_or_404(queries.packages_for(request.user), pk=pk)
    why = first_ask(request, subject)
    if isinstance(why, HttpResponse):
        return why
    open_package(subject, by=request.user)
    look(subject, by=request.user, why=f"{why} (as {ending.upper()})", new={"sha256": subject.sha256})
    response = HttpResponse(made(subject), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{subject.reference}.{ending}"'
    return response

"""Packages: the list, one of them, and its two copies to keep."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from lapwing_web.audit.actions import look
from lapwing_web.casework.actions.package import open_package
from lapwing_web.casework.actions.readable import pdf
from lapwing_web.casework.forms.looking import LookForm, standing_reason
from lapwing_web.casework.queries import packages as queries
from lapwing_web.staff.request import Request


@require_safe
def packages(request: Request) -> HttpResponse:
    """A force's inbox; the agency's outbox."""
    asked = request.GET
    before = asked.get("before", "")
    number = int(before) if before.isdecimal() and len(before) < 16 else None
    page = queries.inbox(request.user, asked.get("show", ""), number)
    return render(request, "casework/packages.html", {"page": page})


def package(request: Request, pk: int) -> HttpResponse:
    """Why one looks, once; then what was sent and what became of it. The first opening is the receipt."""
    subject = get_object_or_404(queries.packages_for(request.user), pk=pk)
    state = "closed" if subject.outcome else subject.state
    form = LookForm(request.POST if request.method == "POST" else None, name=f"package:{pk}", state=state)
    if request.method == "POST" and form.is_valid():
        form.remember(request.session)
        return redirect(request.get_full_path())
    why = standing_reason(request.session, f"package:{pk}", state)
    if not why or form.errors:
        return render(request, "casework/looking.html", {"form": form, "subject": subject})
    open_package(subject, by=request.user)
    look(subject, by=request.user, why=why)
    return render(request, "casework/package.html", queries.page(request.user, subject))


@require_safe
def package_json(request: Request, pk: int) -> HttpResponse:
    """The package as it was sent, for a machine to read."""
    subject = get_object_or_404(queries.packages_for(request.user), pk=pk)
    _downloaded(request, subject, "JSON")
    response = HttpResponse(subject.content, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{subject.reference}.json"'
    return response


@require_safe
def package_pdf(request: Request, pk: int) -> HttpResponse:
    """The package as it was sent, for a person to read."""
    subject = get_object_or_404(queries.packages_for(request.user), pk=pk)
    _downloaded(request, subject, "PDF")
    response = HttpResponse(pdf(subject), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{subject.reference}.pdf"'
    return response


def _downloaded(request: Request, subject: Any, copy: str) -> None:
    """A copy is a look like any other, and for a force also the receipt."""
    why = (
        standing_reason(request.session, f"package:{subject.pk}", subject.state)
        or "Downloaded from its address"
    )
    open_package(subject, by=request.user)
    look(subject, by=request.user, why=f"{why} (as {copy})", new={"sha256": subject.sha256})

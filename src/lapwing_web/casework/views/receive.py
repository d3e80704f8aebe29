"""Uploading reports, and a report's page."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from lapwing_web.audit.actions import look
from lapwing_web.casework.actions.receive import receive_uploads
from lapwing_web.casework.forms.receive import UploadForm
from lapwing_web.casework.queries.received import received
from lapwing_web.casework.views.asking import ask
from lapwing_web.intake.queries.reports import reports_for
from lapwing_web.staff.permissions import check
from lapwing_web.staff.request import Request


def upload(request: Request) -> HttpResponse:
    """Take in files; once they are committed, say what became of each."""
    check(request.user, "receive reports")
    form = UploadForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_valid():
        given = form.cleaned_data
        counts = receive_uploads(given["reports"], by=request.user, provider=given["provider"])
        return render(request, "casework/uploaded.html", {"counts": counts})
    return render(
        request, "casework/upload.html", {"form": form, "title": "Upload reports", "submit": "Upload"}
    )


def report(request: Request, pk: int) -> HttpResponse:
    """Why one looks, once; then the report as it was received, and the look is recorded."""
    subject = get_object_or_404(reports_for(request.user), pk=pk)
    why = ask(request, subject)
    if isinstance(why, HttpResponse):
        return why
    look(subject, by=request.user, why=why)
    return render(request, "casework/report.html", {"page": received(request.user, subject), "why": why})

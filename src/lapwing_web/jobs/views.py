"""The jobs page, and what is done there with a job that failed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from lapwing_web.address import whole_number
from lapwing_web.jobs import actions, queries
from lapwing_web.jobs.forms import CloseForm
from lapwing_web.refusal import answered, done
from lapwing_web.staff.request import Request


@require_safe
def jobs(request: Request) -> HttpResponse:
    """What waits by lane, and what failed."""
    before = whole_number(request.GET.get("before", ""))
    return render(request, "jobs/jobs.html", {"page": queries.page(request.user, before=before)})


@require_POST
def job_retry(request: Request, pk: int) -> HttpResponse:
    """Let it be tried again."""
    job = get_object_or_404(queries.clearable_for(request.user), pk=pk)
    actions.retry(job, request.user)
    messages.success(request, f"{job} waits to be tried again.")
    return redirect("jobs")


def job_close(request: Request, pk: int) -> HttpResponse:
    """Ask for the reason, then close."""
    job = get_object_or_404(queries.clearable_for(request.user), pk=pk)
    form = CloseForm(request.POST or None)
    if done(request, form, lambda: actions.close(job, request.user, form.cleaned_data["why"])):
        messages.success(request, f"{job} is closed and will not be done.")
        return redirect("jobs")
    page = {
        "form": form,
        "title": f"Close the job “{job.kind}”",
        "submit": "Close",
        "cancel": reverse("jobs"),
    }
    return render(request, "front/form.html", page, status=answered(form))

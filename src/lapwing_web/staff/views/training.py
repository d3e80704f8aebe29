"""Training: how one's organisation stands, recording a course, one's own courses, and one's own opt-out."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from lapwing_web.address import skip_of
from lapwing_web.refusal import answered, carried_out
from lapwing_web.staff import actions, queries
from lapwing_web.staff.forms import TrainingForm
from lapwing_web.staff.permissions import check
from lapwing_web.staff.request import Request


@require_safe
def training(request: Request) -> HttpResponse:
    """Everybody's courses, by name or a page at a time, what ends soon, and what ends in which month."""
    asked = request.GET
    page = queries.training_page(request.user, asked.get("show", ""), skip_of(asked), asked.get("q", ""))
    return render(request, "staff/training.html", {"page": page})


@require_safe
def training_picture(request: Request) -> HttpResponse:
    """What ends in which month, as a picture."""
    return queries.ENDINGS.answer(request, queries.endings(request.user))


def training_add(request: Request, pk: int) -> HttpResponse:
    """Record a course that somebody passed."""
    check(request.user, "record training")
    person = get_object_or_404(queries.workers_for(request.user), pk=pk)
    form = TrainingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if carried_out(form, lambda: actions.record_training(person, **given, by=request.user)):
            messages.success(request, f"It is recorded for {person}.")
            return redirect("training")
    title = f"Training of {person}"
    page = {"form": form, "title": title, "submit": "Record it", "cancel": reverse("training")}
    return render(request, "front/form.html", page, status=answered(form))


@require_safe
def own_training(request: Request) -> HttpResponse:
    """One's own courses, and whether one is given cases."""
    check(request.user, "opt out")
    out = bool(queries.opted_out([request.user.pk]))
    page = {"courses": queries.own_training(request.user), "out": out}
    return render(request, "staff/own_training.html", page)


@require_POST
def opt_out(request: Request) -> HttpResponse:
    """Be given no more for now."""
    check(request.user, "opt out")
    actions.opt_out(by=request.user)
    messages.success(request, "You are given no more cases until you say otherwise. Nobody is asked why.")
    return redirect("own-training")


@require_POST
def opt_in(request: Request) -> HttpResponse:
    """Be given cases again."""
    check(request.user, "opt out")
    actions.opt_in(by=request.user)
    messages.success(request, "You can be given cases again.")
    return redirect("own-training")

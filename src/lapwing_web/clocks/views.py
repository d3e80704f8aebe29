"""The clocks page, what a supervisor does there, and check-ins, each of which has a clock."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lapwing_web.clocks import actions, queries
from lapwing_web.clocks.forms import CheckInForm, PauseForm
from lapwing_web.rate import requests_of
from lapwing_web.refusal import answered, carried_out, done
from lapwing_web.staff.permissions import check
from lapwing_web.staff.queries import workers_for
from lapwing_web.staff.request import Request


@require_safe
def clocks(request: Request) -> HttpResponse:
    """Overdue, about to breach, running and paused, one group at a time."""
    asked = request.GET
    page = queries.page(
        request.user, asked.get("show", ""), mine="mine" in asked, after=asked.get("after", "")
    )
    groups = [(name, queries.LABELS[name], page.counts[name]) for name in queries.GROUPS]
    found = {"page": page, "groups": groups, "label": queries.LABELS[page.group], "mine": "mine" in asked}
    return render(request, "clocks/clocks.html", found)


def clock_pause(request: Request, pk: int) -> HttpResponse:
    """Ask for the reason, then pause."""
    clock = get_object_or_404(queries.own_clocks(request.user, "pause a clock"), pk=pk)
    form = PauseForm(request.POST or None)
    if done(request, form, lambda: actions.pause(clock, form.cleaned_data["why"], request.user)):
        messages.success(request, f"{clock} is paused.")
        return redirect(f"{reverse('clocks')}?show=paused")
    page = {"form": form, "title": f"Pause “{clock.title}”", "submit": "Pause", "cancel": reverse("clocks")}
    return render(request, "front/form.html", page, status=answered(form))


@require_POST
def clock_resume(request: Request, pk: int) -> HttpResponse:
    """Let it run on."""
    clock = get_object_or_404(queries.own_clocks(request.user, "pause a clock"), pk=pk)
    actions.resume(clock, request.user)
    messages.success(request, f"{clock} is running again.")
    return redirect("clocks")


@require_POST
def clock_acknowledge(request: Request, pk: int) -> HttpResponse:
    """Say that it has been seen."""
    clock = get_object_or_404(queries.own_clocks(request.user, "acknowledge a clock"), pk=pk)
    actions.acknowledge(clock, request.user)
    messages.success(request, f"You have acknowledged {clock}. It stays here until it is settled.")
    return redirect(f"{reverse('clocks')}?show=overdue")


def check_in(request: Request, pk: int) -> HttpResponse:
    """Record that a check-in was held and when the next is due."""
    check(request.user, "hold a check-in")
    person = get_object_or_404(workers_for(request.user), pk=pk)
    form = CheckInForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if carried_out(form, lambda: actions.record_check_in(person, **given, by=request.user)):
            messages.success(request, f"It is recorded for {person}.")
            return redirect("welfare")
    title = f"Check-in with {person}"
    page = {"form": form, "title": title, "submit": "Record it", "cancel": reverse("welfare")}
    return render(request, "front/form.html", page, status=answered(form))


@require_safe
def calendar(request: Request) -> HttpResponse:
    """Whether one's calendar has an address, and what to do about it."""
    return render(request, "clocks/calendar.html", {"address": queries.calendar_of(request.user)})


@require_POST
@never_cache
def calendar_renew(request: Request) -> HttpResponse:
    """Make an address and show it, once."""
    path = reverse("calendar-feed", args=[actions.renew_calendar(by=request.user)])
    return render(request, "clocks/calendar_address.html", {"url": f"{_site(request)}{path}"})


@require_POST
def calendar_end(request: Request) -> HttpResponse:
    """Nothing answers there any more."""
    check(request.user, "see clocks")
    actions.end_calendar(by=request.user)
    messages.success(request, "Nothing answers at the address any more.")
    return redirect("calendar")


@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """One's own deadlines, to a program that knows the secret and asks for nothing else."""
    address = queries.calendar_at(secret)
    if address is None:
        raise Http404
    if requests_of(("calendar", address.pk)) > settings.CALENDAR_REQUESTS_A_MINUTE:
        return HttpResponse("Read less often.", status=429, headers={"Retry-After": "60"})
    actions.note_reading(address)
    said = HttpResponse(queries.calendar(address.user, _site(request)), content_type="text/calendar")
    said["Content-Disposition"] = 'attachment; filename="deadlines.ics"'
    return said


def _site(request: HttpRequest) -> str:
    return settings.SITE or request.build_absolute_uri("/").rstrip("/")

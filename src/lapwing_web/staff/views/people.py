"""The people an administrator looks after."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lapwing_web.address import whole_number
from lapwing_web.refusal import answered, carried_out, done
from lapwing_web.staff import actions, queries
from lapwing_web.staff.forms import PersonChangeForm, PersonForm, WhyForm
from lapwing_web.staff.permissions import may
from lapwing_web.staff.request import Request

ENDS = "It signs them out everywhere, and ends the address at which a calendar reads their deadlines."


@require_safe
def people(request: Request) -> HttpResponse:
    """Everybody, by organisation, a page at a time."""
    words = request.GET.get("q", "")
    number = whole_number(request.GET.get("page", "")) or 1
    rows, more = queries.page_of(queries.found(queries.people_for(request.user), words), number)
    found = {"people": rows, "words": words, "number": number, "following": number + 1 if more else None}
    return render(request, "staff/people.html", found)


@never_cache
def person_add(request: Request) -> HttpResponse:
    """Add somebody, and show their one-time password once."""
    form = PersonForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if made := carried_out(form, lambda: actions.add_person(**given, by=request.user)):
            return render(request, "staff/one_time.html", {"person": made[0], "password": made[1]})
    page = {"form": form, "title": "Add a person", "submit": "Add", "cancel": reverse("people")}
    return render(request, "front/form.html", page, status=answered(form))


def person_edit(request: Request, pk: int) -> HttpResponse:
    """Change somebody's role or organisation, or shut them out."""
    person = get_object_or_404(queries.people_for(request.user), pk=pk)
    form = PersonChangeForm(request.POST or None, by=request.user, initial=_as_they_stand(person))
    if done(request, form, lambda: actions.change_person(person, **form.cleaned_data, by=request.user)):
        messages.success(request, f"{person.username} is changed.")
        return redirect("people")
    placed = may(request.user, "manage teams") and may(person, "work in a team")
    page = {"form": form, "person": person, "title": person.username, "placed": placed}
    return render(request, "staff/person.html", page, status=answered(form))


@never_cache
def person_password(request: Request, pk: int) -> HttpResponse:
    """Give somebody a new one-time password, shown once."""
    person = get_object_or_404(queries.people_for(request.user), pk=pk)
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        why = form.cleaned_data["why"]
        if password := carried_out(form, lambda: actions.reset_password(person, why=why, by=request.user)):
            return render(request, "staff/one_time.html", {"person": person, "password": password})
    title = f"A new one-time password for {person.username}"
    page = {"form": form, "title": title, "submit": "Make it", "cancel": reverse("people"), "lead": ENDS}
    return render(request, "front/form.html", page, status=answered(form))


def person_second_factor(request: Request, pk: int) -> HttpResponse:
    """Forget the phone and the recovery codes of somebody who has lost both."""
    person = get_object_or_404(queries.people_for(request.user), pk=pk)
    form, by = WhyForm(request.POST or None), request.user
    if done(request, form, lambda: actions.reset_second_factor(person, **form.cleaned_data, by=by)):
        messages.success(request, f"{person.username} has no second factor now.")
        return redirect("people")
    title = f"Reset the second factor of {person.username}"
    warning = "Be sure it is they who ask: until they set up another, a password alone lets them in."
    page = {"form": form, "title": title, "submit": "Reset it", "cancel": reverse("people"), "lead": ENDS}
    return render(
        request, "front/form.html", page | {"warning": warning, "danger": True}, status=answered(form)
    )


def _as_they_stand(person: Any) -> dict[str, Any]:
    active = "yes" if person.is_active else "no"
    place = {"role": person.role, "organisation": person.organisation_id, "team": person.team_id}
    return {**place, "is_active": active, "seen": person.stands}

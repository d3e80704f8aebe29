"""The question that comes before every page about somebody: why one looks."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from lapwing_web.audit.actions import about, look
from lapwing_web.casework.forms.looking import LookForm, own_address, standing_reason, state_of
from lapwing_web.refusal import Refused
from lapwing_web.staff.request import Request

KEPT = "kept_from_the_form"  # the field of the question's page that holds what was typed before


def ask(request: Request, subject: Any) -> str | HttpResponse:
    """Why this person looks at `subject`, or the page that asks. Its answer leads on to `next`."""
    name, state = about(subject), state_of(subject, request.user)
    form = LookForm(request.POST if request.method == "POST" else None, name=name, state=state)
    if request.method == "POST" and form.is_valid():
        form.remember(request.session)
        return redirect(own_address(request.GET.get("next", "")) or request.path)
    why = standing_reason(request.session, name, state)
    if why and not form.errors:
        return why
    return render(request, "casework/looking.html", {"form": form, "subject": subject})


def first_ask(request: Request, subject: Any) -> str | HttpResponse:
    """Why this person looks at `subject`; or, where a page cannot ask itself, the way by the one that can.

    The fragment of the address is not sent here: the browser keeps it through both redirections.
    """
    why = standing_reason(request.session, about(subject), state_of(subject, request.user))
    if why:
        return why
    asks = reverse(subject._meta.model_name, args=[subject.pk])
    return redirect(f"{asks}?{urlencode({'next': request.get_full_path()})}")


def ask_between(request: Request, subject: Any, refused: str) -> HttpResponse | None:
    """The question to somebody whose reason ran out while they filled in a form. None once it is answered.

    What was typed is kept on its page: `sent_before` has it back. `refused`: why it was not done, if tried.
    """
    name, state = about(subject), state_of(subject, request.user)
    form = LookForm(request.POST if KEPT in request.POST else None, name=name, state=state)
    if form.is_valid():
        form.remember(request.session)
        return None
    kept = request.POST.get(KEPT) or request.POST.urlencode()
    shown = {"form": form, "subject": subject, "kept": kept, "refused": refused}
    return render(request, "casework/looking.html", shown, status=Refused.status if refused else 200)


def sent_before(request: Request) -> QueryDict | None:
    """What a form was sent, perhaps by the page that asked in between. None if it was sent nothing."""
    if request.method != "POST":
        return None
    return QueryDict(request.POST[KEPT]) if KEPT in request.POST else request.POST


def record_look(request: Request, subject: Any, why: str) -> None:
    """Record that this person looked at `subject` on a page other than its own, and on which."""
    assert request.resolver_match is not None
    look(subject, by=request.user, why=why, new={"page": request.resolver_match.url_name})

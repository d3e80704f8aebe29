"""One page a decision, all served alike: the form knows its permission, its words and its action."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from lapwing_web.casework.forms.decision import Decision
from lapwing_web.casework.views.asking import KEPT, ask_between, first_ask, record_look, sent_before
from lapwing_web.refusal import Refused, carried_out
from lapwing_web.staff.request import Request

Things = Callable[[Any], QuerySet[Any]]  # `referrals_for` and the like: what this person may see


def decision(form_class: type[Decision], things_for: Things) -> Callable[..., HttpResponse]:
    """The page of `form_class`, about one of the things that the person may see."""

    def page(request: Request, pk: int) -> HttpResponse:
        subject = get_object_or_404(things_for(request.user), pk=pk)
        form = form_class(sent_before(request), subject=subject, by=request.user)
        form.files = request.FILES
        return answered(request, form)

    page.__doc__ = form_class.__doc__
    return page


def answered(request: Request, form: Decision) -> HttpResponse:
    """Act on what was sent whole, even if one's reason ran out meanwhile.

    What is refused comes back on its form, with what was typed.
    """
    if KEPT in request.POST and form.shows is not None:
        return _taken_up(request, form)
    if request.method != "POST" or not form.is_valid():
        return _shown(request, form)
    told = carried_out(form, form.act)
    if told is None:
        return _shown(request, form, refused=str(form.non_field_errors()[-1]))
    messages.success(request, told)
    return redirect(form.after())


def _taken_up(request: Request, form: Decision) -> HttpResponse:
    """The form with what was typed before the question came in between. It is sent again by its person."""
    asked = ask_between(request, form.shows, "")
    if asked is not None:
        return asked
    if form.is_valid():
        form.add_error(None, "This is not sent yet. Check it, and send it again.")
    return _shown(request, form)


def _shown(request: Request, form: Decision, *, refused: str = "") -> HttpResponse:
    """The form, and nothing without a reason."""
    if form.shows is not None:
        why = first_ask(request, form.shows)
        if isinstance(why, HttpResponse):
            return (ask_between(request, form.shows, refused) if form.is_bound else None) or why
        record_look(request, form.shows, why)
    return render(request, form.template, form.page(), status=Refused.status if refused else 200)

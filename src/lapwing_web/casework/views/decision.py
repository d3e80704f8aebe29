"""One page a decision, all served alike: the form knows its permission, its words and its action."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from lapwing_web.casework.forms.decision import Decision
from lapwing_web.casework.views.asking import first_ask, record_look
from lapwing_web.refusal import Refused, carried_out
from lapwing_web.staff.request import Request

Things = Callable[[Any], QuerySet[Any]]  # `referrals_for` and the like: what this person may see


def decision(form_class: type[Decision], things_for: Things) -> Callable[..., HttpResponse]:
    """The page of `form_class`, about one of the things that the person may see."""

    def page(request: Request, pk: int) -> HttpResponse:
        subject = get_object_or_404(things_for(request.user), pk=pk)
        sent = request.POST if request.method == "POST" else None
        form = form_class(sent, subject=subject, by=request.user)
        form.files = request.FILES
        return answered(request, form)

    page.__doc__ = form_class.__doc__
    return page


def answered(request: Request, form: Decision) -> HttpResponse:
    """Act on what was sent whole, even if one's reason ran out meanwhile.

    What is refused comes back on its form, with what was typed.
    """
    if request.method != "POST" or not form.is_valid():
        return _shown(request, form, 200)
    told = carried_out(form, form.act)
    if told is None:
        return _shown(request, form, Refused.status)
    messages.success(request, told)
    return redirect(form.after())


def _shown(request: Request, form: Decision, status: int) -> HttpResponse:
    """The form, and nothing without a reason."""
    if form.shows is not None:
        why = first_ask(request, form.shows)
        if isinstance(why, HttpResponse):
            if status == Refused.status:  # told all the same, on a page of its own
                raise Refused(form.non_field_errors()[-1])
            return why
        record_look(request, form.shows, why)
    return render(request, form.template, form.page(), status=status)

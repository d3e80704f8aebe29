"""Second looks: the list with how often two people agree, and the blind page."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from lapwing_web.audit.actions import look
from lapwing_web.casework.forms.second_look import SecondLookForm
from lapwing_web.casework.queries.detail import blind
from lapwing_web.casework.queries.second_looks import agreement, second_looks_for
from lapwing_web.refusal import carried_out
from lapwing_web.staff.request import Request


@require_safe
def second_looks(request: Request) -> HttpResponse:
    """What waits for somebody other than who decided first."""
    rates = agreement(request.user)
    return render(
        request, "casework/second_looks.html", {"looks": second_looks_for(request.user)[:50], "rates": rates}
    )


def second_look(request: Request, pk: int) -> HttpResponse:
    """What is known, without what was decided; and one's own verdict."""
    subject = get_object_or_404(second_looks_for(request.user), pk=pk)
    form = SecondLookForm(
        request.POST if request.method == "POST" else None, subject=subject, by=request.user
    )
    if request.method == "POST" and form.is_valid():
        told = carried_out(form, form.act)
        if told is not None:
            messages.success(request, told)
            return redirect(form.after())
    look(subject.referral, by=request.user, why="Second look")
    return render(request, "casework/second_look.html", {**form.page(), "page": blind(subject.referral)})

"""Welfare: what one may still view, how one's people are placed in totals. Never an image."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from lapwing_web.address import skip_of
from lapwing_web.refusal import answered, done
from lapwing_web.staff import actions, queries
from lapwing_web.staff.forms import ViewingForm
from lapwing_web.staff.request import Request


def own_exposure(request: Request) -> HttpResponse:
    """What is left of one's own budgets; asking to view more, and saying that one has stopped."""
    if "stopped" in request.POST:
        actions.stop_viewing(by=request.user)
        messages.success(request, "What you did not view is in your budget again.")
        return redirect("own-exposure")
    shown = queries.own_exposure(request.user)
    form = ViewingForm(request.POST if request.method == "POST" else None)
    if done(request, form, lambda: actions.begin_viewing(form.many(), by=request.user)):
        messages.success(request, "It is within your budget. Stop whenever you want to: nobody asks why.")
        return redirect("own-exposure")
    return render(request, "staff/own_exposure.html", {"page": shown, "form": form}, status=answered(form))


@require_safe
def welfare(request: Request) -> HttpResponse:
    """One's people, by name or a page at a time: totals and dates alone."""
    page = queries.welfare_page(request.user, skip_of(request.GET), request.GET.get("q", ""))
    return render(request, "staff/welfare.html", {"page": page})

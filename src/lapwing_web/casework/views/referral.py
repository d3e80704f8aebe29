"""A referral's page, and the question that comes before it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from lapwing_web.audit.actions import look
from lapwing_web.casework.actions import decide
from lapwing_web.casework.queries.detail import detail
from lapwing_web.casework.queries.referrals import referrals_for
from lapwing_web.casework.queries.sealed import leave_for
from lapwing_web.casework.queries.sharing import forces_sharing
from lapwing_web.casework.views.asking import ask, first_ask
from lapwing_web.staff.permissions import check
from lapwing_web.staff.request import Request


def referral(request: Request, pk: int) -> HttpResponse:
    """Why one looks, once; then everything about the referral, and the look is recorded."""
    subject = get_object_or_404(referrals_for(request.user), pk=pk)
    why = ask(request, subject)
    if isinstance(why, HttpResponse):
        return why
    look(subject, by=request.user, why=why)
    page = {"page": detail(request.user, subject), "why": why}
    sharing = forces_sharing(request.user, subject)
    return render(request, "casework/referral.html", {**page, "sharing": sharing})


@require_safe
def referral_sealed(request: Request, pk: int) -> HttpResponse:
    """The list of its sealed files that was given, or the page that asks for it. To take it is a look."""
    check(request.user, "view material")
    subject = get_object_or_404(referrals_for(request.user), pk=pk)
    why = first_ask(request, subject)
    if isinstance(why, HttpResponse):
        return why
    leave = leave_for(request.user, subject)
    if leave is None:
        return redirect("referral-open", pk)
    names, new = leave.objects_named, {"objects": leave.objects_named, "opener": leave.opener.username}
    look(subject, by=request.user, why=f"{why} (list of sealed files)", new=new)
    response = HttpResponse("".join(f"{name}\n" for name in names), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{subject.reference}-sealed-files.txt"'
    return response


def referral_take(request: Request, pk: int) -> HttpResponse:
    """Put it on one's own list."""
    subject = get_object_or_404(referrals_for(request.user), pk=pk)
    if request.method == "POST":
        decide.take(subject, by=request.user)
        messages.success(request, f"{subject.reference} is yours.")
    return redirect("referral", pk)

"""The receipts page, and clearing one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from lapwing_web.intake.actions.receipts import clear
from lapwing_web.intake.forms import ClearForm
from lapwing_web.intake.queries import receipts as queries
from lapwing_web.refusal import answered, done
from lapwing_web.staff.permissions import check, may
from lapwing_web.staff.request import Request


@require_safe
def receipts(request: Request) -> HttpResponse:
    """Everything that arrived, a kind at a time; first what somebody must deal with."""
    asked = request.GET
    page = queries.page(
        request.user, asked.get("show", ""), asked.get("after", ""), asked.get("provider", "")
    )
    return render(
        request, "intake/receipts.html", {"page": page, "may_receive": may(request.user, "receive reports")}
    )


def receipt_clear(request: Request, pk: int) -> HttpResponse:
    """Ask what was done about it, then take it off the list."""
    receipt = get_object_or_404(queries.receipts_for(request.user), pk=pk)
    check(request.user, "clear a receipt")
    form = ClearForm(request.POST or None)
    if done(request, form, lambda: clear(receipt, why=form.cleaned_data["why"], by=request.user)):
        messages.success(request, f"{receipt} is dealt with.")
        return redirect("receipts")
    page = {"form": form, "receipt": receipt, "title": f"Clear {receipt}", "cancel": reverse("receipts")}
    return render(request, "intake/clear.html", page | {"submit": "Clear"}, status=answered(form))

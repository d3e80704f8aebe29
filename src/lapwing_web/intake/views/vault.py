"""The vault's page, and clearing a fault of it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from lapwing_web.intake.actions.sealing import standing
from lapwing_web.intake.actions.verification import clear_fault
from lapwing_web.intake.forms import FaultForm
from lapwing_web.intake.queries import vault as sealed
from lapwing_web.refusal import answered, done
from lapwing_web.staff.permissions import check, may
from lapwing_web.staff.request import Request


@require_safe
def vault(request: Request) -> HttpResponse:
    """How the vault stands, what is at fault, and what was opened elsewhere. No file is ever shown."""
    asked, user = request.GET, request.user
    page = sealed.page(user, asked.get("show", ""), asked.get("after", ""))
    found = {"page": page, "counts": sealed.counts(user), "may_clear": may(user, "clear a vault fault")}
    return render(request, "intake/vault.html", found | standing())


def vault_clear(request: Request, pk: int) -> HttpResponse:
    """Ask what was done about a fault, then take it off the list."""
    file = get_object_or_404(sealed.sealed_for(request.user), pk=pk)
    check(request.user, "clear a vault fault")
    form = FaultForm(request.POST or None)
    if done(request, form, lambda: clear_fault(file, why=form.cleaned_data["why"], by=request.user)):
        messages.success(request, f"{file} is dealt with.")
        return redirect("vault")
    page = {
        "form": form,
        "title": f"Say what was done about sealed file {file.pk}",
        "cancel": reverse("vault"),
    }
    page |= {"lead": file.object_name, "submit": "Save"}
    return render(request, "front/form.html", page, status=answered(form))

"""What one was told of, and that one has read it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from lapwing_web.address import whole_number
from lapwing_web.notifications import actions, queries
from lapwing_web.notifications.forms import MailForm
from lapwing_web.refusal import answered, done
from lapwing_web.staff.permissions import check
from lapwing_web.staff.request import Request


@require_safe
def notifications(request: Request) -> HttpResponse:
    """What waits to be read, or everything, newest first."""
    everything = request.GET.get("show") == "all"
    page = queries.page(request.user, everything=everything, before=request.GET.get("before", ""))
    found = {"page": page, "everything": everything, "most": queries.MOST_COUNTED}
    return render(request, "notifications/notifications.html", found)


@require_safe
def notification(request: Request, pk: int) -> HttpResponse:
    """To the page of what it is about. Whoever goes there has read it."""
    one = get_object_or_404(queries.notifications_for(request.user), pk=pk)
    actions.read(one, by=request.user)
    return redirect(queries.leads_to(one) or "notifications")


@require_POST
def notification_read(request: Request, pk: int) -> HttpResponse:
    """It is read, and stays in the list of all."""
    one = get_object_or_404(queries.notifications_for(request.user), pk=pk)
    actions.read(one, by=request.user)
    return redirect("notifications")


@require_POST
def notifications_read(request: Request) -> HttpResponse:
    """Everything that was shown is read."""
    count = actions.read_all(whole_number(request.POST.get("last", "")) or 0, by=request.user)
    messages.success(request, f"{count} marked as read.")
    return redirect("notifications")


def mail_choice(request: Request) -> HttpResponse:
    """What one is sent by e-mail, and where to."""
    check(request.user, "see notifications")
    form = MailForm(request.POST if request.method == "POST" else None, by=request.user)
    if done(request, form, lambda: actions.choose_mail(**form.cleaned_data, by=request.user)):
        messages.success(request, "Your choice is kept.")
        return redirect("notifications")
    title, lead = "What you are sent by e-mail", queries.mail_in_words(request.user)
    page = {"form": form, "title": title, "submit": "Keep it", "lead": lead}
    page |= {"cancel": reverse("notifications"), "mail_on": queries.mail_on()}
    return render(request, "notifications/mail_choice.html", page, status=answered(form))

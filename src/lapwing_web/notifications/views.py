"""What one was told of, and that one has read it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from lapwing_web.address import whole_number
from lapwing_web.notifications import actions, queries
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

"""What registered offenders notify, and a manager's round of visits."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from lapwing_web.address import whole_number
from lapwing_web.casework.views.asking import first_ask, record_look
from lapwing_web.offenders.queries import notifications as queries
from lapwing_web.offenders.queries.rounds import DAYS, round_page
from lapwing_web.staff.request import Request


@require_safe
def notifications(request: Request) -> HttpResponse:
    """Who is missing from notification, and who is to notify soon."""
    asked = request.GET
    page = queries.notification_list(
        request.user, asked.get("show", ""), whole_number(asked.get("skip", "")) or 0
    )
    return render(request, "offenders/notifications.html", {"page": page})


@require_safe
def notification(request: Request, pk: int) -> HttpResponse:
    """What one offender has to notify, and has notified. It opens for the reason given for the record."""
    subject = get_object_or_404(queries.offenders_here(request.user), pk=pk)
    why = first_ask(request, subject)
    if isinstance(why, HttpResponse):
        return why
    record_look(request, subject, why)
    return render(request, "offenders/notification.html", queries.notification_page(request.user, subject))


@require_safe
def visit_round(request: Request) -> HttpResponse:
    """A manager's visits over the next working days, and why each is where it is. It names nobody."""
    page = round_page(request.user, request.GET.dict())
    return render(request, "offenders/round.html", {"page": page, "days": DAYS})

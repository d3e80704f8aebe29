"""Receipts: everything that arrived, and above all what a person must still deal with."""

from django.db.models import Count, QuerySet

from lapwing_web.intake.models import Receipt, Report
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import may

TO_CLEAR = (Receipt.State.REJECTED, Receipt.State.HELD)


def receipts_for(user: User) -> QuerySet[Receipt]:
    """The receipts this person may see: all of them at the agency, none at a force."""
    receipts = Receipt.objects.select_related("report__provider", "cleared_by")
    return receipts if may(user, "see receipts") else receipts.none()


def receipts_to_clear(user: User) -> QuerySet[Receipt]:
    """What could not be read, or waits for its report, the oldest first, with how often it has come again."""
    standing = receipts_for(user).filter(state__in=TO_CLEAR)
    return standing.annotate(times_repeated=Count("repeated_by")).order_by("received_at", "id")


def receipts_in(user: User, state: str) -> QuerySet[Receipt]:
    """The receipts in one state, the latest first; none for a state there is not."""
    return receipts_for(user).filter(state=state).order_by("-received_at", "-id")


def counts_by_state(user: User) -> dict[str, int]:
    """How many receipts stand in each state, those with none included."""
    found = dict(receipts_for(user).order_by().values_list("state").annotate(Count("id")))
    return {state: found.get(state, 0) for state in Receipt.State.values}


def receipts_of(report: Report, user: User) -> QuerySet[Receipt]:
    """Every time this report, or details of it, came in; the latest first."""
    return receipts_for(user).filter(report=report).order_by("-received_at", "-id")

"""Receipts: everything that arrived, and above all what a person must still deal with."""

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from msgspec import Struct

from lapwing_web.address import whole_number
from lapwing_web.intake.models import Provider, Receipt, Report
from lapwing_web.listing import first_of
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check, may

State = Receipt.State
TO_CLEAR = (State.REJECTED, State.HELD)
SHOWS = {  # what the page can show, and what it is called
    "to-clear": ("To clear", TO_CLEAR),
    "new": ("New reports", (State.NEW,)),
    "versions": ("New versions", (State.NEW_VERSION,)),
    "duplicates": ("Already held", (State.DUPLICATE,)),
    "attached": ("Details added", (State.ATTACHED,)),
    "cleared": ("Dealt with", (State.CLEARED,)),
}
ROWS = 50


class Page(Struct):
    """A page of receipts of one kind, and how many there are of each."""

    show: str
    label: str
    rows: list[Receipt]
    counts: list[tuple[str, str, int]]
    later: int | None  # the number of the receipt that the next page begins after
    company: Provider | None = None  # whose receipts alone these are


def receipts_for(user: User) -> QuerySet[Receipt]:
    """The receipts this person may see: all of them at the agency, none at a force."""
    receipts = Receipt.objects.select_related("report__provider", "cleared_by", "repeats")
    return receipts if may(user, "see receipts") else receipts.none()


def receipts_to_clear(user: User) -> QuerySet[Receipt]:
    """What could not be read, or waits for its report, the oldest first, with how often it came again."""
    standing = receipts_for(user).filter(state__in=TO_CLEAR)
    again = Receipt.objects.filter(repeats=OuterRef("pk")).order_by().values("repeats")
    times = Subquery(again.annotate(times=Count("pk")).values("times"))
    return standing.annotate(times_repeated=Coalesce(times, 0)).order_by("id")


def page(user: User, show: str, after: str, provider: str = "") -> Page:
    """One page of receipts. What waits for a person is shown oldest first, all else latest first.

    `provider`: the key of a company, whose receipts alone are wanted; what is no company's narrows nothing.
    """
    check(user, "see receipts")
    key = whole_number(provider)
    company = None if key is None else Provider.objects.filter(pk=key).first()
    of = {"provider": company} if company else {}
    show = show if show in SHOWS else "to-clear"
    label, states = SHOWS[show]
    number = whole_number(after)
    if show == "to-clear":
        found = receipts_to_clear(user).filter(**of)
        found = found.filter(id__gt=number) if number is not None else found
    else:
        found = receipts_for(user).filter(state__in=states, **of).order_by("-id")
        found = found.filter(id__lt=number) if number is not None else found
    rows = first_of(found, ROWS + 1)
    later = rows[ROWS - 1].pk if len(rows) > ROWS else None
    return Page(show, label, rows[:ROWS], _counts(receipts_for(user).filter(**of)), later, company)


def _counts(receipts: QuerySet[Receipt]) -> list[tuple[str, str, int]]:
    by_state = dict(receipts.order_by().values_list("state").annotate(Count("id")))
    return [
        (show, label, sum(by_state.get(state, 0) for state in states))
        for show, (label, states) in SHOWS.items()
    ]


def receipts_of(report: Report, user: User) -> QuerySet[Receipt]:
    """Every time this report, or details of it, came in; the latest first."""
    return receipts_for(user).filter(report=report).order_by("-id")

"""Cases: those of this person's own force, and what is offered to it. None at the agency (docs/adr/0003)."""

from typing import Any

from django.db.models import Case as Switch
from django.db.models import Count, IntegerField, Q, QuerySet, Value, When
from msgspec import Struct

from lapwing_web.casework.models import Case, CaseJoin, Child, Referral, Transfer
from lapwing_web.casework.models.carrying import with_nobody
from lapwing_web.listing import first_of
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check, may

State = Case.State
PAGE = 50
Wanted = tuple[str, Q]


class CaseList(Struct):
    """One page of a list of cases, and how many each list holds."""

    name: str
    label: str
    counts: list[tuple[str, str, int]]
    cases: list[Case]
    next: int | None


def lists_for(user: User) -> dict[str, Wanted]:
    """The lists that a force's cases stand in: each with its words and its condition."""
    opened = Q(state=State.OPEN)
    return {
        "open": ("Open", opened),
        "mine": ("Mine", opened & Q(owner=user.pk)),
        "nobody": ("Allocated to nobody", opened & with_nobody(user.organisation)),
        "closed": ("Closed", Q(state=State.CLOSED)),
        "all": ("All", Q()),
    }


def cases_for(user: User) -> QuerySet[Case]:
    """Every case this person may open: those that their force owns, but for the ones disposed of."""
    cases = Case.objects.select_related("organisation", "owner", "joined_to")
    if not may(user, "see cases"):
        return cases.none()
    return cases.filter(organisation=user.organisation_id).exclude(state=State.DISPOSED)


def children_for(user: User) -> QuerySet[Child]:
    """Every child whose record this person may open."""
    children = Child.objects.select_related("case__organisation", "case__owner", "added_by")
    if not may(user, "see a child"):
        return children.none()
    return children.filter(case__organisation=user.organisation_id)


def joins_for(user: User) -> QuerySet[CaseJoin]:
    """Joins into cases that are still worked, which this person's force could undo."""
    joins = CaseJoin.objects.select_related("case__organisation", "into").filter(undone_at=None)
    return joins.filter(into__in=cases_for(user).filter(state=State.OPEN))


def offers_for(user: User) -> QuerySet[Transfer]:
    """Offers made by this person's force or to it."""
    offers = Transfer.objects.select_related(
        "case__organisation", "sender", "to", "offered_by", "answered_by"
    )
    if not may(user, "see cases"):
        return offers.none()
    return offers.filter(Q(sender=user.organisation_id) | Q(to=user.organisation_id))


def offered_to(user: User) -> QuerySet[Transfer]:
    """Offers that wait for this person's force, the oldest first."""
    waiting = offers_for(user).filter(to=user.organisation_id, state=Transfer.State.OFFERED)
    return waiting.order_by("offered_at")


def offers_from(user: User) -> QuerySet[Transfer]:
    """Offers that this person's force made."""
    return offers_for(user).filter(sender=user.organisation_id)


def by_urgency(cases: QuerySet[Case]) -> QuerySet[Case]:
    """The most serious band first, and in it the oldest."""
    whens = [When(band=band, then=Value(place)) for place, band in enumerate(Referral.Band.values)]
    return cases.alias(place=Switch(*whens, default=Value(9), output_field=IntegerField())).order_by(
        "place", "opened_at", "pk"
    )


def case_list(user: User, name: str = "", skip: int = 0) -> CaseList:
    """A page of cases from the `skip`th on, and how many every list holds."""
    check(user, "see cases")
    lists = lists_for(user)
    mine = cases_for(user)
    counts: dict[str, int] = mine.aggregate(
        **{key: Count("pk", filter=where) if where else Count("pk") for key, (_, where) in lists.items()}
    )
    chosen = name if name in lists else "open"
    skip = max(0, skip)
    rows = first_of(by_urgency(mine.filter(lists[chosen][1])), PAGE + 1, skip)
    following = skip + PAGE if len(rows) > PAGE else None
    listed = [(key, label, counts[key]) for key, (label, _) in lists.items()]
    return CaseList(chosen, lists[chosen][0], listed, rows[:PAGE], following)


def offer_page(user: User, offer: Transfer) -> dict[str, Any]:
    """What the page of an offer shows: enough to decide, and no more of the sender's own work."""
    waits = offer.state == Transfer.State.OFFERED and may(user, "transfer a case")
    packages = offer.case.packages.filter(kind="dissemination").defer("content").order_by("pk")
    return {
        "offer": offer,
        "packages": packages if waits or offer.case.organisation_id == user.organisation_id else [],
        "may_answer": waits and user.organisation_id == offer.to_id,
        "may_withdraw": waits and user.organisation_id == offer.sender_id,
        "owns": offer.case.organisation_id == user.organisation_id,
    }

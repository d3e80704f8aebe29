"""What ties a referral to reports, and what hints that it may be tied to others."""

from django.db.models import Count, Q, QuerySet
from msgspec import Struct

from lapwing_web.casework.models import Joining, Referral, Selector

HINTS = 20  # possible links shown


class Hint(Struct):
    """Another referral that shares selectors with this one, and which: never joined by itself."""

    referral: Referral
    shared: list[Selector]


def joinings_of(referral: Referral) -> QuerySet[Joining]:
    """Its reports, oldest first; then those that were taken out again."""
    joinings = referral.joinings.select_related("report__provider", "undone_by")
    return joinings.order_by("undone_at", "report__received_at", "id")


def possible_links(referral: Referral) -> list[Hint]:
    """Other referrals seen with any of its selectors, those that share most first.

    A selector seen on very many referrals says nothing and would be slow to follow, so it is left out.
    """
    own = Selector.objects.filter(sightings__referral=referral).exclude(sightings__role="reporter").distinct()
    telling = own.annotate(seen=Count("sightings__referral", distinct=True)).filter(seen__gt=1, seen__lte=200)
    shared: dict[int, Selector] = {selector.pk: selector for selector in telling[:100]}
    others = (
        Referral.objects.filter(sightings__selector__in=shared)
        .exclude(Q(pk=referral.pk) | Q(state=Referral.State.MERGED))
        .annotate(count=Count("sightings__selector", distinct=True))
        .select_related("provider")
        .order_by("-count", "-rank", "id")[:HINTS]
    )
    return [Hint(other, _between(other, shared)) for other in others]


def _between(other: Referral, shared: dict[int, Selector]) -> list[Selector]:
    seen = other.sightings.filter(selector__in=shared).values_list("selector_id", flat=True).distinct()
    return [shared[pk] for pk in sorted(seen)]

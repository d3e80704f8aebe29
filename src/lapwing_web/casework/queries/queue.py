"""The queue: referrals in rank order, narrowed and paged in the database.

Every list is read from one index that begins (state, -rank, id) and holds every column a filter asks about: a
page costs the same at two hundred and at two hundred thousand. Several states are several reads, merged.
"""

from collections.abc import Mapping
from heapq import merge
from itertools import islice

import msgspec
from django.db.models import Count, Q, QuerySet

from lapwing.rules.selectors import clean
from lapwing_web.address import whole_number
from lapwing_web.casework.models import Referral
from lapwing_web.intake.models import Provider
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check

PAGE = 50
State = Referral.State
LISTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "open": ("Open: to be decided", tuple(Referral.OPEN)),
    **{str(state.value): (str(state.label), (state.value,)) for state in State},
    "all": ("Everything", tuple(State.values)),
}
BANDS: list[tuple[str, str]] = list(Referral.Band.choices)
CLASSES = {"actionable": "Actionable", "informational": "Informational"}
WHOSE = {"me": "Me", "nobody": "Nobody", "somebody": "Somebody"}
ANSWERS = {"yes": "Yes", "no": "No", "unknown": "Not known"}
# A child may be at risk now: contact is known, or not ruled out where risk is high, or the company says so.
DANGER = (
    Q(escalated=True)
    | Q(contact_with_children=True)
    | Q(contact_with_children=None, risk_band__in=["very_high", "high"])
)
RANK = 18  # digits: `lapwing.rules.ranking` uses 16, and any 18 fit a 64-bit key
Place = tuple[int, int]  # (-rank, id): where a referral stands; smaller is sooner


class Filters(msgspec.Struct, frozen=True):
    """What the list is narrowed to. Every field is text as in the address; "" narrows nothing."""

    list: str = "open"
    band: str = ""
    proposed: str = ""
    provider: str = ""
    whose: str = ""
    escalated: str = ""
    known: str = ""
    contact: str = ""
    danger: str = ""  # "yes": a child may be at risk now
    text: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "Filters":
        """From an address. What is not one of the choices is left out, never an error."""
        choices = {
            "list": LISTS,
            "band": Referral.Band.values,
            "proposed": CLASSES,
            "whose": WHOSE,
            "escalated": ["yes"],
            "known": ["yes"],
            "danger": ["yes"],
            "contact": ANSWERS,
        }
        kept = {name: given[name] for name, allowed in choices.items() if given.get(name, "") in allowed}
        number = given.get("provider", "")
        if whole_number(number) is not None:
            kept["provider"] = number
        return cls(text=clean(given.get("text", ""))[:100], **kept)

    @property
    def narrowed(self) -> dict[str, str]:
        """The filters in use apart from the choice of list."""
        return {
            name: value for name, value in msgspec.structs.asdict(self).items() if value and name != "list"
        }

    def query(self, **changes: str) -> dict[str, str]:
        """The address's parameters for these filters with changes; empty ones and the usual list left out."""
        asked = {**msgspec.structs.asdict(self), **changes}
        return {name: value for name, value in asked.items() if value and (name, value) != ("list", "open")}


class Page(msgspec.Struct):
    """One page of the list, how to reach its neighbours ("" at an end) and how many there are by band."""

    referrals: list[Referral]
    earlier: str
    later: str
    counts: dict[str, int]
    total: int


def queue(user: User, filters: Filters, *, after: str = "", before: str = "", size: int = PAGE) -> Page:
    """The page after one place or before another; the first page when neither is a place."""
    check(user, "see referrals")
    start, end = _place(after), _place(before)
    back = end is not None and start is None
    counts = _counts(user, filters)
    total = counts[filters.band] if filters.band else sum(counts.values())
    places = _places(user, filters, start, end if back else None, size + 1) if total else []
    more, places = len(places) > size, places[:size]
    if back:
        places.reverse()
    return Page(
        referrals=_rows(places),
        earlier=_spell(places[0]) if places and (more if back else start) else "",
        later=_spell(places[-1]) if places and (back or more) else "",
        counts=counts,
        total=total,
    )


def providers() -> list[tuple[str, str]]:
    """Whoever has reported, companies and people, as (id, name), by name."""
    return [(str(pk), name) for pk, name in Provider.objects.order_by("name").values_list("pk", "name")]


def _narrow(user: User, filters: Filters) -> Q:
    """The filters, apart from the list and the band, as conditions on the index's columns."""
    wanted = Q()
    if filters.proposed:
        wanted &= Q(proposed_class=filters.proposed)
    if filters.provider:
        wanted &= Q(provider_id=int(filters.provider))
    if filters.whose:
        wanted &= {
            "me": Q(assigned_to_id=user.pk),
            "nobody": Q(assigned_to_id=None),
            "somebody": ~Q(assigned_to_id=None),
        }[filters.whose]
    if filters.escalated:
        wanted &= Q(escalated=True)
    if filters.known:
        wanted &= Q(known_match=True)
    if filters.contact:
        wanted &= Q(contact_with_children={"yes": True, "no": False, "unknown": None}[filters.contact])
    if filters.danger:
        wanted &= DANGER
    if filters.text:
        wanted &= Q(title__icontains=filters.text)
    return wanted


def _places(user: User, filters: Filters, start: Place | None, end: Place | None, limit: int) -> list[Place]:
    """Up to `limit` places in order; nearest first when going back from `end`."""
    wanted = _narrow(user, filters)
    if filters.band:
        wanted &= Q(risk_band=filters.band)
    if start:
        wanted &= Q(rank__lte=-start[0]) & (Q(rank__lt=-start[0]) | Q(id__gt=start[1]))
    order = ("-rank", "id")
    if end:
        wanted &= Q(rank__gte=-end[0]) & (Q(rank__gt=-end[0]) | Q(id__lt=end[1]))
        order = ("rank", "-id")
    reads = [
        _read(Referral.objects.filter(wanted, state=state).order_by(*order), limit)
        for state in LISTS[filters.list][1]
    ]
    return list(islice(merge(*reads, reverse=end is not None), limit))


def _read(referrals: QuerySet[Referral], limit: int) -> list[Place]:
    return [(-rank, pk) for rank, pk in referrals.values_list("rank", "id")[:limit]]


def _rows(places: list[Place]) -> list[Referral]:
    """The referrals at those places, with what a row shows and none of the long columns."""
    shown = Referral.objects.select_related("provider", "assigned_to", "proposed_force").defer(
        "risk_present",
        "risk_unknown",
        "kirat",
        "policies",
        "routing",
        "primacy",
        "proposed_reason",
        "reason_text",
    )
    found = shown.in_bulk([pk for _, pk in places])
    return [found[pk] for _, pk in places if pk in found]


def _counts(user: User, filters: Filters) -> dict[str, int]:
    """How many of the list stand in each band, whatever band is chosen."""
    counted = Referral.objects.filter(_narrow(user, filters), state__in=LISTS[filters.list][1])
    by_band = dict(counted.order_by().values_list("risk_band").annotate(Count("pk")))
    return {band: by_band.get(band, 0) for band in Referral.Band.values}


def _spell(place: Place) -> str:
    return f"{-place[0]}.{place[1]}"


def _place(spelt: str) -> Place | None:
    """A place from an address, or None when it is not one."""
    rank, dot, pk = spelt.partition(".")
    height, number = whole_number(rank.removeprefix("-"), digits=RANK), whole_number(pk)
    if not dot or height is None or number is None:
        return None
    return (height if rank.startswith("-") else -height), number

"""Which referral a report goes to: decided in memory, one entry after another, before anything is written.

Reports that share a joining selector belong to one referral, and whatever the order they come in they end in
the same referrals, as long as no person has worked one of them: what a person has touched is never merged by
itself, only shown as a possible link. A referral that has left the queue for the agency's own teams or a
force is never joined either (docs/adr/0010).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from lapwing_web.casework.actions.draw import Reading
from lapwing_web.casework.models import Enquiry, Fact, Joining, Referral, Sighting
from lapwing_web.intake.actions.known import in_chunks
from lapwing_web.intake.models import Report

State = Referral.State
Link = tuple[str, str]  # a selector's kind and its value
IN_QUEUE = frozenset(Referral.OPEN)


class Entry(Struct, eq=False):
    """A report, or one subject of a viral batch, on its way to a referral."""

    report: Report
    subject: int | None
    reading: Reading
    links: frozenset[Link]
    home: "Card | None" = None  # where it already is, when this is news of a report that has a referral
    because: list[Link] = []


class Card(Struct, eq=False):
    """A referral as this batch sees it, saved or about to be."""

    state: str
    received_at: datetime
    worked: bool = False  # a person has done something to it that a merger would undo
    by_rule: bool = False  # discarded by a rule, not by a person
    referral: Referral | None = None
    entries: list[Entry] = []
    merged_into: "Card | None" = None
    merged_because: list[Link] = []
    reopened_by: Entry | None = None
    reopened_because: list[Link] = []

    @property
    def age(self) -> tuple[datetime, int]:
        """The oldest first; one not yet saved is younger than any that is."""
        return self.received_at, self.referral.pk if self.referral else 2**63


class Linking:
    """The referrals a batch may touch, and its entries finding their places among them."""

    def __init__(self, entries: Iterable[Entry], homes: Mapping[int, Card], too_common: int) -> None:
        self.too_common = too_common
        self.cards: list[Card] = list(homes.values())
        self.index: dict[Link, list[Card]] = {}
        self._load({link for entry in entries for link in entry.links}, homes)

    def _load(self, links: set[Link], homes: Mapping[int, Card]) -> None:
        found: dict[int, list[Link]] = {}
        for chunk in in_chunks(sorted({value for _, value in links})):
            seen = Sighting.objects.filter(joins=True, selector__value__in=chunk).order_by("referral_id")
            for kind, value, referral in seen.values_list(
                "selector__kind", "selector__value", "referral_id"
            ).distinct():
                if (kind, value) in links:
                    found.setdefault(referral, []).append((kind, value))
        cards = {**cards_of(found.keys() - homes.keys()), **homes}
        for pk, shared in sorted(found.items()):
            if pk not in homes:
                self.cards.append(cards[pk])
            for link in shared:
                self.index.setdefault(link, []).append(cards[pk])

    def place(self, entry: Entry, received_at: datetime, *, discarded_by_rule: bool) -> Card:
        """Put the entry where it belongs, merging and reopening what that asks for."""
        shared = self._shared(entry)
        target, merged = _choose(entry.home, list(shared))
        if target is None:
            state = State.DISCARDED if discarded_by_rule else State.RECEIVED
            target = Card(state, received_at, by_rule=discarded_by_rule)
            self.cards.append(target)
        entry.because = sorted(shared.get(target, []))
        for card in merged:
            card.merged_into, card.merged_because = target, sorted(shared[card])
            target.received_at = min(target.received_at, card.received_at)
        for card in shared:
            if card.merged_into is None and card.state == State.DISCARDED:
                card.state = State.RECEIVED
                card.reopened_by, card.reopened_because = entry, sorted(shared[card])
        if entry.home is None:
            target.entries.append(entry)
        for link in entry.links:
            self.index.setdefault(link, []).append(target)
        return target

    def _shared(self, entry: Entry) -> dict[Card, list[Link]]:
        """The referrals the entry shares something with, and what; one too common to mean anything is left
        out.
        """
        shared: dict[Card, list[Link]] = {}
        for link in sorted(entry.links):
            cards = dict.fromkeys(standing(card) for card in self.index.get(link, ()))
            if len(cards) <= self.too_common:
                for card in cards:
                    if card is not entry.home:
                        shared.setdefault(card, []).append(link)
        return shared


def standing(card: Card) -> Card:
    """The referral a merged one has become part of, however far on."""
    while card.merged_into is not None:
        card = card.merged_into
    return card


def _choose(home: Card | None, shared: list[Card]) -> tuple[Card | None, list[Card]]:
    """(where the entry goes, what is merged into it). None: it opens a referral of its own."""
    joinable = sorted(
        (card for card in shared if card.state in IN_QUEUE or card.state == State.DISCARDED), key=_age
    )
    free = [card for card in joinable if not card.worked]
    if home is not None:
        can_merge = not home.worked and (home.state in IN_QUEUE or home.state == State.DISCARDED)
        return home, free if can_merge else []
    in_work = [card for card in joinable if card.worked and card.state in IN_QUEUE]
    if in_work:
        return in_work[0], []
    if free:
        target = next((card for card in free if card.state in IN_QUEUE), free[0])
        return target, [card for card in free if card is not target]
    return (joinable[0], []) if joinable else (None, [])


def _age(card: Card) -> tuple[datetime, int]:
    return card.age


def cards_of(referrals: Iterable[int]) -> dict[int, Card]:
    """Referrals as cards, with whether a person has worked each."""
    cards: dict[int, Card] = {}
    for chunk in in_chunks(referrals):
        worked = _touched(chunk)
        for referral in Referral.objects.filter(pk__in=chunk):
            by_rule = referral.decided_by.startswith("rule:")
            decided = referral.state == State.DISCARDED and not by_rule
            busy = decided or referral.pk in worked or referral.assigned_to_id is not None
            busy = busy or referral.state not in (State.RECEIVED, State.DISCARDED)
            cards[referral.pk] = Card(referral.state, referral.received_at, busy, by_rule, referral)
    return cards


def _touched(referrals: list[int]) -> set[Any]:
    """Those with something a person found, asked or took apart."""
    apart = Joining.objects.exclude(undone_at=None)
    touched = {
        *Fact.objects.filter(referral_id__in=referrals).values_list("referral_id", flat=True),
        *Enquiry.objects.filter(referral_id__in=referrals).values_list("referral_id", flat=True),
        *apart.filter(referral_id__in=referrals).values_list("referral_id", flat=True),
    }
    parted = apart.filter(report__joinings__referral_id__in=referrals, report__joinings__undone_at=None)
    return touched | set(parted.values_list("report__joinings__referral_id", flat=True))

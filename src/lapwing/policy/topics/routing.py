"""Routing: what each kind of evidence of a place is worth, and the built-in approximate tables of places."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import Annotated

from pydantic import Field, field_validator

from lapwing.policy.cited import Entry, Version
from lapwing.policy.topics.resolvability import Network, Range

_OUTWARD = re.compile(r"([A-Z]{1,2})(\d{1,2})([A-Z]?)")
_SPAN = re.compile(r"([A-Z]{1,2})(\d{1,2})-(\d{1,2})")


class EvidenceKind(Entry):
    """What evidence of this kind is worth.

    The heaviest decides; `approximate` evidence is shown as an estimate.
    """

    weight: Annotated[int, Field(ge=1)]
    approximate: bool


class NetworkPlace(Range):
    """Where a range of addresses is believed to be used."""

    force: str


def expand(entry: str) -> list[str]:
    """The outward codes an entry stands for: `LA7-23` is LA7 to LA23; `CA` or `EC1A` is itself."""
    if span := _SPAN.fullmatch(entry):
        area, first, last = span.groups()
        return [f"{area}{number}" for number in range(int(first), int(last) + 1)]
    if not re.fullmatch(r"[A-Z]{1,2}(\d{1,2}[A-Z]?)?", entry):
        raise ValueError(f"{entry} is not an outward code, a postcode area or a span such as LA7-23")
    return [entry]


class RoutingVersion(Version):
    """Kinds of evidence, and places by force. Tables are keyed by the force's code."""

    kinds: dict[str, EvidenceKind]
    tables: Entry  # the citation of the built-in tables: they are approximate
    outward_codes: dict[str, list[str]]  # areas, districts and spans
    phone_areas: dict[str, list[str]]  # national area codes without the leading 0
    cities: dict[str, list[str]]  # casefolded
    networks: list[NetworkPlace]

    @field_validator("outward_codes")
    @classmethod
    def _are_codes(cls, value: dict[str, list[str]]) -> dict[str, list[str]]:
        _inverted(value, expand)
        return value

    @cached_property
    def force_by_outward(self) -> dict[str, str]:
        """Force by district where the table names one, and by postcode area for the rest of it."""
        return _inverted(self.outward_codes, expand)

    @cached_property
    def force_by_phone_area(self) -> dict[str, str]:
        """Force by area code."""
        return _inverted(self.phone_areas, lambda code: [code])

    @cached_property
    def force_by_city(self) -> dict[str, str]:
        """Force by city or town, casefolded."""
        return _inverted(self.cities, lambda city: [city.casefold()])

    @cached_property
    def placed_networks(self) -> list[tuple[Network, NetworkPlace]]:
        """Ranges with what is believed of them, the narrowest first."""
        return sorted(
            ((place.network, place) for place in self.networks), key=lambda pair: -pair[0].prefixlen
        )

    def force_for_outward(self, outward: str) -> str | None:
        """The force for an outward code such as `LA9` or `EC1A`: its own row, its district's, then its
        area's.
        """
        table = self.force_by_outward
        if found := table.get(outward):
            return found
        if not (parts := _OUTWARD.fullmatch(outward)):
            return None
        return table.get(parts[1] + parts[2]) or table.get(parts[1])


def _inverted(table: dict[str, list[str]], spelled: Callable[[str], list[str]]) -> dict[str, str]:
    inverted: dict[str, str] = {}
    for force, entries in table.items():
        for entry in entries:
            for code in spelled(entry):
                if code in inverted:
                    raise ValueError(f"{code} is given to both {inverted[code]} and {force}")
                inverted[code] = force
    return inverted

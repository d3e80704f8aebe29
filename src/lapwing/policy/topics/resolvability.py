"""Resolvability: which addresses one line cannot be told from, and how long providers keep their logs."""

from __future__ import annotations

from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated

from pydantic import Field, field_validator

from lapwing.policy.cited import Entry, Version

Network = IPv4Network | IPv6Network


class Range(Entry):
    """A range of addresses, in CIDR form."""

    range: str
    demonstration: bool = False  # documentation addresses standing in for real ones

    @field_validator("range")
    @classmethod
    def _is_a_network(cls, value: str) -> str:
        ip_network(value)
        return value

    @cached_property
    def network(self) -> Network:
        """The range as a network."""
        return ip_network(self.range)


class SharedRange(Range):
    """Addresses that many lines use at once, so that a port is needed to tell them apart."""

    routable: bool = True  # False: used inside a carrier only, so even with a port it names no line


class VerdictEntry(Entry):
    """A verdict's plain English. `sentence` may hold {address}, {lapse}, {range} and {zone}."""

    sentence: str
    resolvable: bool


class ResolvabilityVersion(Version):
    """How an IP event is judged."""

    log_retention_months: Annotated[int, Field(ge=1)]
    log_retention: Entry  # the citation of the months
    warn_within_days: Annotated[
        int, Field(ge=0)
    ]  # an event whose logs lapse this soon is said to be expiring
    clock_tolerance_days: Annotated[int, Field(ge=0)]  # how far after receipt an event's time may lie
    treated_as_public: list[Range]
    shared: list[SharedRange]
    verdicts: dict[str, VerdictEntry]

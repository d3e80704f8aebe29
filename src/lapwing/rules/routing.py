"""Routing: which force the evidence of a place points to, how strongly, and what contradicts it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct

from lapwing.policy.topics.routing import RoutingVersion
from lapwing.report import IpEvent, Person, PostalAddress, Report, Role
from lapwing.rules.resolvability import parsed
from lapwing.rules.selectors import phone_number

Postcodes = Mapping[str, str] | Callable[[str], str | None]
_POSTCODE = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})")
_OUTWARD = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?")
_UK = {"", "GB", "UK", "GBR", "UNITED KINGDOM", "ENGLAND", "WALES", "SCOTLAND", "NORTHERN IRELAND"}


class Evidence(Struct, frozen=True):
    """One sign of a place: its kind (a key of the policy), what was given, the force it points to, and a
    note.
    """

    kind: str
    value: str
    force: str | None
    note: str


class Routing(Struct, frozen=True):
    """The force the evidence points to.

    `conflict`: some of it points elsewhere. `approximate`: all that decides is.
    """

    force: str | None
    evidence: list[Evidence]
    conflict: bool
    sentence: str
    approximate: bool


def evidence_of(
    report: Report, version: RoutingVersion, postcodes: Postcodes | None = None, role: Role = "subject"
) -> list[Evidence]:
    """Signs of where the people in `role` live, each once, in the order given.

    Addresses seen in files and incidents are taken to be the subject's. Ask for `victim` to find the force
    that a safeguarding package goes to.

    `postcodes` answers the force's code for a postcode (`AB1 2CD`, one space) or an outward code (`AB1`),
    as loaded from the directory of the Office for National Statistics; without it, or where it has no
    answer, the built-in approximate table is used.
    """
    ask = _asking(postcodes)
    found: dict[tuple[str, str], Evidence] = {}
    for person in report.people:
        if person.role == role:
            for evidence in _of_person(person, version, ask):
                found.setdefault((evidence.kind, evidence.value), evidence)
    if role == "subject":
        for event in _seen_apart(report):
            for evidence in _of_network(event.address, version):
                found.setdefault((evidence.kind, evidence.value), evidence)
    return list(found.values())


def _seen_apart(report: Report) -> Iterator[IpEvent]:
    for file in report.files:
        yield from file.ip_events
    for incident in report.incidents:
        yield from incident.ip_events


def route(evidence: Iterable[Evidence], version: RoutingVersion) -> Routing:
    """The force that the heaviest evidence points to; between equals, the one with more of it, then by
    code.
    """
    shown = sorted(evidence, key=lambda one: -version.kinds[one.kind].weight)
    placed = [one for one in shown if one.force is not None]
    if not placed:
        sentence = (
            "Nothing given points to a force."
            if not shown
            else "What is given points to no force known here."
        )
        return Routing(None, shown, False, sentence, False)
    strongest: dict[str, int] = {}
    total: dict[str, int] = {}
    for one in placed:
        weight = version.kinds[one.kind].weight
        strongest[str(one.force)] = max(strongest.get(str(one.force), 0), weight)
        total[str(one.force)] = total.get(str(one.force), 0) + weight
    force = min(strongest, key=lambda code: (-strongest[code], -total[code], code))
    deciding = next(one for one in placed if one.force == force)
    conflict = len(strongest) > 1
    approximate = version.kinds[deciding.kind].approximate
    return Routing(
        force, shown, conflict, _sentence(deciding, placed, conflict, approximate, version), approximate
    )


def _sentence(
    deciding: Evidence, placed: list[Evidence], conflict: bool, approximate: bool, version: RoutingVersion
) -> str:
    others = [one for one in placed if one.force != deciding.force]
    said = f"By {_within(version.kinds[deciding.kind].label)} ({deciding.value})"
    said += ", which is an estimate." if approximate else "."
    if conflict:
        against = ", ".join(f"{_within(version.kinds[o.kind].label)} ({o.value})" for o in others[:3])
        said += f" It conflicts with {against}."
    return said


def _within(label: str) -> str:
    """A label inside a sentence: its first letter small, unless its first word is all capitals."""
    first = label.partition(" ")[0]
    return label if len(first) > 1 and first.isupper() else label[:1].lower() + label[1:]


def _asking(postcodes: Postcodes | None) -> Callable[[str], str | None]:
    if postcodes is None:
        return lambda code: None
    return postcodes if callable(postcodes) else postcodes.get


def _of_person(
    person: Person, version: RoutingVersion, ask: Callable[[str], str | None]
) -> Iterator[Evidence]:
    for address in person.addresses:
        yield from _of_address(address, version, ask)
    for phone in person.phones:
        number, readable = phone_number(phone.number, phone.country_calling_code, "GB")
        if readable and number.startswith("+44") and number[3:4] in {"1", "2"}:
            area, force = _by_area(number[3:], version)
            yield Evidence("phone_area", f"0{area}" if area else phone.number[:30], force, "")
    for event in person.ip_events:
        yield from _of_network(event.address, version)
    where = person.estimated_location
    if where is not None and where.country.strip().upper() in _UK and (place := where.city or where.region):
        kind = "verified_location" if where.verified else "estimated_location"
        force = version.force_by_city.get(place.strip().casefold())
        yield Evidence(kind, place[:60], force, "The company's own estimate.")


def _of_address(
    address: PostalAddress, version: RoutingVersion, ask: Callable[[str], str | None]
) -> Iterator[Evidence]:
    if address.country.strip().upper() not in _UK:
        return
    if address.postcode.strip():
        yield _by_postcode(address.postcode.strip().upper()[:12], version, ask)
    if address.city:
        force = version.force_by_city.get(address.city.strip().casefold())
        yield Evidence("city", address.city[:60], force, "")


def _by_postcode(given: str, version: RoutingVersion, ask: Callable[[str], str | None]) -> Evidence:
    whole = _POSTCODE.fullmatch(given)
    outward = whole[1] if whole else given
    if whole and (force := ask(f"{whole[1]} {whole[2]}")):
        return Evidence("postcode", f"{whole[1]} {whole[2]}", force, "From the loaded postcode directory.")
    if not _OUTWARD.fullmatch(outward):
        return Evidence("outward_code", given, None, "Not a postcode of the United Kingdom.")
    if force := ask(outward):
        return Evidence(
            "outward_code", outward, force, "From the loaded postcode directory, by its first half."
        )
    note = "From the built-in table, which is approximate."
    return Evidence("outward_code", outward, version.force_for_outward(outward), note)


def _by_area(national: str, version: RoutingVersion) -> tuple[str, str | None]:
    """(area code, force) by the longest area code in the table that `national` begins with."""
    for length in (5, 4, 3, 2):
        if force := version.force_by_phone_area.get(national[:length]):
            return national[:length], force
    return "", None


def _of_network(text: str, version: RoutingVersion) -> Iterator[Evidence]:
    address, _ = parsed(text[:100])
    if address is None:
        return
    for network, place in version.placed_networks:
        if network.version == address.version and address in network:
            yield Evidence("ip_geography", str(address), place.force, place.label)
            return

"""Completeness: how much of what the regulations ask for a report holds, and what to ask the company for.

Every item is held or not by something being there, never by something being absent or by a share of what is
there: so taking a field out of a report never raises its score.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct

from lapwing.policy.topics.completeness import CompletenessVersion
from lapwing.report import IpEvent, Person, Report


def _subjects(report: Report) -> list[Person]:
    return [person for person in report.people if person.role == "subject"]


def _events(report: Report) -> Iterable[IpEvent]:
    for person in _subjects(report):
        yield from person.ip_events
    for file in report.files:
        yield from file.ip_events
    for incident in report.incidents:
        yield from incident.ip_events


def _contact(person: Person | None) -> bool:
    return person is not None and bool(person.emails or person.phones or person.addresses)


ITEMS: dict[str, Callable[[Report], bool]] = {
    "reporter": lambda r: bool(r.provider) or r.reporter is not None,
    "reporter_contact": lambda r: _contact(r.reporter) or _contact(r.reporter_contact),
    "reference": lambda r: bool(r.reference),
    "incident_type": lambda r: bool(r.incident_type),
    "incident_time": lambda r: r.incident_at is not None and r.incident_at.utc is not None,
    "content": lambda r: (
        any(file.hashes for file in r.files) or any(i.content or i.urls for i in r.incidents)
    ),
    "content_viewed": lambda r: any(file.viewed_by_provider is not None for file in r.files),
    "detection": lambda r: bool(r.detection_method) or any(file.known_list for file in r.files),
    "url": lambda r: (
        any(i.urls for i in r.incidents)
        or any(file.location_url for file in r.files)
        or any(person.profile_urls for person in _subjects(r))
    ),
    "account": lambda r: any(person.account_id or person.screen_name for person in _subjects(r)),
    "account_contact": lambda r: any(person.emails for person in _subjects(r)),
    "name_or_birth": lambda r: any(
        person.first_name or person.last_name or person.date_of_birth for person in _subjects(r)
    ),
    "phone": lambda r: any(person.phones for person in _subjects(r)),
    "phone_verified": lambda r: any(p.verified is not None for person in _subjects(r) for p in person.phones),
    "address": lambda r: any(person.addresses for person in _subjects(r)),
    "estimated_location": lambda r: any(person.estimated_location is not None for person in _subjects(r)),
    "identity_documents": lambda r: any(person.identity_documents for person in _subjects(r)),
    "ip_address": lambda r: any(e.address for e in _events(r)),
    "ip_time": lambda r: any(e.address and e.at is not None and e.at.utc is not None for e in _events(r)),
    "ip_port": lambda r: any(e.address and e.port is not None for e in _events(r)),
    "login_ips": lambda r: any(e.address and e.event.casefold() == "login" for e in _events(r)),
    "devices": lambda r: (
        any(person.devices for person in _subjects(r)) or any(file.devices for file in r.files)
    ),
    "exif": lambda r: any(detail.kind.upper() == "EXIF" for file in r.files for detail in file.details),
    "billing": lambda r: any(
        person.payment_ids or any(a.kind.casefold() == "billing" for a in person.addresses)
        for person in _subjects(r)
    ),
    "connections": lambda r: (
        any(person.associates or person.group_identifier for person in _subjects(r))
        or any(person.role in {"recipient", "contact", "associate"} for person in r.people)
    ),
    "account_action": lambda r: any(person.account_actions for person in _subjects(r)),
    "declaration": lambda r: r.complete is True,
}


class Completeness(Struct, frozen=True):
    """`percent` of the weight held (rounded down), the codes of the items held, and of those missing."""

    percent: int
    held: list[str]
    missing: list[str]


def score(report: Report, version: CompletenessVersion) -> Completeness:
    """How complete one report is against the items of `version`."""
    return _scored({name for name in version.items if ITEMS[name](report)}, version)


def combine(several: Iterable[Completeness], version: CompletenessVersion) -> Completeness:
    """How complete a referral is: an item is held when any of its reports holds it."""
    return _scored({name for one in several for name in one.held}, version)


def _scored(holding: set[str], version: CompletenessVersion) -> Completeness:
    held = [name for name in version.items if name in holding]
    missing = [name for name in version.items if name not in holding]
    total = sum(item.weight for item in version.items.values())
    weight = sum(version.items[name].weight for name in held)
    return Completeness(100 * weight // total, held, missing)

"""Facts: what a report states, and what officers have found, as the yes, no or unknown that every other
rule reads.

A fact about what the sender did (it escalated, it annotated) is `bool`: the report either says so or does
not. A fact about people or the world is `bool | None`, and None is "nobody has found out", never "no".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, fields, replace

from lapwing.report import Incident, Person, Phone, Report

UK_COUNTRIES = {
    "GB",
    "UK",
    "GBR",
    "UNITED KINGDOM",
    "GREAT BRITAIN",
    "ENGLAND",
    "WALES",
    "SCOTLAND",
    "NORTHERN IRELAND",
}
VIRAL_ANNOTATIONS = {"viral", "potential_meme"}
YOUNG_ANNOTATIONS = {"infant"}
YOUNG_CLASSIFICATIONS = {"A1", "A2"}  # the industry's own: a young child. Not the UK's category A


class Facts(Struct, frozen=True, kw_only=True):
    """What is known of a referral. See `STATED`, `FOUND` and `CLEARING` for how each field is combined."""

    # stated by the report
    escalated: bool = False
    known_match: bool | None = False  # None: a list could not be asked, and no other has it
    sextortion: bool = False
    solicitation: bool = False
    minor_to_minor: bool = False
    sadistic_online_exploitation: bool = False
    priority_1: bool = False
    priority_2: bool = False
    priority_3: bool = False
    victim_named: bool = False
    young_child_stated: bool = False
    live_streaming: bool = False
    possible_self_production: bool = False
    shared_with_others: bool = False
    told_by_person: bool = False  # by a child or an adult on the public form, and not by a company
    child_tells: bool = False
    danger_now: bool = False  # whoever tells says so
    danger_not_ruled_out: bool = False  # whoever tells is not sure
    identifiable: bool = False  # anything by which the subject could be found
    content_described: bool = False  # a file, or an incident with a place or words

    # about people: unknown until somebody says
    previous_sexual_offence: bool | None = None
    previous_reports: bool | None = None
    previous_contact_offence: bool | None = None
    contact_with_children: bool | None = None
    lives_with_child: bool | None = None
    position_of_trust: bool | None = None
    child_identified: bool | None = None
    seeks_contact: bool | None = None
    hides_identity: bool | None = None
    produces_material: bool | None = None
    uk_link: bool | None = None
    severe_and_complex: bool | None = None
    niche_capability: bool | None = None
    several_forces: bool | None = None
    international: bool | None = None
    organised_network: bool | None = None

    # that would call a referral informational: true only when true of everything reported
    viral: bool | None = None
    adult_only: bool | None = None
    clothed_only: bool | None = None
    technical_error: bool | None = None
    duplicate: bool | None = None
    marked_informational: bool | None = None


CLEARING = ("viral", "adult_only", "clothed_only", "technical_error", "duplicate", "marked_informational")
STATED = tuple(f.name for f in fields(Facts) if f.default is False)
FOUND = tuple(f.name for f in fields(Facts) if f.default is None and f.name not in CLEARING)
FINDABLE = (*FOUND, "adult_only", "clothed_only", "technical_error", "duplicate", "viral")


def facts_of(report: Report) -> Facts:
    """What one report states. Nothing is inferred about a person that the sender did not say."""
    subjects = report.in_role("subject")
    on_files = [set(file.annotations) for file in report.files]
    return Facts(
        **_marked(report),
        **_told(report),
        **_of_content(report, subjects, on_files),
        **_of_people(report, subjects),
    )


def _marked(report: Report) -> dict[str, Any]:
    """What the sender marked the whole report as."""
    notes, priority = report.annotations, report.priority.strip().upper()
    return {
        "escalated": report.escalated or (report.telling is not None and report.telling.danger == "yes"),
        "sextortion": "sextortion" in notes,
        "solicitation": "solicitation" in notes,
        "minor_to_minor": "minor_to_minor" in notes,
        "sadistic_online_exploitation": "sadistic_online_exploitation" in notes,
        **{f"priority_{number}": priority in {f"P{number}", number} for number in "123"},
        "seeks_contact": True if "solicitation" in notes else None,
        "severe_and_complex": True if "sadistic_online_exploitation" in notes else None,
        "technical_error": True if "technical_error" in notes else None,
        "duplicate": True if "duplicate" in notes else None,
        "marked_informational": True if "informational" in notes else None,
    }


def _told(report: Report) -> dict[str, Any]:
    """What a person who tells says of danger. Danger now escalates the report (`_marked`)."""
    telling = report.telling
    if telling is None:
        return {}
    return {
        "told_by_person": True,
        "child_tells": telling.teller == "child",
        "danger_now": telling.danger == "yes",
        "danger_not_ruled_out": telling.danger == "not_sure",
    }


def _of_content(report: Report, subjects: list[Person], on_files: list[set[str]]) -> dict[str, Any]:
    """What the report holds: files, incidents, and who could be found by it."""
    files, incidents, any_file = report.files, report.incidents, set().union(*on_files)
    return {
        "known_match": report.detection_method.casefold() == "hash_match" or any(f.known_list for f in files),
        "victim_named": any(person.role == "victim" for person in report.people),
        "young_child_stated": bool(any_file & YOUNG_ANNOTATIONS)
        or any(file.industry_classification in YOUNG_CLASSIFICATIONS for file in files),
        "live_streaming": "live_streaming" in any_file,
        "possible_self_production": "possible_self_production" in any_file,
        "shared_with_others": any(person.role == "recipient" for person in report.people)
        or any(file.publicly_available for file in files)
        or any(incident.kind == "peer_to_peer" for incident in incidents),
        "identifiable": any(map(_identifiable, subjects))
        or any(file.ip_events for file in files)
        or any(i.ip_events or i.emails or i.phones for i in incidents),
        "content_described": bool(files) or any(map(_described, incidents)),
        "viral": _viral(report, on_files),
        "adult_only": _of_every_file("adult", on_files),
        "clothed_only": _of_every_file("clothed", on_files),
    }


def _of_people(report: Report, subjects: list[Person]) -> dict[str, Any]:
    """What is said of the people reported, and where they are."""
    return {
        "previous_sexual_offence": _any(person.convicted_sex_offender for person in subjects),
        "previous_reports": True if any(person.prior_references for person in subjects) else None,
        "contact_with_children": _any(person.access_to_children for person in subjects),
        "child_identified": True if any(person.relationship_to_child for person in subjects) else None,
        "hides_identity": True if any(map(_proxied, subjects)) else None,
        "uk_link": _uk_link(report, subjects),
        "international": _international(report),
    }


def with_found(facts: Facts, found: Mapping[str, bool | None]) -> Facts:
    """`facts` with officers' findings in place of what was stated or unknown.

    Only `FINDABLE` facts can be found; what a report states of itself (it was escalated) stays. A finding
    of None takes a fact back to unknown. Raises KeyError for a name that cannot be found.
    """
    for name in found:
        if name not in FINDABLE:
            raise KeyError(f"{name} is not a fact that can be found out")
    return replace(facts, **found) if found else facts


def combine(several: Iterable[Facts]) -> Facts:
    """The facts of one referral from those of its reports.

    A fact that raises risk is yes when any report says yes, else unknown when any leaves it unknown, else no.
    A fact that would clear the referral is the other way about: yes only when every report says yes.
    Raises ValueError when there are none.
    """
    rows = list(several)
    if not rows:
        raise ValueError("no facts to combine")
    if len(rows) == 1:
        return rows[0]
    tables = [asdict(row) for row in rows]
    combined: dict[str, Any] = {
        name: _all(t[name] for t in tables) if name in CLEARING else _any(t[name] for t in tables)
        for name in tables[0]
    }
    return Facts(**combined)


def _any(answers: Iterable[bool | None]) -> bool | None:
    """Yes beats unknown beats no; unknown when nobody was asked."""
    seen = set(answers)
    return True if True in seen else None if None in seen or not seen else False


def _all(answers: Iterable[bool | None]) -> bool | None:
    """No beats unknown beats yes; unknown when nobody was asked."""
    seen = set(answers)
    return False if False in seen else None if None in seen or not seen else True


def _identifiable(person: Person) -> bool:
    return bool(
        person.account_id
        or person.screen_name
        or person.profile_urls
        or person.emails
        or person.phones
        or person.addresses
        or person.ip_events
        or person.devices
        or person.payment_ids
        or (person.first_name and person.last_name)
    )


def _described(incident: Incident) -> bool:
    return any(
        getattr(incident, name) for name in ("urls", "content", "name", "service", "file_names", "notes")
    )


def _proxied(person: Person) -> bool:
    return any(event.possible_proxy for event in person.ip_events)


def _of_every_file(annotation: str, on_files: list[set[str]]) -> bool | None:
    """Yes when every file carries the annotation; no when some file does not while another does; else
    unknown.
    """
    carrying = sum(annotation in annotations for annotations in on_files)
    if not carrying:
        return None
    return carrying == len(on_files)


def _viral(report: Report, on_files: list[set[str]]) -> bool | None:
    if report.batch is not None and report.batch.reason == "viral_potential_meme":
        return True
    if not on_files:
        return None
    marked = [
        bool(annotations & VIRAL_ANNOTATIONS) or file.potential_meme is True
        for annotations, file in zip(on_files, report.files, strict=True)
    ]
    return True if all(marked) else False if any(marked) else None


def _countries(report: Report, subjects: list[Person]) -> set[str]:
    stated = {address.country for person in subjects for address in person.addresses}
    stated |= {person.estimated_location.country for person in subjects if person.estimated_location}
    stated |= {address.country for incident in report.incidents for address in incident.addresses}
    return {country.strip().upper() for country in stated if country.strip()}


def _in_uk(person: Person) -> bool:
    return any(map(_uk_phone, person.phones)) or any(
        email.address.casefold().rstrip().endswith(".uk") for email in person.emails
    )


def _uk_phone(phone: Phone) -> bool:
    """By its country code; without one, by how it begins."""
    if code := phone.country_calling_code.strip().lstrip("+0"):
        return code == "44"
    return phone.number.replace(" ", "").startswith(("+44", "0044", "07"))


def _uk_link(report: Report, subjects: list[Person]) -> bool | None:
    """Yes on any sign of the UK; no only when countries are stated and none of them is the UK."""
    countries = _countries(report, subjects)
    if countries & UK_COUNTRIES or any(map(_in_uk, subjects)):
        return True
    return False if countries else None


def _international(report: Report) -> bool | None:
    """Yes when another country's legal process is under way, or places in and out of the UK are both
    stated.
    """
    told = report.law_enforcement
    if told is not None and (told.legal_process_international or told.legal_process_country):
        return True
    people = [person for person in report.people if person.role in {"subject", "victim"}]
    countries = _countries(report, people)
    return True if countries & UK_COUNTRIES and countries - UK_COUNTRIES else None

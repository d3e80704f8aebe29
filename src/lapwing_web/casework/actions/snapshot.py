"""What a package holds: a snapshot of the referral for a force, and nothing of the agency's own.

Only what is listed here goes in. Left out on purpose: who works it, its place in the queue, what triage
proposed, possible links, second looks, other packages, and the names of the agency's officers. Of a viral
batch only this referral's subject is sent. docs/package.md describes the keys; `SCHEMA` changes when they do.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from lapwing.report import Person, ReportedFile
from lapwing_web.casework.models import Package, Referral
from lapwing_web.casework.models.explained import (
    Line,
    Told,
    criteria_lines,
    missing_items,
    reports_of,
    risk_lines,
    version_for,
)
from lapwing_web.casework.models.telling import tellings_of

SCHEMA = "lapwing-package/2"
CHILDREN = frozenset({"victim"})  # whose identifiers a safeguarding package carries


def snapshot(referral: Referral, package: Package) -> dict[str, Any]:
    """The content of `package` (saved, without content yet), as plain values in a stable order."""
    told = reports_of(referral)
    protecting = package.kind == Package.Kind.SAFEGUARDING
    content = {
        "schema": SCHEMA,
        "package": _package(package),
        "referral": _referral(referral, protecting),
        "risk": _risk(referral),
        "telling": [_telling(one, protecting) for one in tellings_of(told)],
        "people": [person for one in told for person in _people(one, protecting)],
        "selectors": _selectors(referral, protecting),
        "reports": [_report(one) for one in told],
        "missing": [item.label for item in missing_items(referral).values()],
        "decision": {"why": package.why, "policies": dict(sorted(referral.policies.items()))},
    }
    if protecting:
        return content
    return {
        **content,
        "criteria": [_line(line) for line in criteria_lines(referral)],
        "files": [file for one in told for file in _files(one)],
        "ip_events": _ip_events(referral),
        "routing": _routing(referral),
        "enquiries": _enquiries(referral),
        "kirat": referral.kirat,
    }


def selectors_in(content: dict[str, Any]) -> list[tuple[str, str]]:
    """What a force can find the package by: its selectors, each once."""
    return sorted({(one["kind"], one["value"]) for one in content["selectors"]})


def _package(package: Package) -> dict[str, Any]:
    sender = package.sent_by.organisation
    return {
        "reference": package.reference,
        "kind": package.kind,
        "adds_to": package.adds_to.reference if package.adds_to else None,
        "to": {"code": package.to_id, "name": package.to.name},
        "from": {"code": sender.pk, "name": sender.name, "role": package.sent_by.get_role_display()},
        "sent_at": package.sent_at,
    }


def _referral(referral: Referral, protecting: bool) -> dict[str, Any]:
    shown = {
        "reference": referral.reference,
        "received_at": referral.received_at,
        "last_report_at": referral.last_report_at,
        "contact_with_children": referral.contact_with_children,
    }
    if protecting:
        return shown
    more = {"title": referral.title, "escalated": referral.escalated, "known_match": referral.known_match}
    return {**shown, **more, "logs_lapse_on": referral.logs_lapse_on}


def _risk(referral: Referral) -> dict[str, Any]:
    return {
        "band": referral.risk_band,
        "points": referral.risk_points,
        "factors": [
            {**_line(line), "family": line.family, "points": line.points} for line in risk_lines(referral)
        ],
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "name": line.name,
        "label": line.label,
        "answer": {True: "yes", False: "no", None: "unknown"}[line.answer],
        "source": line.source,
        "find_out": line.find_out if line.answer is None else "",
    }


def _people(told: Told, protecting: bool) -> Iterator[dict[str, Any]]:
    for person in told.report.people:
        if person.role != "reporter" and (not protecting or person.role in CHILDREN):
            yield {"report": told.report.reference, **_person(person)}


def _telling(one: dict[str, Any], protecting: bool) -> dict[str, Any]:
    """How it is safe to reach whoever told it. Their words may name a suspect: not for safeguarding."""
    return {name: value for name, value in one.items() if name != "words" or not protecting}


def _person(person: Person) -> dict[str, Any]:
    """What the report says of a person, without its empty fields; IP addresses stand apart."""
    plain: dict[str, Any] = msgspec.to_builtins(msgspec.structs.replace(person, ip_events=[], associates=[]))
    return {"role": person.role, **{name: value for name, value in plain.items() if name != "unknown"}}


def _selectors(referral: Referral, protecting: bool) -> list[dict[str, Any]]:
    seen = referral.sightings.select_related("selector").exclude(role="reporter")
    if protecting:
        seen = seen.filter(role__in=CHILDREN)
    rows = seen.order_by("selector__kind", "selector__value", "role")
    found = {(one.selector.kind, one.selector.value, one.role): one.original for one in rows}
    return [
        {"kind": kind, "value": value, "role": role, "original": original}
        for (kind, value, role), original in found.items()
    ]


def _report(told: Told) -> dict[str, Any]:
    report, row = told.report, told.joining.report
    return {
        "provider": row.provider.name,
        "reference": row.reference,
        "version": row.version,
        "received_at": row.received_at,
        "incident_type": report.incident_type,
        "incident_at": report.incident_at.original if report.incident_at else "",
        "platform": report.platform,
        "priority": report.priority,
        "one_subject_of_a_batch": told.joining.subject is not None,
    }


def _files(told: Told) -> Iterator[dict[str, Any]]:
    for number, file in enumerate(told.report.files, 1):
        yield {"report": told.report.reference, "number": number, "name": file.name, **file_row(file)}


def file_row(file: ReportedFile) -> dict[str, Any]:
    """A file as its kind, size, hashes and flags: never its picture."""
    viewed = file.viewed_by_provider
    said = {True: "yes", False: "no", None: "said to be unknown" if file.viewed_stated else "not said"}[
        viewed
    ]
    return {
        "media_type": file.media_type,
        "size": file.size,
        "hashes": dict(sorted(file.hashes.items())),
        "viewed_by_provider": said,
        "publicly_available": file.publicly_available,
        "annotations": sorted(file.annotations),
        "industry_classification": file.industry_classification,
        "known_list": file.known_list,
    }


def _ip_events(referral: Referral) -> list[dict[str, Any]]:
    names = ("address", "port", "event", "original_time", "at", "verdict", "sentence", "logs_lapse_on")
    return list(referral.ip_events.order_by("at", "id").values(*names))


def _routing(referral: Referral) -> dict[str, Any]:
    route = referral.routing
    kinds = version_for(referral, "routing").kinds
    evidence = [
        {**one, "label": kinds[one["kind"]].label if one["kind"] in kinds else one["kind"]}
        for one in route.get("evidence", [])
    ]
    return {
        "sentence": route.get("sentence", ""),
        "conflict": route.get("conflict", False),
        "evidence": evidence,
    }


def _enquiries(referral: Referral) -> list[dict[str, Any]]:
    items = version_for(referral, "completeness").items
    return [
        {
            "asked_at": one.asked_at,
            "asked_for": _labels(one.missing, items),
            "answered_at": one.answered_at,
            "answer": one.answer,
        }
        for one in referral.enquiries.order_by("id")
    ]


def _labels(names: Iterable[str], items: dict[str, Any]) -> list[str]:
    return [items[name].label if name in items else name for name in names]

"""A report as it was received, put into words for its page: every fact it states, and never a picture."""

from typing import Any

import msgspec
from msgspec import Struct

from lapwing.report import Instant
from lapwing_web.casework.models import IpEvent, Joining
from lapwing_web.casework.models.telling import telling_of
from lapwing_web.casework.queries.said import TellingLine, telling_said
from lapwing_web.intake import models
from lapwing_web.intake.queries.receipts import receipts_of
from lapwing_web.intake.queries.reports import current_report, versions_of
from lapwing_web.staff.models import User

Row = tuple[str, str]
RECEIPTS = 50
MOST = 200  # of one list shown, as in parts/more.html
ELSEWHERE = {"people", "files", "incidents", "reporter", "reporter_contact", "unknown", "format"}
ELSEWHERE |= {"fragment", "telling"}
NOT_SAID = {"viewed_by_provider": "viewed_stated"}  # a field whose silence another field tells from "unknown"


class Part(Struct):
    """Something a report speaks of, with what it states of it."""

    title: str
    rows: list[Row]


class ReceivedPage(Struct):
    """Everything on a report's page."""

    report: models.Report
    format: str
    tellings: list[TellingLine]  # one, of a report that a person told
    stated: list[Row]
    people: list[Part]
    incidents: list[Part]
    files: list[Part]
    unknown: list[Row]
    ip_events: list[IpEvent]
    joinings: list[Joining]
    versions: list[dict[str, Any]]
    receipts: list[models.Receipt]
    receipts_in_all: int


def received(user: User, report: models.Report) -> ReceivedPage:
    """The report's latest content with its details, its versions, receipts and referrals."""
    content = current_report(report)
    joinings = Joining.objects.filter(report=report).select_related("referral", "undone_by")
    receipts = receipts_of(report, user)
    named = [("Reporter", content.reporter), ("Reporter’s contact", content.reporter_contact)]
    people = [Part(title, _rows(person)) for title, person in named if person is not None]
    return ReceivedPage(
        report=report,
        format=content.format,
        tellings=[telling_said(told)] if (told := telling_of(content)) else [],
        stated=_rows(content, leave_out=ELSEWHERE),
        people=[Part(person.role.capitalize(), _rows(person)) for person in content.people] + people,
        incidents=[Part(_words(incident.kind), _rows(incident)) for incident in content.incidents],
        files=[
            Part(file.original_name or file.name or file.file_id or "File without a name", _rows(file))
            for file in content.files
        ],
        unknown=_flat("", content.unknown),
        ip_events=list(IpEvent.objects.filter(report=report).order_by("id")),
        joinings=list(joinings.order_by("undone_at", "subject", "id")),
        versions=versions_of(report),
        receipts=list(receipts[:RECEIPTS]),
        receipts_in_all=receipts.count(),
    )


def _rows(part: Any, leave_out: set[str] = frozenset()) -> list[Row]:  # type: ignore[assignment]
    """What the part states, field by field; what it is silent about is left out."""
    rows: list[Row] = []
    for field in msgspec.structs.fields(part):
        value = getattr(part, field.name)
        if field.name in leave_out or field.name in {"role", *NOT_SAID.values()}:
            continue
        if value is None and field.name in NOT_SAID and getattr(part, NOT_SAID[field.name]):
            rows.append((_words(field.name), "stated to be unknown"))
        elif value not in (None, "", [], {}):
            rows += _flat(_words(field.name), value)
    return rows


def _flat(name: str, value: Any) -> list[Row]:
    """One row for a plain value, several for one with parts."""
    if isinstance(value, Instant):
        return [(name, _moment(value))]
    if isinstance(value, Struct):
        return [(f"{name}: {inner.lower()}", text) for inner, text in _rows(value)]
    if isinstance(value, dict):
        pairs = [(f"{name}: {key}" if name else str(key), inner) for key, inner in value.items()]
        return [row for title, inner in pairs for row in _flat(title, inner)]
    if isinstance(value, list) and len(value) > MOST:
        more = f"{len(value):,}, of which the first {MOST} are shown. A package’s JSON holds them all."
        return [*_flat(name, value[:MOST]), (f"{name}, in all", more)]
    if isinstance(value, list):
        plain = all(not isinstance(one, Struct | dict | list) for one in value)
        if plain:
            return [(name, ", ".join(map(str, value)))]
        return [row for n, one in enumerate(value, 1) for row in _flat(f"{name} {n}", one)]
    return [
        (name, {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value))
    ]


def _moment(value: Instant) -> str:
    """What was written, and what it was understood to be."""
    if value.utc is not None:
        return f"{value.original} (UTC {value.utc:%Y-%m-%d %H:%M:%S})"
    why = "no zone is stated" if value.zone == "absent" else "it cannot be placed in time"
    return f"{value.original} ({why})"


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()

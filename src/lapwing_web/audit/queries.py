"""Reading the audit: a record's timeline, what an auditor may see, and whether the chain holds.

An auditor at the agency sees every row. An auditor at a force sees the rows of its own people, and of
the packages it was sent that the agency did something, when and in what role: who there did it, why, and
what they wrote stay with those who wrote it (docs/adr/0003). What another force did it never sees,
whatever was once its own or offered to it: only that it was.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol

from django.db.models import Q, QuerySet
from msgspec import Struct

from lapwing.rules.audit_chain import FIELDS, GENESIS, chain_hash, instant
from lapwing.rules.audit_file import Row
from lapwing_web.audit.models import AuditEntry, ChainHead
from lapwing_web.moment import UK

PAGE = 50


class Reader(Protocol):
    """Whoever reads: a person, in an organisation."""

    @property
    def organisation_id(self) -> str: ...

    @property
    def in_agency(self) -> bool: ...


class Filters(Struct, frozen=True):
    """What to look for. Days are the United Kingdom's, both ends included."""

    by: str = ""
    action: str = ""
    about: str = ""
    since: date | None = None
    until: date | None = None


class Difference(Struct, frozen=True):
    """One field of what changed, as text; None where there was nothing."""

    name: str
    old: str | None
    new: str | None


class Line(Struct):
    """A row on a page. `whole` is False where its content is another organisation's own."""

    entry: AuditEntry
    whole: bool
    differences: list[Difference]
    fault: str = ""


class AuditPage(Struct):
    """One page, newest first. `faults`: what is wrong with the chain here; `next`: the next page's cursor."""

    lines: list[Line]
    faults: list[str]
    next: int | None


def timeline(about: str) -> QuerySet[AuditEntry]:
    """Everything recorded about one record (`referral:12`), oldest first. The caller says who sees it."""
    return AuditEntry.objects.filter(about=about).order_by("position")


def entries_for(user: Reader) -> QuerySet[AuditEntry]:
    """Every row this reader may know of, newest first."""
    entries = AuditEntry.objects.order_by("-position")
    if user.in_agency:
        return entries
    here = user.organisation_id
    sent = AuditEntry.objects.filter(to=here, about__startswith="package:")
    of_those = Q(about__in=sent.values("about"), organisation__in=sent.values("organisation"), to="")
    return entries.filter(Q(organisation=here) | Q(to=here) | of_those)


def found(entries: QuerySet[AuditEntry], filters: Filters, *, reader: Reader) -> QuerySet[AuditEntry]:
    """Those that answer the filters. A force cannot search by the names of another organisation's people."""
    for name in ("action", "about"):
        if wanted := getattr(filters, name).strip():
            entries = entries.filter(**{name: wanted})
    if wanted := filters.by.strip():
        entries = entries.filter(by=wanted)
        entries = entries if reader.in_agency else entries.filter(organisation=reader.organisation_id)
    if filters.since:
        entries = entries.filter(at__gte=_midnight(filters.since))
    if filters.until and filters.until < date.max:  # no day comes after the last of all
        entries = entries.filter(at__lt=_midnight(filters.until + timedelta(days=1)))
    return entries


def page(user: Reader, filters: Filters, *, before: int | None = None) -> AuditPage:
    """One page for this reader, from the newest row older than position `before`, with its chain checked."""
    entries = found(entries_for(user), filters, reader=user)
    if before is not None:
        entries = entries.filter(position__lt=before)
    rows = list(entries[: PAGE + 1])
    shown = rows[:PAGE]
    wrong = broken(shown)
    lines = [_line(entry, user, wrong.get(entry.position, "")) for entry in shown]
    return AuditPage(lines, list(wrong.values()), shown[-1].position if len(rows) > PAGE else None)


def broken(rows: Iterable[AuditEntry]) -> dict[int, str]:
    """What is wrong with these rows, by position: changed content, or a link not to the row before."""
    rows = list(rows)
    before = [row.position - 1 for row in rows]
    hashes = dict(AuditEntry.objects.filter(position__in=before).values_list("position", "hash"))
    hashes[0] = GENESIS
    wrong = {}
    for row in rows:
        if chain_hash(as_chained(row)) != row.hash:
            wrong[row.position] = f"Row {row.position} was changed: its content does not give its hash."
        elif row.position - 1 not in hashes:
            wrong[row.position] = f"Row {row.position - 1} is missing."
        elif hashes[row.position - 1] != row.previous:
            wrong[row.position] = f"Row {row.position} does not follow row {row.position - 1}."
    return wrong


def as_chained(row: AuditEntry) -> dict[str, Any]:
    """The row as the chain and the export spell it."""
    return {name: getattr(row, name) for name in FIELDS} | {"at": instant(row.at)}


def head() -> tuple[int, str]:
    """The last position and its hash: what to note elsewhere."""
    return ChainHead.objects.filter(pk=1).values_list("position", "hash").first() or (0, GENESIS)


def rows_to(position: int) -> Iterator[Row]:
    """Every row from the first to `position`, in order, streamed."""
    entries = AuditEntry.objects.filter(position__lte=position).order_by("position")
    for values in entries.values(*FIELDS, "hash").iterator(chunk_size=2000):
        values["at"] = instant(values["at"])
        yield Row(**values)


def differences(entry: AuditEntry) -> list[Difference]:
    """Old to new, field by field, only what changed."""
    old, new = _fields(entry.old), _fields(entry.new)
    names = [*old, *(name for name in new if name not in old)]
    changed = [name for name in names if old.get(name) != new.get(name)]
    return [Difference(name, _text(old.get(name)), _text(new.get(name))) for name in changed]


def _fields(text: str) -> dict[str, Any]:
    if not text:
        return {}
    value = json.loads(text)
    return value if isinstance(value, dict) else {"value": value}


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value or None
    return (
        {True: "yes", False: "no"}[value]
        if isinstance(value, bool)
        else json.dumps(value, ensure_ascii=False)
    )


def _line(entry: AuditEntry, user: Reader, fault: str) -> Line:
    whole = user.in_agency or entry.organisation == user.organisation_id
    return Line(entry, whole, differences(entry) if whole else [], fault)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UK).astimezone(UTC)

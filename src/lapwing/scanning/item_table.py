"""The items of a scan written out: as JSON lines, and as a table (CSV) for whoever works with one."""

import csv
import io
from pathlib import Path
from typing import BinaryIO

import msgspec

from lapwing.hashing.picture_facts import Facts
from lapwing.matching.durable import replace_file
from lapwing.scanning.found import TIMES
from lapwing.scanning.items import Item, Matched, items
from lapwing.scanning.state import State

TIME_COLUMNS = ("modified", "accessed", "changed", "created", "deleted_at")  # as TIMES names them
COLUMNS = (
    "path", "path_hex", "parent", "inode", "size", *TIME_COLUMNS, "deleted", "rewritten", "where", "kind",
    "type", "md5", "sha1", "sha256", "pdq", "quality", "device", "serial", "software", "taken", "digitised",
    "latitude", "longitude", "satellite_time", "lists", "categories", "matched_by", "closest", "grades",
    "excluded", "failure", "failure_detail", "waiting",
)  # fmt: skip
_NO_FACTS = Facts()
_ENCODER = msgspec.json.Encoder()
_FORMULA = "=+-@\t\r"


def write_items(state: State, lines: Path, table: Path) -> None:
    """Write every item in order of path, to both: each file is whole, or the one before."""

    def both(stream: BinaryIO) -> None:
        replace_file(table, lambda other: _write(state, stream, other), mode=0o600)

    replace_file(lines, both, mode=0o600)


def _write(state: State, lines: BinaryIO, table: BinaryIO) -> None:
    text = io.TextIOWrapper(table, "utf-8", newline="")
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    for item in items(state):
        lines.write(_ENCODER.encode(item) + b"\n")
        rows.writerow(_row(item))
    text.detach()


def _row(item: Item) -> list[object]:
    facts, failure = item.facts or _NO_FACTS, item.failure
    lists, marks, kinds, closest = _matches(item.matches) if item.matches else ("", "", "", None)
    grades = "; ".join(f"{one.dialect} {one.category} by {one.by}" for one in item.grades)
    return [
        _cell(item.path), item.path_hex or None, _cell(item.parent), item.inode, item.size,
        *(_cell(item.times.get(name)) for name in TIMES),
        item.deleted, item.rewritten, item.where, item.kind, item.type,
        item.md5, item.sha1, item.sha256, item.pdq, item.quality,
        _cell(f"{facts.make} {facts.model}".strip()), _cell(facts.serial), _cell(facts.software),
        _cell(facts.taken), _cell(facts.digitised), facts.latitude, facts.longitude,
        _cell(facts.satellite_time), _cell(lists), _cell(marks), kinds, closest, _cell(grades),
        item.excluded, failure.reason if failure else None, _cell(failure.detail) if failure else None,
        item.waiting,
    ]  # fmt: skip


def _matches(matches: list[Matched]) -> tuple[str, str, str, int]:
    """Their lists, how those mark it, by which kinds of hash, and how near the nearest is."""
    lists = "; ".join(sorted({match.list for match in matches}))
    marks = "; ".join(sorted({f"{one.dialect} {one.category}".strip() for one in matches if one.category}))
    kinds = "; ".join(sorted({match.type for match in matches}))
    return lists, marks, kinds, min(match.distance for match in matches)


def _cell(value: str | None) -> str | None:
    """What somebody else wrote may be a formula to a program that opens tables: it is made text."""
    return f"'{value}" if value and value[0] in _FORMULA else value

"""The items of a scan written out: as JSON lines, and as a table (CSV) for whoever works with one."""

import csv
import io
from pathlib import Path
from typing import BinaryIO

import msgspec

from lapwing.matching.durable import replace_file
from lapwing.scanning.items import Item, Matched, items
from lapwing.scanning.state import State

COLUMNS = (
    "path", "parent", "size", "modified", "created", "deleted", "rewritten", "where", "kind", "type", "md5",
    "sha1", "sha256", "pdq", "quality", "device", "taken", "latitude", "longitude", "lists", "categories",
    "closest", "excluded", "failure", "waiting",
)  # fmt: skip
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
    facts, failure = item.facts, item.failure
    lists, marks, closest = _matches(item.matches) if item.matches else ("", "", None)
    return [
        _cell(item.path), _cell(item.parent), item.size, _cell(item.times.get("modified")),
        _cell(item.times.get("created")), item.deleted, item.rewritten, item.where, item.kind, item.type,
        item.md5, item.sha1, item.sha256, item.pdq, item.quality,
        _cell(f"{facts.make} {facts.model}".strip()) if facts else None,
        _cell(facts.taken) if facts else None,
        facts.latitude if facts else None,
        facts.longitude if facts else None,
        _cell(lists), _cell(marks), closest,
        item.excluded, failure.reason if failure else None, item.waiting,
    ]  # fmt: skip


def _matches(matches: list[Matched]) -> tuple[str, str, int]:
    """Their lists, how those mark it, and how near the nearest is."""
    lists = "; ".join(sorted({match.list for match in matches}))
    marks = "; ".join(sorted({f"{one.dialect} {one.category}".strip() for one in matches if one.category}))
    return lists, marks, min(match.distance for match in matches)


def _cell(value: str | None) -> str | None:
    """What somebody else wrote may be a formula to a program that opens tables: it is made text."""
    return f"'{value}" if value and value[0] in _FORMULA else value

"""The items of a scan as a table (CSV), for whoever works with one."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from lapwing.matching.durable import replace_file
from lapwing.scanning.items import Item, items
from lapwing.scanning.state import State

COLUMNS = (
    "path", "parent", "size", "modified", "created", "deleted", "rewritten", "where", "kind", "type", "md5",
    "sha1", "sha256", "pdq", "quality", "device", "taken", "latitude", "longitude", "lists", "categories",
    "closest", "excluded", "failure", "waiting",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_table(state: State, path: Path) -> None:
    """Write every item, a row each, in order of path."""

    def write(stream: BinaryIO) -> None:
        text = io.TextIOWrapper(stream, "utf-8", newline="", write_through=True)
        rows = csv.writer(text)
        rows.writerow(COLUMNS)
        rows.writerows([_cell(value) for value in _row(item)] for item in items(state))
        text.detach()

    replace_file(path, write, mode=0o600)


def _row(item: Item) -> Iterator[object]:
    yield from (item.path, item.parent, item.size, item.times.get("modified"), item.times.get("created"))
    yield from (item.deleted, item.rewritten, item.where, item.kind, item.type)
    yield from (item.md5, item.sha1, item.sha256, item.pdq, item.quality)
    facts = item.facts
    yield f"{facts.make} {facts.model}".strip() if facts else None
    yield from (facts.taken, facts.latitude, facts.longitude) if facts else (None, None, None)
    yield "; ".join(sorted({match.list for match in item.matches}))
    yield "; ".join(sorted({f"{one.dialect} {one.category}".strip() for one in item.matches if one.category}))
    yield min((match.distance for match in item.matches), default=None)
    yield from (item.excluded, item.failure.reason if item.failure else None, item.waiting)


def _cell(value: object) -> object:
    """A name of a file may be a formula to a program that opens tables: it is made text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value

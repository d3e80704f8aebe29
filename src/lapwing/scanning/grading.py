"""The pictures and videos of a scan out to graders' tools as a VICS case, and their grades back in."""

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct, structs

from lapwing.exchange.hash_sets.vics import DIALECT, VICS
from lapwing.exchange.vics_case import CaseFile, CaseMedia, write_case
from lapwing.matching.durable import replace_file
from lapwing.matching.listed import ListedFile
from lapwing.scanning.items import Item, items
from lapwing.scanning.stacks import LOOKED_AT
from lapwing.scanning.state import State
from lapwing.scanning.verdict import EXACT


class Graded(Struct, frozen=True):
    """What became of a document of grades, in contents."""

    graded: int
    ungraded: int  # in category 0, or in none: nobody has graded them
    filled_in: int  # in the category that a list gave them before anybody looked: that is nobody's grade
    elsewhere: int  # of no file in this scan
    bad: int  # that could not be read
    categories: dict[str, int]


def write_vics(state: State, number: str, path: Path) -> None:
    """Write the case: each content once, with every place where it lies."""
    replace_file(path, lambda stream: write_case(number, _contents(state), stream), mode=0o600)


def _contents(state: State) -> Iterator[CaseMedia]:
    ordered = items(state, LOOKED_AT, order="sha256, path, locator")
    for number, (_, files) in enumerate(groupby(ordered, key=lambda item: item.sha256), 1):
        yield _media(number, list(files))


def _media(number: int, files: list[Item]) -> CaseMedia:
    first = files[0]
    known = sorted(int(one.category) for one in first.matches if _sure(one.dialect, one.category, one.type))
    exif = structs.asdict(first.facts) if first.facts else {}
    return CaseMedia(
        number,
        known[0] if known else 0,
        first.md5 or "",
        first.sha1 or "",
        first.size or 0,
        first.type or "",
        [_file(item) for item in files],
        {name: str(value) for name, value in exif.items() if value not in ("", None)},
    )


def _sure(dialect: str, category: str, kind: str) -> bool:
    """Whether a category is VICS's own and of the same file, byte for byte."""
    return dialect == DIALECT and category.isdecimal() and kind in EXACT


def _file(item: Item) -> CaseFile:
    times = item.times
    return CaseFile(
        item.path,
        times.get("created", ""),
        times.get("modified", ""),
        times.get("accessed", ""),
        bool(item.deleted),
    )


def take_grades(state: State, stream: BinaryIO, *, by: str, now: str) -> Graded:
    """Take the grades of a VICS document, by whoever graded. A later grade by the same replaces an earlier.

    Raises Unreadable for what is no VICS document: then nothing is taken.
    """
    categories: Counter[str] = Counter()
    ungraded = filled_in = elsewhere = bad = 0
    state.run(
        "create index if not exists item_md5 on item (md5) where md5 is not null;"
        "create index if not exists item_sha256 on item (sha256) where sha256 is not null"
    )
    with state:
        for entry in VICS.read(stream):
            if not isinstance(entry, ListedFile):
                bad += 1
            elif entry.category in ("", "0"):
                ungraded += 1
            elif not (contents := _here(state, entry)):
                elsewhere += 1
            elif any(_filled_in(state, sha256, entry.category) for sha256 in contents):
                filled_in += 1
            else:
                rows = [(sha256, entry.category, DIALECT, by, now) for sha256 in contents]
                state.many("insert or replace into grade values (?, ?, ?, ?, ?)", rows)
                categories[entry.category] += 1
    counted = dict(sorted(categories.items()))
    return Graded(categories.total(), ungraded, filled_in, elsewhere, bad, counted)


def _filled_in(state: State, sha256: str, category: str) -> bool:
    """Whether the case that went out had this category already, from a list of VICS's own."""
    hits = "select dialect, category, type from hit where item in (select id from item where sha256 = ?)"
    return any(_sure(*one) and one[1] == category for one in state.rows(hits, sha256))


def _here(state: State, entry: ListedFile) -> list[str]:
    """The contents here that have every exact hash that an entry has."""
    kinds = [kind for kind in ("sha256", "sha1", "md5") if kind in entry.hashes]
    if not kinds:
        return []
    same = " and ".join(f"{kind} = ?" for kind in kinds)
    values = [entry.hashes[kind].hex() for kind in kinds]
    rows = state.rows(f"select distinct sha256 from item where {same} and sha256 is not null", *values)  # noqa: S608
    return [sha256 for (sha256,) in rows]

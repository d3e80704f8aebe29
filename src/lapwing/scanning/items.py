"""The items of a scan as JSON lines: the same bytes for the same source and lists, however the scan went."""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from lapwing.hashing import photodna
from lapwing.hashing.failures import REASONS
from lapwing.hashing.file_lines import shown
from lapwing.hashing.pdq.hashed import LOW_QUALITY
from lapwing.hashing.picture_facts import Facts
from lapwing.scanning.phases import PLACE_NAMES, Phase, place_of
from lapwing.scanning.state import State

_ITEMS = """
select path, parent, inode, size, times, deleted, rewritten, kind, type, md5, sha1, sha256, pdq, quality,
    vpdq, photodna, facts, excluded, reason, detail, phase, rank, id,
    exists (select 1 from hit where item = item.id),
    exists (select 1 from grade where sha256 = item.sha256) from item
"""


class Matched(Struct, frozen=True):
    """One entry of one list that the file is, or is near to. No list's match is told as another's."""

    list: str
    version: int
    type: str  # the kind of hash by which it was found
    distance: int
    entry: str  # its publisher's name for it, else its hash
    category: str
    dialect: str
    shared: float | None = None  # percent of a video's frames
    way: int | UnsetType = UNSET  # which of the eight ways it lies, where it lies another way


class Grade(Struct, frozen=True):
    """What a grader said of it, in their own tool."""

    category: str
    dialect: str
    by: str


class Failed(Struct, frozen=True):
    """Why something of the file is not known."""

    reason: str
    sentence: str
    detail: str = ""


class Item(Struct, frozen=True, kw_only=True):
    """A file that was seen. None is null: not known, or not of this kind of file."""

    path: str
    path_hex: str | UnsetType = UNSET  # only where the path is not UTF-8
    parent: str | None  # the path of the file that it lies in
    inode: int | None
    size: int | None
    times: dict[str, str]
    deleted: bool | None
    rewritten: bool  # its bytes are not those that lie there: made so that it can be looked at
    where: str  # camera, folder, cache, system: by the names of the folders it lies in
    kind: str | None  # picture, video, other
    type: str | None  # by its content
    md5: str | None
    sha1: str | None
    sha256: str | None
    pdq: str | None
    quality: int | None
    low_quality: bool | None  # too little is in the picture to match by its PDQ alone
    vpdq: list[str] | None
    photodna: str | None
    facts: Facts | None
    matches: list[Matched]
    grades: list[Grade]
    excluded: str | None  # by which rule it is set aside
    failure: Failed | None
    waiting: str | None  # the phase that it waits in, where the scan is not done


def items(state: State, where: str = "1", *, order: str = "path, locator") -> Iterator[Item]:
    """Every item in order of path; or those of a condition, in another order."""
    for row in state.rows(f"{_ITEMS} where {where} order by {order}"):
        yield _item(state, row)


def _item(state: State, row: tuple[Any, ...]) -> Item:
    path, parent, inode, size, times, deleted, rewritten, kind, media_type, md5, sha1, sha256, *rest = row
    pdq, quality, frames, licensed, facts, excluded, reason, detail, phase, rank, number, listed, graded = (
        rest
    )
    text, hexadecimal = shown(path)
    return Item(
        path=text,
        path_hex=hexadecimal,
        parent=None if parent is None else shown(parent)[0],
        inode=inode,
        size=size,
        times=msgspec.json.decode(times, type=dict[str, str]),
        deleted=None if deleted is None else bool(deleted),
        rewritten=bool(rewritten),
        where=PLACE_NAMES[place_of(rank)],
        kind=kind,
        type=media_type,
        md5=md5,
        sha1=sha1,
        sha256=sha256,
        pdq=pdq.hex() if pdq else None,
        quality=quality,
        low_quality=None if quality is None else quality < LOW_QUALITY,
        vpdq=msgspec.json.decode(frames, type=list[str]) if frames else None,
        photodna=photodna.text(licensed) if licensed else None,
        facts=msgspec.json.decode(facts, type=Facts) if facts else None,
        matches=matches_of(state, number) if listed else [],
        grades=_grades(state, sha256) if graded else [],
        excluded=excluded,
        failure=Failed(reason, REASONS[reason], detail) if reason else None,
        waiting=Phase(phase).name.lower() if phase is not None else None,
    )


def _grades(state: State, sha256: str) -> list[Grade]:
    rows = state.rows("select category, dialect, by from grade where sha256 = ? order by dialect, by", sha256)
    return [Grade(*row) for row in rows]


def matches_of(state: State, item: int) -> list[Matched]:
    """The matches of one item, in order of list, kind of hash, distance and entry."""
    rows = state.rows(
        "select distinct list, version, type, distance, identity, listed, value, category, dialect, shared,"
        " way"
        " from hit where item = ? order by list, type, distance, identity, listed, way, category",
        item,
    )
    return [
        Matched(
            name,
            version,
            kind,
            distance,
            identity or listed or value,
            category,
            dialect,
            shared,
            way or UNSET,
        )
        for name, version, kind, distance, identity, listed, value, category, dialect, shared, way in rows
    ]

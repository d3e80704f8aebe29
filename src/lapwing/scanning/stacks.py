"""Pictures and videos that are the same or nearly so, in stacks, so that a person looks at one of each.

What is on a list by an exact hash needs no look at all. What is only near something on a list comes first,
then what the camera and people made, then caches. A picture with a good PDQ is in the stack of the first one
that it is near to: a stack is around its first, and never a chain of pictures each a little different.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import Struct

from lapwing.hashing.file_lines import shown
from lapwing.hashing.pdq.hashed import LOW_QUALITY
from lapwing.matching.durable import replace_file
from lapwing.matching.kernels import Found, TooManyMatches
from lapwing.matching.near_index import NearIndex
from lapwing.scanning.phases import PLACE_NAMES
from lapwing.scanning.state import State
from lapwing.scanning.verdict import EXACT

BLOCK = 256  # pictures whose near ones are looked for at once
_ENCODER = msgspec.json.Encoder()
_TABLES = """
create index if not exists item_sha256 on item (sha256) where sha256 is not null;
drop table if exists stack;
create table stack (
    sha256 text primary key, number integer not null, distance integer not null
) without rowid;
create index stack_number on stack (number, distance, sha256);
"""
LOOKED_AT = "kind in ('picture', 'video') and sha256 is not null and excluded is null and size > 0"
NO_LOOK = (*EXACT, "photodna")  # what is on a list by one of these is in no stack
_KNOWN = f"exists (select 1 from hit where item = id and type in {NO_LOOK})"  # noqa: S608
# One row for each content, by the best place it lies in. The order is that of the stacks.
_CONTENTS = f"""
select sha256, pdq, quality from (
    select sha256, pdq, quality, size, path, rank % 10 as place,
        exists (select 1 from hit where item = id) as near,
        row_number() over (partition by sha256 order by rank % 10, path, locator) as best
    from item where {LOOKED_AT} and not {_KNOWN}
) where best = 1 order by near desc, place, size desc, path, sha256
"""  # noqa: S608
_MEMBERS = f"""
select number, distance, path, item.sha256, rank % 10, exists (select 1 from hit where item = id)
from stack join item using (sha256) where {LOOKED_AT}
order by number, distance, stack.sha256, rank % 10, path, locator
"""  # noqa: S608


class Views(Struct, frozen=True):
    """How often somebody has to look: once a stack, where there were so many pictures and videos."""

    files: int
    known: int  # on a list by an exact hash: no look
    stacks: int
    saved: int


class Member(Struct, frozen=True):
    """A file in a stack. The first is the one to look at; a distance of 0 is the same content or look."""

    path: str
    sha256: str
    distance: int


class Stack(Struct, frozen=True):
    """Files to look at once."""

    number: int
    look_at: str
    where: str
    near_list: bool  # one of them is near something on a list, and none is on it
    files: int
    members: list[Member]


def make_stacks(state: State) -> Views:
    """Put everything that may be looked at into stacks, in the state."""
    with state:
        state.run(_TABLES)
        contents = state.rows(_CONTENTS)
        names, pdqs, near = _read(contents)
        rows = (
            (names[place], number, distance) for place, number, distance in _grouped(len(names), pdqs, near)
        )
        state.many("insert into stack values (?, ?, ?)", rows)
    [(files, known)] = state.rows(
        f"select count(*), coalesce(sum({_KNOWN}), 0) from item where {LOOKED_AT}"  # noqa: S608
    )
    [(stacks,)] = state.rows("select coalesce(max(number), 0) from stack")
    return Views(files, known, stacks, files - stacks)


def stacks(state: State) -> Iterator[Stack]:
    """The stacks in order, each with all its files."""
    rows = state.rows(_MEMBERS)
    members: list[Member] = []
    number, where, near_list = 0, 0, False
    for stack, distance, path, sha256, place, near in rows:
        if stack != number and members:
            yield Stack(number, members[0].path, PLACE_NAMES[where], near_list, len(members), members)
            members, near_list = [], False
        if stack != number:
            number, where = stack, place
        members.append(Member(shown(path)[0], sha256, distance))
        near_list = near_list or bool(near)
    if members:
        yield Stack(number, members[0].path, PLACE_NAMES[where], near_list, len(members), members)


def write_stacks(state: State, path: Path) -> None:
    """Write them, a line each."""

    def write(stream: BinaryIO) -> None:
        for stack in stacks(state):
            stream.write(_ENCODER.encode(stack) + b"\n")

    replace_file(path, write, mode=0o600)


def _read(
    contents: Iterator[tuple[str, bytes | None, int | None]],
) -> tuple[list[str], npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """The contents, the PDQs of those that have one to go by, and which content each PDQ is of."""
    names: list[str] = []
    pdqs, places = bytearray(), []
    for sha256, pdq, quality in contents:
        if pdq is not None and (quality or 0) >= LOW_QUALITY:
            pdqs += pdq
            places.append(len(names))
        names.append(sha256)
    return names, np.frombuffer(bytes(pdqs), np.uint8).reshape(-1, 32), np.array(places, np.int64)


def _grouped(
    count: int, pdqs: npt.NDArray[np.uint8], places: npt.NDArray[np.int64]
) -> Iterator[tuple[int, int, int]]:
    """Each content with the number of its stack and how far it is from the stack's first."""
    index = NearIndex.build(pdqs)
    row_of = np.full(count, -1, np.int64)
    row_of[places] = np.arange(len(places))
    taken = np.zeros(count, bool)
    number = 0
    for start in range(0, count, BLOCK):
        block = np.arange(start, min(start + BLOCK, count))
        open_rows = row_of[block[~taken[block]]]
        open_rows = open_rows[open_rows >= 0]
        found = _near(index, pdqs, open_rows)
        for content in block.tolist():
            if taken[content]:
                continue
            number += 1
            taken[content] = True
            yield content, number, 0
            for row, distance in found.get(int(row_of[content]), ()):
                other = int(places[row])
                if not taken[other]:
                    taken[other] = True
                    yield other, number, distance


def _near(
    index: NearIndex, pdqs: npt.NDArray[np.uint8], rows: npt.NDArray[np.int64]
) -> dict[int, list[tuple[int, int]]]:
    """What is near each of these rows."""
    if not len(rows):
        return {}
    try:
        found = [(rows, index.search(pdqs[rows]))]
    except TooManyMatches:  # nearly everything is the same: one at a time
        found = [(rows[at : at + 1], index.search(pdqs[rows[at : at + 1]])) for at in range(len(rows))]
    near: dict[int, list[tuple[int, int]]] = {}
    for asked, some in found:
        _gather(near, asked, some)
    return near


def _gather(near: dict[int, list[tuple[int, int]]], asked: npt.NDArray[np.int64], found: Found) -> None:
    triples = zip(
        asked[found.queries].tolist(), found.entries.tolist(), found.distances.tolist(), strict=True
    )
    for query, entry, distance in triples:
        near.setdefault(query, []).append((entry, distance))

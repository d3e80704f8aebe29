"""The tables of the sub-linear index in NumPy, which defines them, and the choice between that and C.

A hash, its bits spread, is a ring of 16 chunks of 16 bits. Table i has the entries in order of chunk i: where
each of the 65,536 buckets begins (`offsets`), chunk i+1 of each entry (`following`), and its number (`ids`).
docs/matching.md proves that a search of few buckets misses nothing.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from lapwing.matching.durable import room
from lapwing.matching.kernels import (
    Found,
    Hashes,
    Packed,
    TooManyMatches,
    distances_numpy,
    packed,
    too_many,
)
from lapwing.native import NUMPY, PATHS, path_in_use

if len(PATHS) > 1:
    from lapwing import _native

CHUNKS, BUCKETS = 16, 1 << 16
BEYOND = 32  # elements after the last of `following`, as a kernel reads whole vectors
SHORT_IDS = 1 << 24  # entries up to which a number takes 3 bytes and not 4
POSITIONS = 1 << 20  # entries looked at together in NumPy, some 60 MB

_BITS = np.bitwise_count(np.arange(BUCKETS, dtype=np.uint16))
_COLUMNS = [  # of each step of 1, 2, 4 and 8 rows, the columns c that take it: 3c is the sum of c's steps
    (step, np.uint16(sum(1 << column for column in range(16) if 3 * column % 16 & step)))
    for step in (1, 2, 4, 8)
]
_FLIPS = np.argsort(_BITS, kind="stable").astype(np.uint16)


class Tables(Struct, frozen=True):
    """The arrays, flat, so that a file may hold them as they are. `hashes` is in the caller's order."""

    hashes: Hashes  # (n, 4)
    offsets: npt.NDArray[np.uint32]  # (16, 65537)
    following: npt.NDArray[np.uint16]  # (16 n + BEYOND,)
    ids: npt.NDArray[np.uint8]  # (16, n, 3 or 4), the lowest byte first

    @property
    def id_bytes(self) -> int:
        """Bytes of an entry's number."""
        return int(self.ids.shape[2])


@cache
def allowances(distance: int) -> npt.NDArray[np.int32]:
    """One more than the bits each chunk may differ in: the distance and one, dealt round the ring.

    Where the chunks' differences add up to no more than the distance, some chunk i differs in fewer bits than
    its allowance, and i and i+1 together in fewer than theirs together.
    """
    each, over = divmod(distance + 1, CHUNKS)
    dealt = np.array([each + (place < over) for place in range(CHUNKS)], np.int32)
    dealt.flags.writeable = False
    return dealt


def flips(radius: int) -> npt.NDArray[np.uint16]:
    """Every way to change at most `radius` of 16 bits, those of fewest bits first."""
    return _FLIPS[: np.count_nonzero(radius >= _BITS)]


@cache
def probes(distance: int) -> int:
    """Buckets that a query looks at, in all tables."""
    return sum(len(flips(int(allowed) - 1)) for allowed in allowances(distance))


def spread_numpy(hashes: Hashes) -> Hashes:
    """The hashes with their bits dealt anew: bit c of row r of 16 goes to row r + 3c. This defines it.

    A row of a PDQ is one frequency down a picture, so bits of a row are alike in pictures that are alike, and
    a row as a chunk puts such pictures in the same buckets. No distance between two hashes changes.
    """
    rows = hashes.view(np.uint16)
    for step, columns in _COLUMNS:
        rows = (rows & ~columns) | (np.roll(rows, step, axis=1) & columns)
    return np.ascontiguousarray(rows).view(np.uint64)


def spread_bits(hashes: Hashes, path: str | None = None, aside: Path | None = None) -> Hashes:
    """`spread_numpy`, by the fastest path or the one named; `aside` as of `empty_tables`."""
    if path_in_use(path) == NUMPY:
        return spread_numpy(hashes)
    spread: Hashes = room(hashes.shape, np.uint64, aside)
    _native.spread_bits(hashes, spread)
    return spread


def empty_tables(hashes: Hashes, aside: Path | None = None) -> Tables:
    """Room for the tables of these hashes: in memory, or in files of the folder `aside`."""
    count = len(hashes)
    size = 3 if count <= SHORT_IDS else 4
    return Tables(
        hashes,
        np.zeros((CHUNKS, BUCKETS + 1), np.uint32),
        room((CHUNKS * count + BEYOND,), np.uint16, aside),
        room((CHUNKS, count, size), np.uint8, aside),
    )


def fill_table_numpy(tables: Tables, spread: Hashes, table: int) -> None:
    """Put the entries, whose bits are `spread`, in order of one chunk. This defines what a table holds."""
    count = len(spread)
    chunks = spread.view(np.uint16)
    order = np.argsort(chunks[:, table], kind="stable")
    sizes = np.bincount(chunks[:, table], minlength=BUCKETS)
    tables.offsets[table, 1:] = np.cumsum(sizes)
    tables.following[table * count : (table + 1) * count] = chunks[order, (table + 1) % CHUNKS]
    numbers = order.astype("<u4").view(np.uint8).reshape(count, 4)
    tables.ids[table] = numbers[:, : tables.id_bytes]


def fill_table(tables: Tables, spread: Hashes, table: int, path: str | None = None) -> None:
    """`fill_table_numpy`, by the fastest path or the one named."""
    if path_in_use(path) == NUMPY:
        fill_table_numpy(tables, spread, table)
        return
    count = len(spread)
    _native.build_table(
        spread,
        table,
        tables.id_bytes,
        tables.offsets[table],
        tables.following[table * count : (table + 1) * count],
        tables.ids[table],
    )


def search_tables(
    tables: Tables,
    queries: Hashes,
    distance: int,
    budget: int,
    most: int,
    span: tuple[int, int],
    path: str | None = None,
) -> tuple[Packed, npt.NDArray[np.bool_]]:
    """The matches that the tables of `span` report, and which queries cost more than `budget`: to be scanned.

    The matches are packed and in any order. The budget is in candidates. What is found for a query past it is
    not whole. Every other match is reported by one table and no other. Raises TooManyMatches.
    """
    name = path_in_use(path)
    if name == NUMPY:
        return search_numpy(tables, queries, distance, budget, most, span)
    spent = np.zeros(len(queries), np.uint32)
    with too_many(most):
        words = _native.search_tables(
            tables.hashes,
            tables.offsets,
            tables.following,
            tables.ids,
            tables.id_bytes,
            queries,
            allowances(distance),
            *span,
            spent,
            budget,
            most,
            name,
        )
    return np.frombuffer(words, np.uint64), spent > budget


def search_numpy(
    tables: Tables, queries: Hashes, distance: int, budget: int, most: int, span: tuple[int, int]
) -> tuple[Packed, npt.NDArray[np.bool_]]:
    """`search_tables` in NumPy. It knows before it begins how many entries a query would look at."""
    spread = spread_numpy(queries)
    spend = np.zeros(len(queries), np.int64)
    for table in range(*span):
        sizes = np.diff(tables.offsets[table].astype(np.int64))
        spend += sizes[_buckets(spread, table, distance)].sum(axis=1)
    dear = spend > len(tables.hashes)
    found = [np.zeros((3, 0), np.int64)]
    count = 0
    for table in range(*span):
        for query, place in _positions(tables, spread, np.flatnonzero(~dear), table, distance):
            found.append(_reported(tables, queries, spread, query, place, table, distance))
            count += found[-1].shape[1]
            if count > most:
                raise TooManyMatches(f"there are more than {most} matches")
    return packed(Found(*np.concatenate(found, axis=1))), dear


def _buckets(spread: Hashes, table: int, distance: int) -> npt.NDArray[np.uint16]:
    """The buckets of one table that each query looks at, (queries, buckets)."""
    radius = int(allowances(distance)[table]) - 1
    return spread.view(np.uint16)[:, table, None] ^ flips(radius)[None, :]


def _positions(
    tables: Tables, spread: Hashes, wanted: npt.NDArray[np.int64], table: int, distance: int
) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """Queries and positions of the table that they look at, in pieces of POSITIONS or so."""
    starts = tables.offsets[table].astype(np.int64)
    step = max(1, POSITIONS // max(1, len(flips(int(allowances(distance)[table]) - 1))))
    for first in range(0, len(wanted), step):
        numbers = wanted[first : first + step]
        buckets = _buckets(spread[numbers], table, distance)
        sizes = starts[buckets.astype(np.int64) + 1] - starts[buckets]
        ends = np.cumsum(sizes.sum(axis=1))
        cuts = np.searchsorted(ends, np.arange(POSITIONS, ends[-1] + POSITIONS, POSITIONS), "left") + 1
        for part in np.split(np.arange(len(numbers)), np.unique(cuts[cuts < len(numbers)])):
            many = sizes[part].ravel()
            within = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
            places = np.repeat(starts[buckets[part]].ravel(), many) + within
            yield np.repeat(numbers[part], sizes[part].sum(axis=1)), places


def _reported(
    tables: Tables,
    queries: Hashes,
    spread: Hashes,
    query: npt.NDArray[np.int64],
    place: npt.NDArray[np.int64],
    table: int,
    distance: int,
) -> npt.NDArray[np.int64]:
    """Of pairs of a query and a position, the matches that this table is the first to have: (3, matches)."""
    allowed, following = allowances(distance), (table + 1) % CHUNKS
    both = int(allowed[table] + allowed[following])
    near = tables.following[table * len(tables.hashes) + place]
    kept = np.bitwise_count(near ^ spread.view(np.uint16)[query, following]) < both
    query, place = query[kept], place[kept]
    numbers = np.zeros((len(place), 4), np.uint8)
    numbers[:, : tables.id_bytes] = tables.ids[table, place]
    entry = numbers.view("<u4").ravel().astype(np.int64)
    entry[entry >= len(tables.hashes)] = 0  # a damaged table: what is read is still a hash of this list
    apart = distances_numpy(tables.hashes[entry], queries[query])
    match = apart <= distance
    query, entry, apart = query[match], entry[match], apart[match]
    chunks = np.bitwise_count(spread_numpy(queries[query] ^ tables.hashes[entry]).view(np.uint16)).astype(int)
    holds = (chunks < allowed) & (chunks + np.roll(chunks, -1, 1) < allowed + np.roll(allowed, -1))
    first = np.argmax(holds, axis=1) == table
    return np.stack([query, entry, apart])[:, first]

"""Every entry of a list within a Hamming distance of a hash of 256 bits: exact, and without reading the list.

    index = NearIndex.build(hashes)                # (n, 32) uint8 or (n, 4) uint64
    found = index.search(queries, 31, threads=2)   # found.queries, found.entries, found.distances

What it finds is what `kernels.scan_numpy` finds, always: nothing here is approximate.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from lapwing.matching.kernels import (
    FURTHEST,
    QUERY_BITS,
    WORDS,
    Found,
    Hashes,
    TooManyMatches,
    scan,
    scan_packed,
    together,
    unpacked,
)
from lapwing.matching.tables import (
    BEYOND,
    BUCKETS,
    CHUNKS,
    SHORT_IDS,
    Tables,
    empty_tables,
    fill_table,
    probes,
    search_tables,
    spread_bits,
)

DISTANCE = 31  # what PDQ's authors recommend for a match
INDEXED_FROM = 2048  # entries; a shorter list is scanned as fast, and the tables alone take 4 MB
ASIDE_FROM = 1 << 24  # entries; the tables of a shorter list take 1.3 GB at most
PROBE = 16  # entries that are scanned in the time it takes to look at one bucket
MOST = 1 << 26  # matches of one search, half a GiB: a guard against a list that matches everything
BATCH = 1 << 17  # queries searched together: what is kept of each stays in the cache
BUDGET = 64  # a query may cost one candidate for so many entries, and is scanned when it would cost more


# The tables by name: of hashes whose bits are spread. Those of before were `offsets`, `following` and `ids`.
ARRAYS = ("spread.offsets", "spread.following", "spread.ids")

Answer = TypeVar("Answer")
QUERY = np.uint64(QUERY_BITS)


class NearIndex:
    """A list of hashes that can be searched. Its arrays are never changed; many threads may search it."""

    def __init__(self, hashes: Hashes, tables: Tables | None) -> None:
        self.hashes = hashes
        self._tables = tables

    @classmethod
    def build(
        cls,
        hashes: npt.NDArray[np.uint8] | Hashes,
        *,
        threads: int = 1,
        path: str | None = None,
        aside: Path | None = None,
    ) -> "NearIndex":
        """Index hashes, which may repeat. Raises ValueError for an array of another shape or type.

        Of a long list the tables are built in files of the folder `aside`, which have no name and end with
        the index: they are three times as large as the hashes. Raises OSError where there is no room.
        """
        rows = rows_of(hashes)
        if len(rows) < INDEXED_FROM:
            return cls(rows, None)
        aside = aside if len(rows) > ASIDE_FROM else None
        tables, spread = empty_tables(rows, aside), spread_bits(rows, path, aside)
        _in_threads(threads, [partial(fill_table, tables, spread, table, path) for table in range(CHUNKS)])
        return cls(rows, tables)

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> "NearIndex":
        """The index that `arrays()` gave, from wherever the arrays lie now: a mapped file will do.

        Raises ValueError when they do not fit each other, and never reads outside them later. Whether their
        content is what was written is for the file's checksum.
        """
        hashes = rows_of(arrays["hashes"])
        if len(arrays) == 1:
            return cls(hashes, None)
        tables = Tables(hashes, *(arrays[name] for name in ARRAYS))
        _check(tables)
        return cls(hashes, tables)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The flat arrays that the index is made of, by name."""
        if self._tables is None:
            return {"hashes": self.hashes}
        tables = (self._tables.offsets, self._tables.following, self._tables.ids)
        return {"hashes": self.hashes, **dict(zip(ARRAYS, tables, strict=True))}

    @property
    def size(self) -> int:
        """Bytes of all the arrays."""
        return sum(array.nbytes for array in self.arrays().values())

    def __len__(self) -> int:
        return len(self.hashes)

    def search(
        self,
        queries: npt.NDArray[np.uint8] | Hashes,
        distance: int = DISTANCE,
        *,
        threads: int = 1,
        most: int = MOST,
        path: str | None = None,
    ) -> Found:
        """Every entry within `distance` (0 to 63) of every query, in order of query and then of entry.

        Raises ValueError for a distance or an array it cannot take, TooManyMatches when there are more than
        `most`.
        """
        asked = rows_of(queries)
        check_distance(distance)
        parts: list[Found] = []
        for start in range(0, len(asked), BATCH):
            found = self._batch(asked[start : start + BATCH], distance, threads, most, path)
            parts.append(Found(found.queries + start, found.entries, found.distances))
            most -= len(found)
        return together(parts)

    def _batch(self, asked: Hashes, distance: int, threads: int, most: int, path: str | None) -> Found:
        left = len(self) - PROBE * probes(distance)  # entries that could be scanned beside looking at buckets
        if self._tables is None or left < 0:
            return scan(self.hashes, asked, distance, most, path)
        budget = left // BUDGET + BUDGET
        ask = partial(search_tables, self._tables, asked, distance, budget, most)
        answers = _in_threads(threads, [partial(ask, span, path) for span in _spans(threads)])
        dear = np.logical_or.reduce([costly for _, costly in answers])
        words = [packed for packed, _ in answers]
        if dear.any():
            numbers = np.flatnonzero(dear).astype(np.uint32)
            words = [found[~dear[found >> QUERY]] for found in words]
            words.append(scan_packed(self.hashes, asked[dear], numbers, distance, most, path))
        found = unpacked(*words)
        if len(found) > most:
            raise TooManyMatches(f"there are more than {most} matches")
        return found


def check_distance(distance: int) -> None:
    """Raise ValueError for a distance that cannot be searched."""
    if not 0 <= distance <= FURTHEST:
        raise ValueError(f"the distance is {distance}; it can be 0 to {FURTHEST}")


def rows_of(hashes: npt.NDArray[np.generic]) -> Hashes:
    """Hashes as four words each, without a copy where they lie so already. Raises ValueError."""
    if hashes.dtype == np.uint8 and hashes.ndim == 2 and hashes.shape[1] == WORDS * 8:
        whole = np.ascontiguousarray(hashes)
        if whole.ctypes.data % 8:
            whole = whole.copy()
        return whole.view(np.uint64)
    if hashes.dtype == np.uint64 and hashes.ndim == 2 and hashes.shape[1] == WORDS:
        return np.ascontiguousarray(hashes)
    raise ValueError(f"hashes are (n, 32) uint8 or (n, 4) uint64, not {hashes.shape} {hashes.dtype}")


def _check(tables: Tables) -> None:
    """Refuse arrays that a search would read outside of."""
    count = len(tables.hashes)
    size = 3 if count <= SHORT_IDS else 4
    wanted: dict[str, tuple[npt.NDArray[np.generic], object, tuple[int, ...]]] = {
        "offsets": (tables.offsets, np.uint32, (CHUNKS, BUCKETS + 1)),
        "following": (tables.following, np.uint16, (CHUNKS * count + BEYOND,)),
        "ids": (tables.ids, np.uint8, (CHUNKS, count, size)),
    }
    for name, (array, kind, shape) in wanted.items():
        if array.dtype != kind or array.shape != shape or not array.flags.c_contiguous:
            raise ValueError(f"{name} is {array.shape} {array.dtype}, which does not fit {count} hashes")
    offsets = tables.offsets
    if (
        (offsets[:, 0] != 0).any()
        or (offsets[:, -1] != count).any()
        or (offsets[:, 1:] < offsets[:, :-1]).any()
    ):
        raise ValueError("offsets do not divide the list into buckets")


def _spans(threads: int) -> list[tuple[int, int]]:
    """The tables dealt to threads: each thread has a table to itself for the whole batch."""
    many = min(max(threads, 1), CHUNKS)
    edges = [CHUNKS * number // many for number in range(many + 1)]
    return list(pairwise(edges))


def _in_threads(threads: int, calls: list[Callable[[], Answer]]) -> list[Answer]:
    """The answers of the calls in their order, from so many threads."""
    if threads <= 1 or len(calls) == 1:
        return [call() for call in calls]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda call: call(), calls))

"""The loops of the search: each in NumPy, which says what it means, and in C, which is the same but faster.

A hash is 256 bits as four uint64, in whichever byte order the caller's rows have: a distance does not depend
on it. What is found comes as `Found`, in order of query and then of entry.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from lapwing.native import NUMPY, PATHS, path_in_use

if len(PATHS) > 1:
    from lapwing import _native

WORDS = 4  # of 64 bits, a hash
FURTHEST = 63  # the greatest distance there is a search for
BLOCK = 1 << 22  # pairs compared at once in NumPy, some 200 MB

QUERY_BITS, ENTRY_BITS = 38, 6  # where a packed match has its query and its entry

Hashes = npt.NDArray[np.uint64]
Packed = npt.NDArray[np.uint64]


class TooManyMatches(Exception):
    """There are more matches than the caller said it has room for."""


class Found(Struct, frozen=True):
    """What was found, one element a match, in order of query and then of entry."""

    queries: npt.NDArray[np.int64]
    entries: npt.NDArray[np.int64]
    distances: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.queries)


def together(parts: list[Found]) -> Found:
    """One after the other."""
    if len(parts) == 1:
        return parts[0]
    nothing = np.zeros(0, np.int64)
    return Found(
        np.concatenate([nothing, *(part.queries for part in parts)]),
        np.concatenate([nothing, *(part.entries for part in parts)]),
        np.concatenate([nothing, *(part.distances for part in parts)]),
    )


def distances_numpy(entries: Hashes, query: Hashes) -> npt.NDArray[np.int64]:
    """Bits that differ between `query`, (4,), and every row of `entries`, (n, 4). This defines a distance."""
    apart: npt.NDArray[np.int64] = np.bitwise_count(entries ^ query).sum(axis=-1, dtype=np.int64)
    return apart


def scan_numpy(entries: Hashes, queries: Hashes, distance: int, most: int) -> Found:
    """Every entry within `distance` of every query. This defines what a search finds.

    Raises TooManyMatches when there are more than `most`.
    """
    found: list[npt.NDArray[np.int64]] = []
    count = 0
    step = max(1, BLOCK // max(1, len(entries)))
    for start in range(0, len(queries), step):
        apart = distances_numpy(entries[None, :, :], queries[start : start + step, None, :])
        query, entry = np.nonzero(apart <= distance)
        found.append(np.stack([query + start, entry, apart[query, entry]]))
        count += len(query)
        if count > most:
            raise TooManyMatches(f"there are more than {most} matches")
    queried, entered, apart = np.concatenate(found, axis=1) if found else np.zeros((3, 0), np.int64)
    return Found(queried, entered, apart)


def scan(entries: Hashes, queries: Hashes, distance: int, most: int, path: str | None = None) -> Found:
    """`scan_numpy`, by the fastest path or the one named."""
    numbers = np.arange(len(queries), dtype=np.uint32)
    return unpacked(scan_packed(entries, queries, numbers, distance, most, path))


def scan_packed(
    entries: Hashes,
    queries: Hashes,
    numbers: npt.NDArray[np.uint32],
    distance: int,
    most: int,
    path: str | None = None,
) -> Packed:
    """The same, packed and in any order, with `numbers` for the queries: theirs among others."""
    name = path_in_use(path)
    if name == NUMPY:
        found = scan_numpy(entries, queries, distance, most)
        return packed(Found(numbers[found.queries].astype(np.int64), found.entries, found.distances))
    with too_many(most):
        return np.frombuffer(_native.scan(entries, queries, numbers, distance, most, name), np.uint64)


@contextmanager
def too_many(most: int) -> Iterator[None]:
    """The native module's way to say that there are more matches than `most`, in ours."""
    try:
        yield
    except OverflowError:
        raise TooManyMatches(f"there are more than {most} matches") from None


def packed(found: Found) -> Packed:
    """Matches as one word each, as native/lapwing.h has them: query << 38 | entry << 6 | distance."""
    words = found.queries << QUERY_BITS | found.entries << ENTRY_BITS | found.distances
    return words.astype(np.uint64)


def unpacked(*words: Packed) -> Found:
    """The matches of words in any order."""
    sorted_words = np.concatenate(words).view(np.int64)  # the one copy; no word is negative
    sorted_words.sort()
    return Found(
        sorted_words >> QUERY_BITS,
        (sorted_words >> ENTRY_BITS) & 0xFFFFFFFF,
        sorted_words & FURTHEST,
    )

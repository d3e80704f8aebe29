"""Which entries of a list have exactly this hash: values in order, and where each beginning starts.

    index = ExactIndex.build(values, entries)   # (n, size) uint8, (n,) uint32
    index.find(value)                           # the entries that have it
    index.find_many(queries)                    # (m, size) uint8: pairs of a query and an entry

A look-up goes to the few values that share the query's first bits, which `starts` names, and compares those.
"""

import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from lapwing.native import NUMPY, PATHS, path_in_use

if len(PATHS) > 1:
    from lapwing import _native

VALUES_A_BUCKET = 4  # on the mean: one or two cache lines of MD5s
FEWEST_BITS, MOST_BITS = 4, 24  # of a value, that choose its bucket
_PAIR = struct.Struct("=II")  # a query's number and an entry

Values = npt.NDArray[np.uint8]
Entries = npt.NDArray[np.uint32]


class ExactIndex:
    """Hashes of one kind and size, and whose each is. A value may repeat: each of its entries is found."""

    def __init__(self, values: Values, entries: Entries, starts: npt.NDArray[np.uint32]) -> None:
        self.values = values
        self.entries = entries
        self._starts = starts
        self._bits = (len(starts) - 1).bit_length() - 1
        self._size = int(values.shape[1])
        self._native = path_in_use() != NUMPY  # asked once: a look-up is shorter than the asking
        self._held = (values.data, self._size, entries.data, starts.data, self._bits)

    @classmethod
    def build(cls, values: Values, entries: Entries) -> "ExactIndex":
        """Index (n, size) values, size 4 or more, and the entry of each, (n,)."""
        order = in_order(values)
        values, entries = values[order], entries[order]
        bits = min(MOST_BITS, max(FEWEST_BITS, (len(values) // VALUES_A_BUCKET).bit_length() - 1))
        starts = np.zeros((1 << bits) + 1, np.uint32)
        starts[1:] = np.cumsum(np.bincount(buckets(values, bits), minlength=1 << bits))
        return cls(values, entries, starts)

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> "ExactIndex":
        """The index that `arrays()` gave, from wherever the arrays lie now.

        Raises ValueError when they do not fit each other: nothing is read outside them later.
        """
        values, entries, starts = arrays["values"], arrays["entries"], arrays["starts"]
        bits = (len(starts) - 1).bit_length() - 1
        if values.dtype != np.uint8 or values.ndim != 2 or values.shape[1] < 4:
            raise ValueError(f"values are {values.shape} {values.dtype}")
        if entries.dtype != np.uint32 or entries.shape != values.shape[:1]:
            raise ValueError(
                f"entries are {entries.shape} {entries.dtype}, which does not fit {len(values)} values"
            )
        if starts.dtype != np.uint32 or starts.shape != ((1 << max(bits, 0)) + 1,) or bits > MOST_BITS:
            raise ValueError(f"starts are {starts.shape} {starts.dtype}")
        if starts[0] != 0 or starts[-1] != len(values) or (starts[1:] < starts[:-1]).any():
            raise ValueError("starts do not divide the values")
        return cls(values, entries, starts)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The flat arrays that the index is made of, by name."""
        return {"values": self.values, "entries": self.entries, "starts": self._starts}

    def __len__(self) -> int:
        return len(self.values)

    def find(self, value: bytes, *, path: str | None = None) -> list[int]:
        """The entries that have this value, in order. Raises ValueError for a value of another size."""
        if len(value) != self._size:
            raise ValueError(f"the hash has {len(value)} bytes; these have {self._size}")
        if not self._by_native(path):
            return list(self.find_many_numpy(np.frombuffer(value, np.uint8)[None, :])[1].tolist())
        found = _native.find_exact(*self._held, value)
        if len(found) == _PAIR.size:
            return [_PAIR.unpack(found)[1]]
        return sorted(memoryview(found).cast("I")[1::2])

    def find_many(
        self, queries: Values, *, path: str | None = None
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Every pair of a query and an entry that has its value, in order of query and then of entry."""
        if queries.dtype != np.uint8 or queries.ndim != 2 or queries.shape[1] != self._size:
            raise ValueError(f"queries are {queries.shape} {queries.dtype}; values have {self._size} bytes")
        if not self._by_native(path):
            return self.find_many_numpy(queries)
        found = _native.find_exact(*self._held, np.ascontiguousarray(queries))
        pairs = np.frombuffer(found, np.uint32).astype(np.int64)
        return _in_order(pairs[::2], pairs[1::2])

    def _by_native(self, path: str | None) -> bool:
        return self._native if path is None else path_in_use(path) != NUMPY

    def find_many_numpy(self, queries: Values) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """`find_many` in NumPy, which defines it."""
        bucket = buckets(queries, self._bits)
        low = self._starts[bucket].astype(np.int64)
        many = self._starts[bucket + 1].astype(np.int64) - low
        query = np.repeat(np.arange(len(queries)), many)
        place = np.repeat(low - np.cumsum(many) + many, many) + np.arange(len(query))
        same = (self.values[place] == queries[query]).all(axis=1)
        return _in_order(query[same], self.entries[place[same]].astype(np.int64))


def _in_order(
    query: npt.NDArray[np.int64], entry: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    order = np.lexsort((entry, query))
    return query[order], entry[order]


def buckets(values: Values, bits: int) -> npt.NDArray[np.int64]:
    """The first `bits` bits of each value."""
    first = np.ascontiguousarray(values[:, :4]).view(">u4").ravel().astype(np.int64)
    return first >> (32 - bits)


def in_order(values: Values) -> npt.NDArray[np.int64]:
    """The order that sorts rows of bytes, equal ones as they came."""
    count, size = values.shape
    padded = np.zeros((count, -(-size // 8) * 8), np.uint8)
    padded[:, :size] = values
    words = padded.view(">u8").astype(np.uint64)
    order = np.argsort(words[:, 0], kind="stable")
    first = words[order, 0]
    tied = np.flatnonzero(first[1:] == first[:-1])
    if len(tied) and (words[order[tied]] != words[order[tied + 1]]).any():  # rare: hashes look random
        order = np.lexsort(words.T[::-1])
    return order

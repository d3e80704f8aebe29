"""A list of known files, open at one version: what is on it, exactly and nearly.

An open list never changes. A newer version is seen by opening the list again, which takes milliseconds.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from lapwing.hashing import vpdq
from lapwing.matching.exact_index import ExactIndex
from lapwing.matching.kernels import Found, together
from lapwing.matching.layer import Layer
from lapwing.matching.layer_file import BadList, LayerFile
from lapwing.matching.listed import ListedFile
from lapwing.matching.near_index import DISTANCE, MOST
from lapwing.matching.same_keys import Keys, found_in
from lapwing.matching.versions import CURRENT, Version, current, folder_of

GONE = "gone."  # and a layer's file name: the section that says which of its entries are gone

Flags = npt.NDArray[np.bool_]


class Entry(Struct, frozen=True):
    """What a list says of one of its entries."""

    identity: str
    category: str
    dialect: str
    rule: str = ""  # the text of the rule about URLs that it is


class HashList:
    """A list at one version. Entries are numbered through all its layers, and keep their number in it."""

    def __init__(self, version: Version, files: list[LayerFile]) -> None:
        self.name = version.name
        self.version = version
        self._files = files
        self.layers = [Layer.of(file) for file in files]
        self._firsts = np.cumsum([0, *(len(layer) for layer in self.layers)])
        self._gone = _gone(files, self.layers)
        self._exact: dict[str, list[tuple[int, int, ExactIndex]]] = {}
        for place, layer in enumerate(self.layers):
            for kind, index in layer.exact.items():
                self._exact.setdefault(kind, []).append((place, int(self._firsts[place]), index))

    @classmethod
    def open(cls, lists: Path, name: str, version: Version | None = None) -> "HashList":
        """The list as it is now, or as it was. Raises BadList when it is not there or not whole, OSError."""
        folder = folder_of(lists, name)
        opened = version or current(folder)
        if opened is None:
            raise BadList(folder / CURRENT, "there is no list of that name")
        return cls(opened, [LayerFile.open(folder / layer) for layer in opened.layers])

    def __len__(self) -> int:
        """Entries that stand."""
        return sum(len(layer) - int(gone.sum()) for layer, gone in zip(self.layers, self._gone, strict=True))

    def verify(self) -> None:
        """Read every byte and compare it with its checksum. Raises BadList, naming the file and the part."""
        for file in self._files:
            file.verify()

    def standing(self) -> list[Flags]:
        """Of each layer, which of its entries stand."""
        return [~gone for gone in self._gone]

    def standing_keys(self) -> Keys:
        """What stands for all that each entry that stands says, (n, 2)."""
        keys = [layer.keys[stands] for layer, stands in zip(self.layers, self.standing(), strict=True)]
        return np.concatenate([np.zeros((0, 2), np.uint64), *keys])

    def without(self, keys: Keys) -> list[Flags]:
        """Of each layer, which of its entries stand and are none of these."""
        return [
            stands & ~found_in(layer.keys, keys)
            for layer, stands in zip(self.layers, self.standing(), strict=True)
        ]

    def find(self, kind: str, value: bytes) -> list[int]:
        """The entries that have exactly this hash. Raises ValueError for its size."""
        found: list[int] = []
        for place, first, index in self._exact.get(kind, ()):
            entries = index.find(value)
            if entries:
                found += [first + entry for entry in entries if not self._is_gone(place, entry)]
        return found

    def find_many(self, kind: str, values: npt.NDArray[np.uint8]) -> Found:
        """The entries that have exactly one of these hashes, (n, size), at distance 0, as `near` has them."""
        parts = []
        for place, layer in enumerate(self.layers):
            if kind in layer.exact:
                queries, entries = layer.exact[kind].find_many(values)
                parts.append(self._kept(place, Found(queries, entries, np.zeros(len(queries), np.int64))))
        return _in_order(parts)

    def near(
        self,
        queries: npt.NDArray[np.uint8],
        distance: int = DISTANCE,
        *,
        kind: str = "pdq",
        threads: int = 1,
        most: int = MOST,
    ) -> Found:
        """Every entry within `distance` of every query, (n, 32), in order of query and then of entry.

        With `vpdq` the queries are frames, and an entry is found once for each of its frames that is near and
        good enough to compare.
        Raises ValueError, TooManyMatches as NearIndex.search does.
        """
        parts = []
        for place, layer in enumerate(self.layers):
            if kind in layer.near:
                found = layer.near[kind].search(queries, distance, threads=threads, most=most)
                if kind == "vpdq":
                    found = _chosen(found, layer.quality[found.entries] >= vpdq.QUALITY)
                entries = layer.near_entries[kind][found.entries].astype(np.int64)
                parts.append(self._kept(place, Found(found.queries, entries, found.distances)))
        return _in_order(parts)

    def pdq(self, number: int) -> bytes:
        """The PDQ of an entry that has one."""
        place, own = self._place(number)
        layer = self.layers[place]
        row = int(np.searchsorted(layer.near_entries["pdq"], np.uint32(own)))  # of its type: no copy is made
        return bytes(layer.near["pdq"].hashes[row].view(np.uint8))

    def entry(self, number: int) -> Entry:
        """What the list says of an entry. Raises BadList for a damaged list."""
        place, own = self._place(number)
        layer = self.layers[place]
        try:
            dialect, category = layer.mark(own)
            return Entry(layer.identity(own), category, dialect, layer.rule(own))
        except IndexError:
            raise self._damaged(place) from None

    def files(self) -> Iterator[ListedFile]:
        """Every entry that stands, as it was published, in the order it was added."""
        for layer, stands in zip(self.layers, self.standing(), strict=True):
            yield from layer.files(stands)

    def counts(self) -> dict[str, int]:
        """How many entries that stand have a hash of each kind."""
        found: dict[str, int] = {}
        for layer, stands in zip(self.layers, self.standing(), strict=True):
            for kind in layer.kinds:
                having = np.zeros(len(layer), bool)
                having[layer.entries_with(kind)] = True
                found[kind] = found.get(kind, 0) + int((having & stands).sum())
        return found

    def _place(self, number: int) -> tuple[int, int]:
        """The layer that an entry is in, and its number there."""
        place = int(np.searchsorted(self._firsts, number, "right")) - 1
        return place, number - int(self._firsts[place])

    def _damaged(self, place: int) -> BadList:
        return BadList(self._files[place].path, "it is damaged: an entry is not where it says")

    def _is_gone(self, place: int, entry: int) -> bool:
        try:
            return bool(self._gone[place][entry])
        except IndexError:
            raise self._damaged(place) from None

    def _kept(self, place: int, found: Found) -> Found:
        """Of what a layer found, what stands, numbered through the list."""
        try:
            stands = ~self._gone[place][found.entries]
        except IndexError:
            raise self._damaged(place) from None
        first = int(self._firsts[place])
        return _chosen(Found(found.queries, found.entries + first, found.distances), stands)


def _chosen(found: Found, kept: Flags) -> Found:
    return Found(found.queries[kept], found.entries[kept], found.distances[kept])


def _in_order(parts: list[Found]) -> Found:
    whole = together(parts) if parts else Found(*(np.zeros(0, np.int64) for _ in range(3)))
    order = np.lexsort((whole.distances, whole.entries, whole.queries))
    return Found(whole.queries[order], whole.entries[order], whole.distances[order])


def _gone(files: list[LayerFile], layers: list[Layer]) -> list[Flags]:
    """Of each layer, which of its entries a later layer, or itself, says are gone."""
    gone = [np.zeros(len(layer), bool) for layer in layers]
    places = {file.path.name: place for place, file in enumerate(files)}
    for file in files:
        for name, entries in file.arrays.items():
            if name.startswith(GONE):
                place = places.get(name.removeprefix(GONE))
                if place is None:
                    continue  # of a layer that this version is without
                if len(entries) and int(entries.max()) >= len(gone[place]):
                    raise BadList(file.path, f"{name} is of entries that are not there")
                gone[place][entries] = True
    return gone

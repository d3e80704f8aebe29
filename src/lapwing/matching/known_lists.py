"""Every list in a folder, asked at once."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from msgspec import Struct

from lapwing.hashing import DIGESTS, HASH_TYPES, Digests, vpdq
from lapwing.matching.hash_list import HashList
from lapwing.matching.layer_file import BadList
from lapwing.matching.near_index import DISTANCE
from lapwing.matching.versions import CURRENT, NAME

Stamp = tuple[tuple[str, int, int], ...]


class Match(Struct, frozen=True):
    """A hash is on a list, or near one that is. No list's match is ever told as another's."""

    list_name: str
    hash_type: str
    value: str  # the hash that was asked about, as text
    version: int = 0
    distance: int = 0
    identity: str = ""
    category: str = ""
    dialect: str = ""
    shared: float | None = None  # percent of a video's frames that the entry has too: for vpdq


class KnownLists:
    """Lists as they were when they were opened. A version committed later is not seen until reopened."""

    def __init__(self, lists: list[HashList]) -> None:
        self.lists = lists

    @classmethod
    def open(cls, folder: Path) -> "KnownLists":
        """Open every list. A folder that is not there has none.

        Raises BadList, naming the list, when one is damaged: matching against fewer lists than are here
        would be a silent miss.
        """
        return cls([HashList.open(folder, name) for name in names(folder)])

    @classmethod
    def open_whole(cls, folder: Path) -> "tuple[KnownLists, list[BadList]]":
        """Open what is whole, and say what is not: for whoever shows the faults and must go on meanwhile."""
        lists, faults = [], []
        for name in names(folder):
            try:
                lists.append(HashList.open(folder, name))
            except BadList as fault:
                faults.append(fault)
            except OSError as error:
                faults.append(BadList(folder / name, error.strerror or "it cannot be read"))
        return cls(lists), faults

    def match(self, digests: Digests) -> list[Match]:
        """Every list the file is on, and by which hash, in order of list and kind of hash."""
        return list(self.match_hashes({kind: bytes.fromhex(digests.value(kind)) for kind in DIGESTS}, 0))

    def match_hashes(self, hashes: Mapping[str, bytes], distance: int = DISTANCE) -> Iterator[Match]:
        """What lists have of a file with these raw hashes, in order of list, kind, distance and entry.

        Raises ValueError for a hash of another size than its kind has, or for a distance that is none.
        """
        for known in self.lists:
            for kind in sorted(hashes):
                found = _videos if kind == "vpdq" else _matches
                yield from sorted(
                    found(known, kind, hashes[kind], distance), key=lambda match: match.distance
                )


def names(folder: Path) -> list[str]:
    """The lists in a folder, in order: one that has lost the file of its current version is one still."""
    found = {path.parent.name for pattern in (CURRENT, "v*.json") for path in folder.glob(f"*/{pattern}")}
    return sorted(name for name in found if NAME.fullmatch(name))


def stamp(folder: Path) -> Stamp:
    """What differs as soon as any list in the folder has another version, or is stored otherwise."""
    found = ((name, folder / name / CURRENT) for name in names(folder))
    states = ((name, path.stat()) if path.exists() else (name, None) for name, path in found)
    return tuple((name, *((one.st_ino, one.st_mtime_ns) if one else (0, 0))) for name, one in states)


def _matches(known: HashList, kind: str, value: bytes, distance: int) -> Iterator[Match]:
    text = HASH_TYPES[kind].text(value)
    if HASH_TYPES[kind].compared == "exactly":
        for number in known.find(kind, value):
            yield _match(known, kind, text, number)
        return
    found = known.near(np.frombuffer(value, np.uint8)[None, :], distance)
    for number, apart in zip(found.entries.tolist(), found.distances.tolist(), strict=True):
        yield _match(known, kind, text, number, distance=apart)


def _videos(known: HashList, kind: str, value: bytes, distance: int) -> Iterator[Match]:
    """The entries that have enough of a video's frames, by vPDQ's published thresholds."""
    text = value.decode()
    frames = [frame.value for frame in vpdq.parse(text) if frame.quality >= vpdq.QUALITY]
    queries = np.frombuffer(b"".join(frames), np.uint8).reshape(-1, 32)
    found = known.near(queries, distance, kind=kind)
    pairs = np.unique(np.stack([found.entries, found.queries]), axis=1)
    numbers, shared = np.unique(pairs[0], return_counts=True)
    for number, many in zip(numbers.tolist(), shared.tolist(), strict=True):
        percent = 100 * many / len(frames)
        if percent >= vpdq.QUERY_PERCENT:
            yield _match(known, kind, text, number, shared=percent)


def _match(
    known: HashList, kind: str, text: str, number: int, *, distance: int = 0, shared: float | None = None
) -> Match:
    entry, version = known.entry(number), known.version.number
    said = (entry.identity, entry.category, entry.dialect)
    return Match(known.name, kind, text, version, distance, *said, shared)

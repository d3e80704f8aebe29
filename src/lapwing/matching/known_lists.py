"""Every list in a folder, asked at once."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from lapwing.hashing import DIGESTS, HASH_TYPES, Digests, vpdq
from lapwing.matching.hash_list import HashList
from lapwing.matching.layer_file import BadList
from lapwing.matching.listed_kinds import rule_key
from lapwing.matching.near_index import DISTANCE, MOST
from lapwing.matching.url_rules import RULES, expressions
from lapwing.matching.urls import canonical
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
    listed: str = ""  # the entry's own hash as text, where it is near and not the same; a rule's text


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
                faults.append(BadList(folder / name / CURRENT, error.strerror or "it cannot be read"))
        return cls(lists), faults

    def chosen(self, wanted: Sequence[str]) -> "KnownLists":
        """Only the lists of these names; all where none is named. Raises KeyError for one not here."""
        here = {known.name: known for known in self.lists}
        return KnownLists([here[name] for name in dict.fromkeys(wanted)]) if wanted else self

    def match(self, digests: Digests) -> list[Match]:
        """Every list the file is on, and by which hash, in order of list and kind of hash."""
        asked = [(kind, bytes.fromhex(digests.value(kind))) for kind in DIGESTS]
        found = [match for matches in self.match_many(asked, 0) for match in matches]
        return sorted(found, key=lambda match: (match.list_name, match.hash_type))

    def match_many(
        self,
        asked: Sequence[tuple[str, bytes]],
        distance: int = DISTANCE,
        *,
        threads: int = 1,
        most: int = MOST,
    ) -> list[list[Match]]:
        """What the lists have of each of many hashes, given as kind and raw value: one list of matches each.

        Matches are in order of list, then of distance, then of entry. Perceptual hashes match within
        `distance`, others exactly. Raises ValueError for a hash of another size than its kind has, or for a
        distance that is none; TooManyMatches when one list has more than `most` near hashes.
        """
        answers: list[list[Match]] = [[] for _ in asked]
        places: dict[str, list[int]] = {}
        for place, (kind, _) in enumerate(asked):
            places.setdefault(kind, []).append(place)
        for known in self.lists:
            for kind, those in places.items():
                values = [asked[place][1] for place in those]
                for query, match in _matches(known, kind, values, distance, threads, most):
                    answers[those[query]].append(match)
        return answers

    def match_url(self, url: str) -> Iterator[Match]:
        """Every rule that matches a URL, in order of list, then of kind, then of entry.

        `value` is the canonical URL, `listed` the rule. Raises NotAUrl, before anything is looked for, for
        what is no http or https URL: that is a failure, and never "no match".
        """
        asked, rules = canonical(url), expressions(url)
        keys = {kind: [rule_key(one.text.encode()) for one in rules if one.kind == kind] for kind in RULES}
        values = {kind: np.frombuffer(b"".join(those), np.uint8) for kind, those in keys.items()}
        return (
            _match(known, kind, asked, int(entry), listed=known.entry(int(entry)).rule)
            for known in self.lists
            for kind in RULES
            for entry in np.sort(known.find_many(kind, values[kind].reshape(-1, 32)).entries)
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


def _matches(
    known: HashList, kind: str, values: list[bytes], distance: int, threads: int, most: int
) -> Iterator[tuple[int, Match]]:
    """Pairs of a query's number and a match, those of one query in order of distance and entry."""
    if kind == "vpdq":
        for query, value in enumerate(values):
            yield from ((query, match) for match in _videos(known, value, distance))
        return
    exact = HASH_TYPES[kind].compared == "exactly"
    queries = rows(kind, values)
    found = (
        known.find_many(kind, queries) if exact else known.near(queries, distance, threads=threads, most=most)
    )
    order = np.lexsort((found.entries, found.distances, found.queries))
    for at in order.tolist():
        query, entry, apart = int(found.queries[at]), int(found.entries[at]), int(found.distances[at])
        listed = "" if exact else known.pdq(entry).hex()
        text = HASH_TYPES[kind].text(values[query])
        yield query, _match(known, kind, text, entry, distance=apart, listed=listed)


def rows(kind: str, values: Sequence[bytes]) -> npt.NDArray[np.uint8]:
    """Hashes of one kind, a row each. Raises ValueError for one of another size."""
    size = HASH_TYPES[kind].size
    if any(len(value) != size for value in values):
        raise ValueError(f"a {kind} has {size} bytes")
    return np.frombuffer(b"".join(values), np.uint8).reshape(len(values), size or 0)


def _videos(known: HashList, value: bytes, distance: int) -> Iterator[Match]:
    """The entries that have enough of a video's frames, by vPDQ's published thresholds."""
    text = value.decode()
    frames = [frame.value for frame in vpdq.parse(text) if frame.quality >= vpdq.QUALITY]
    found = known.near(rows("pdq", frames), distance, kind="vpdq")
    pairs = np.unique(np.stack([found.entries, found.queries]), axis=1)
    numbers, shared = np.unique(pairs[0], return_counts=True)
    for number, many in zip(numbers.tolist(), shared.tolist(), strict=True):
        percent = 100 * many / len(frames)
        if percent >= vpdq.QUERY_PERCENT:
            yield _match(known, "vpdq", text, number, shared=percent)


def _match(
    known: HashList,
    kind: str,
    text: str,
    number: int,
    *,
    distance: int = 0,
    shared: float | None = None,
    listed: str = "",
) -> Match:
    entry, version = known.entry(number), known.version.number
    said = (entry.identity, entry.category, entry.dialect)
    return Match(known.name, kind, text, version, distance, *said, shared, listed)

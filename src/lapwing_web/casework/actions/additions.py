"""What is new on a list between two versions, in memory: the past is asked, and not the list read again."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lapwing.hashing import HASH_TYPES
from lapwing.matching import BadList, HashList, Match
from lapwing.matching.exact_index import ExactIndex
from lapwing.matching.keeping import difference
from lapwing.matching.known_lists import rows
from lapwing.matching.listed import ListedFile, raw
from lapwing.matching.near_index import DISTANCE, NearIndex
from lapwing.matching.versions import kept
from lapwing_web.casework.actions.checking import MOST, Hash
from lapwing_web.intake.models.seen import KINDS

LARGE = 100_000  # additions; with more, the list itself is asked, which has its indexes on the disk


class Additions:
    """Entries that one version has and another had not, with an index for each kind of hash."""

    def __init__(self, name: str, version: int, entries: Iterable[ListedFile]) -> None:
        self.name, self.version, self.entries = name, version, list(entries)
        self._exact: dict[str, ExactIndex] = {}
        self._near, self._near_entries = NearIndex.build(np.zeros((0, 32), np.uint8)), np.zeros(0, np.uint32)
        for kind in KINDS:
            having = [number for number, entry in enumerate(self.entries) if kind in entry.hashes]
            if having:
                values = rows(kind, [self.entries[number].hashes[kind] for number in having])
                self._index(kind, values, np.array(having, np.uint32))

    def _index(self, kind: str, values: npt.NDArray[np.uint8], entries: npt.NDArray[np.uint32]) -> None:
        if kind == "pdq":
            self._near, self._near_entries = NearIndex.build(values), entries
        else:
            self._exact[kind] = ExactIndex.build(values, entries)

    def compare(self, hashes: Iterable[Hash]) -> dict[Hash, list[Match]]:
        """The additions that each hash is, or is near, the nearest first."""
        by_kind: dict[str, list[str]] = {}
        for kind, text in dict.fromkeys(hashes):
            by_kind.setdefault(kind, []).append(text)
        found: dict[Hash, list[tuple[int, int]]] = {}
        for kind, texts in by_kind.items():
            for query, entry, distance in self._pairs(kind, rows(kind, [raw(kind, one) for one in texts])):
                found.setdefault((kind, texts[query]), []).append((distance, entry))
        return {
            one: [self._match(one, *pair) for pair in sorted(pairs)[:MOST]] for one, pairs in found.items()
        }

    def _pairs(self, kind: str, queries: npt.NDArray[np.uint8]) -> list[tuple[int, int, int]]:
        if kind == "pdq":
            near = self._near.search(queries, DISTANCE)
            entries = self._near_entries[near.entries]
            return list(zip(near.queries.tolist(), entries.tolist(), near.distances.tolist(), strict=True))
        if kind not in self._exact:
            return []
        asked, exact = self._exact[kind].find_many(queries)
        return [(query, entry, 0) for query, entry in zip(asked.tolist(), exact.tolist(), strict=True)]

    def _match(self, one: Hash, distance: int, number: int) -> Match:
        entry, (kind, text) = self.entries[number], one
        listed = HASH_TYPES[kind].text(entry.hashes[kind]) if kind == "pdq" else ""
        return Match(
            self.name, kind, text, self.version, distance, entry.identity, entry.category, entry.dialect,
            listed=listed,
        )  # fmt: skip


def additions(lists: Path, now: HashList, since: int) -> Additions | None:
    """What the list has now and had not at version `since`; None where the list itself is better asked.

    That is where the version is no longer kept, or cannot be read, or where nearly all is new.
    """
    try:
        version = next((one for one in kept(lists / now.name) if one.number == since), None)
        if version is None:
            return None
        before = HashList.open(lists, now.name, version)
    except (BadList, OSError):
        return None
    if sum(int(flags.sum()) for flags in now.without(before.standing_keys())) > LARGE:
        return None
    new = (entry for word, entry in difference(before, now) if word == "added")
    return Additions(now.name, now.version.number, new)

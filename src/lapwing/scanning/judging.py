"""Which lists the files of a scan are on: hashes as they come, by the batch."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from lapwing.hashing import DIGESTS, HASH_TYPES
from lapwing.matching import KnownLists
from lapwing.matching.near_index import check_distance
from lapwing.scanning.state import Hit, Known, State

BATCH = 4096  # hashes asked at once
WAY = 32  # bytes of a PDQ
_HASHES = ("md5", "sha1", "sha256", "pdq", "turned", "vpdq", "photodna")
NO_LISTS = KnownLists([])
Asked = tuple[int, str, bytes, int]


class Judging:
    """The lists that a scan compares with, at the versions that were opened.

    Raises ValueError for a distance that cannot be searched: before the scan, not when it has read for hours.
    """

    def __init__(self, known: KnownLists, distance: int, good: KnownLists = NO_LISTS) -> None:
        check_distance(distance)
        self._known = known
        self._distance = distance
        self._good = good

    @property
    def versions(self) -> str:
        """What the lists are, as text that differs as soon as one of them does, or how near counts.

        Nothing, where there is no list.
        """
        if not self._known.lists:
            return ""
        lists = [f"{one.name} {one.version.number}" for one in self._known.lists]
        return f"{', '.join(lists)} within {self._distance}"

    def hits(self, known: Iterable[Known]) -> list[Hit]:
        """What of these files is on a list."""
        if not self._known.lists:
            return []
        return self._of([asked for one in known for asked in _asked(one)])

    def set_aside(self, known: list[Known], hits: list[Hit]) -> list[Known]:
        """The same, where those that are on a list of harmless files are excluded and looked at no more.

        What is on any other list is never set aside. Only SHA-256 and SHA-1 count for it.
        """
        if not self._good.lists:
            return known
        matched = {hit.item for hit in hits}
        asked = [
            (place, kind, bytes.fromhex(text))
            for place, one in enumerate(known)
            if one.id not in matched
            for kind in ("sha256", "sha1")
            if (text := getattr(one, kind))
        ]
        answers = self._good.match_many([(kind, value) for _, kind, value in asked], 0)
        good = {place for (place, _, _), matches in zip(asked, answers, strict=True) if matches}
        return [
            replace(one, excluded="known_good", phase=None) if place in good else one
            for place, one in enumerate(known)
        ]

    def all_hits(self, state: State) -> Iterator[list[Hit]]:
        """The same of everything that is hashed, from the state, without a file being read."""
        rows = state.rows(f"select id, {', '.join(_HASHES)} from item where sha256 is not null")  # noqa: S608
        batch: list[Asked] = []
        for number, *hashes in rows:
            batch += _asked(Known(number, None, 0, False, **dict(zip(_HASHES, hashes, strict=True))))
            if len(batch) >= BATCH:
                yield self._of(batch)
                batch = []
        yield self._of(batch)

    def _of(self, asked: Sequence[Asked]) -> list[Hit]:
        answers = self._known.match_many([(kind, value) for _, kind, value, _ in asked], self._distance)
        return [
            Hit(item, match, way)
            for (item, _, _, way), matches in zip(asked, answers, strict=True)
            for match in matches
        ]


def _asked(one: Known) -> Iterator[Asked]:
    for kind in DIGESTS:
        if text := getattr(one, kind):
            yield one.id, kind, bytes.fromhex(text), 0
    if one.photodna:
        yield one.id, "photodna", one.photodna, 0
    if one.turned:
        for start in range(0, len(one.turned), WAY):
            yield one.id, "pdq", one.turned[start : start + WAY], start // WAY
    elif one.pdq:
        yield one.id, "pdq", one.pdq, 0
    if one.vpdq and HASH_TYPES["vpdq"].parse(one.vpdq):
        yield one.id, "vpdq", one.vpdq.encode(), 0

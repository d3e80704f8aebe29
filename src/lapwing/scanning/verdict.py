"""How a scan stands: what is known so far, and how much has not been looked at. Always current."""

import time
from collections import Counter

from msgspec import Struct

from lapwing.scanning.phases import Phase
from lapwing.scanning.state import State

_COUNTED = """
select phase, case when excluded is not null then 'excluded' when sha256 is not null then 'hashed'
    when phase is null then 'failed' else 'waiting' end, count(*), sum(coalesce(size, 0)),
    count(reason)
from item group by 1, 2
"""
EXACT = ("md5", "sha1", "sha256")  # by the very bytes
_EXACT = f"type in {EXACT}"
_EXACTLY = f"count(distinct case when {_EXACT} then item end)"
MOST_OF_TIME = 0.05  # of the time that may be spent counting


class Listed(Struct, frozen=True, order=True):
    """Files that are on one list in one category, as its publisher names it.

    `exactly` of the `files` are there by their bytes; the others look like something that is. None: an
    earlier version did not say.
    """

    list: str
    dialect: str
    category: str
    files: int
    exactly: int | None = None


class Waits(Struct, frozen=True):
    """What waits in one phase."""

    files: int
    bytes: int
    seconds_left: float | None = None  # at the rate of this run; None where there is none yet


class Verdict(Struct, frozen=True):
    """`seen = hashed + excluded + failed + waiting`, in files. Nothing waits when a scan is done."""

    seen: int
    hashed: int
    excluded: int
    failed: int
    waiting: int
    matched: int
    matched_exactly: int  # by a hash of the bytes; the others look like something on a list
    by_list: tuple[Listed, ...]
    phases: dict[str, Waits]  # what waits; a file that is hashed may yet wait to be looked at
    bytes_seen: int
    bytes_hashed: int
    listed_whole: bool  # everything in the source has been listed, by name
    compared: bool = True  # with any list
    failures: int = 0  # files that have one, hashed or not
    seconds: float = 0.0

    @property
    def conserved(self) -> bool:
        """Whether every file that was seen is accounted for."""
        return self.seen == self.hashed + self.excluded + self.failed + self.waiting

    @property
    def done(self) -> bool:
        """Whether there is nothing left to do."""
        return self.listed_whole and not self.phases


class Counting:
    """Counts a scan's state now and then, so that counting never takes much of the time, and its rates."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._begun = self._due = time.monotonic()
        self._done: Counter[Phase] = Counter()
        self._spent: dict[Phase, float] = {}
        self._last: Verdict | None = None

    def worked(self, phase: Phase, done: int, seconds: float) -> None:
        """So much of a phase, as `cost` has it, was done in so many seconds."""
        self._done[phase] += done
        self._spent[phase] = self._spent.get(phase, 0.0) + seconds

    def verdict(self, *, now: bool = False) -> Verdict:
        """How it stands; at most a little while ago, unless it is wanted now."""
        if self._last is None or now or time.monotonic() >= self._due:
            begun = time.monotonic()
            self._last = self._counted()
            self._due = time.monotonic() + (time.monotonic() - begun) / MOST_OF_TIME
        return self._last

    def _counted(self) -> Verdict:
        counts, sizes, failures = Counter[str](), Counter[str](), 0
        phases, left = Counter[Phase](), Counter[Phase]()
        for phase, how, files, size, failed in self._state.rows(_COUNTED):
            failures += failed
            counts[how] += files
            sizes[how] += size
            if phase is not None:
                phases[Phase(phase)] += files
                left[Phase(phase)] += size
        waits = {
            phase.name.lower(): Waits(phases[phase], left[phase], self._left(phase, phases, left))
            for phase in sorted(phases)
        }
        return Verdict(
            seen=counts.total(),
            hashed=counts["hashed"],
            excluded=counts["excluded"],
            failed=counts["failed"],
            waiting=counts["waiting"],
            matched=matched_files(self._state),
            matched_exactly=matched_files(self._state, exactly=True),
            by_list=by_list(self._state),
            phases=waits,
            bytes_seen=sizes.total(),
            bytes_hashed=sizes["hashed"],
            listed_whole=self._state.note("listed") is not None,
            compared=bool(self._state.note("lists")),
            failures=failures,
            seconds=time.monotonic() - self._begun,
        )

    def _left(self, phase: Phase, files: Counter[Phase], size: Counter[Phase]) -> float | None:
        if not self._done[phase]:
            return None
        return self._spent[phase] * cost(files[phase], size[phase]) / self._done[phase]


def cost(files: int, size: int) -> int:
    """What so many files of so many bytes cost, for rates alone: to open one is to read 16 KiB."""
    return size + 16384 * files


def matched_files(state: State, *, exactly: bool = False) -> int:
    """Files that are on any list; or only those whose very bytes are."""
    which = f" where {_EXACT}" if exactly else ""
    [(files,)] = state.rows(f"select count(distinct item) from hit{which}")  # noqa: S608
    return int(files)


def by_list(state: State) -> tuple[Listed, ...]:
    """Files on each list, by its own categories. One that is on two is counted in both."""
    rows = state.rows(
        f"select list, dialect, category, count(distinct item), {_EXACTLY} from hit"  # noqa: S608
        " group by 1, 2, 3 order by 1, 2, 3"
    )
    return tuple(Listed(*row) for row in rows)

"""A scan from beginning to end, or on from where it was killed."""

import os
import stat
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from itertools import islice

from msgspec import Struct

from lapwing.hashing.limits import Limits
from lapwing.hashing.pool import FileHashes, HashingPool, Inside
from lapwing.hashing.worker_messages import Asked
from lapwing.scanning import folders
from lapwing.scanning.found import Found, Step, found_of
from lapwing.scanning.judging import Judging
from lapwing.scanning.outcomes import asked_of, known_of
from lapwing.scanning.phases import Phase
from lapwing.scanning.places import PLACES, Place
from lapwing.scanning.state import Known, State, Waiting
from lapwing.scanning.verdict import Counting, Verdict, cost

LISTING_ALONE = 0.25  # seconds that names and metadata have to themselves at the start
LISTING_MORE = 0.05  # seconds of them between two batches of work, until everything is listed
LISTED = 1000  # names kept at once
BATCH = 512  # files taken to be worked on
SHARE = 4  # times as many as are in hand, which are read again with them
WALKED = 16  # files taken to be looked into: what is found in them may be more telling than the next ones
KEEPING = 0.5  # seconds of work that a kill may cost
OPENER = "lapwing.scanning.opening"


class Options(Struct, frozen=True):
    """How to scan. None of it changes what is found, but `turned` and the limits."""

    workers: int
    turned: bool = False
    limits: Limits = Limits()
    seconds: float | None = None  # to stop after, whatever is left


class Scan:
    """Scans one source into one state. `run` can be ended at any moment, and another goes on from there."""

    def __init__(self, source: bytes, state: State, judging: Judging, options: Options) -> None:
        self._source = source
        self._state = state
        self._judging = judging
        self._options = options
        self.counting = Counting(state)
        self._listing = self._listed()
        self._all_listed = state.note("listed") is not None
        self._ready: deque[Waiting] = deque()
        self._in_hand: dict[bytes, Waiting] = {}
        self._found: list[Found] = []
        self._known: list[Known] = []
        self._work: Counter[Phase] = Counter()
        self._kept_at = self._begun = time.monotonic()

    def run(self, watch: Callable[[Verdict], None] = lambda verdict: None) -> Verdict:
        """Do what is left, or stop when time is up. `watch` is told how it stands, twice a second or so."""
        self._judge_again()
        options, watched = self._options, self._begun
        with HashingPool(options.workers, options.limits, turned=options.turned, opener=OPENER) as pool:
            pool.start()
            for answer in pool.answers(self._wanted(), tick=KEEPING):
                if answer is not None:
                    self._take(answer)
                if time.monotonic() - watched >= KEEPING:
                    self._keep()
                    watch(self.counting.verdict())
                    watched = time.monotonic()
                if self._late():
                    break
        self._keep()
        verdict = self.counting.verdict(now=True)
        watch(verdict)
        return verdict

    def _late(self) -> bool:
        seconds = self._options.seconds
        return seconds is not None and time.monotonic() - self._begun >= seconds

    def _judge_again(self) -> None:
        """Where the lists are not those of the last time, everything hashed is compared again."""
        before, now = self._state.note("lists"), self._judging.versions
        if before == now:
            return
        with self._state as state:
            state.forget_hits()
            for hits in list(self._judging.all_hits(state)) if before is not None else ():
                state.hit(hits)
            state.bring_back(Phase.LOOK)
            state.write_note("lists", now)

    def _listed(self) -> Iterator[Found]:
        if os.path.isdir(self._source):
            yield from PLACES["folder"].walk(Place((Step("folder", self._source),), b""))
        else:
            name = os.path.basename(self._source)
            status = os.stat(self._source)
            disk = stat.S_ISBLK(status.st_mode)
            yield (
                folders.disk_at(self._source, name) if disk else folders.found_at(self._source, name, status)
            )

    def _list_more(self, seconds: float) -> None:
        """Names and metadata, for so long."""
        until = time.monotonic() + seconds
        one_file = not os.path.isdir(self._source)
        while not self._all_listed:
            found = list(islice(self._listing, LISTED))
            with self._state as state:
                state.add(found, source=one_file)
                if len(found) < LISTED:
                    self._all_listed = True
                    state.write_note("listed", "1")
            if time.monotonic() >= until or self._late():
                return

    def _wanted(self) -> Iterator[Asked | None]:
        """What to do next, as long as there is anything; None while it depends on what is in hand."""
        self._list_more(LISTING_ALONE)
        while not self._late():
            if not self._ready:
                self._keep()
                self._ready.extend(self._next())
            if self._ready and (self._all_listed or self._ready[0].phase <= Phase.EXACT):
                one = self._ready.popleft()
                self._in_hand[one.locator] = one
                yield asked_of(one, self._options.turned)
            elif not self._all_listed:
                self._ready.clear()
                self._list_more(LISTING_MORE)
            elif self._in_hand:
                yield None
            else:
                return

    def _next(self) -> list[Waiting]:
        self._list_more(LISTING_MORE)
        in_hand = {one.id for one in self._in_hand.values()}  # many only where each takes next to no time
        found = self._state.waiting(max(BATCH, SHARE * len(in_hand)), in_hand)
        return found[:WALKED] if found and found[0].phase == Phase.WALK else found

    def _take(self, answer: FileHashes | Inside) -> None:
        if isinstance(answer, Inside):
            self._found += [found_of(packed) for packed in answer.found]
            return
        one = self._in_hand.pop(answer.path)
        self._known.append(known_of(one, answer))
        self._work[one.phase] += cost(1, one.size)

    def _keep(self) -> None:
        """Put what was found out into the state, with what of it is on lists: all together."""
        if self._found or self._known:
            hits = self._judging.hits(self._known)
            known = self._judging.set_aside(self._known, hits)
            with self._state as state:
                state.add(self._found)
                state.keep(known)
                state.hit(hits)
        now = time.monotonic()
        for phase, done in self._work.items():
            self.counting.worked(phase, done, (now - self._kept_at) * done / self._work.total())
        self._found, self._known = [], []
        self._work.clear()
        self._kept_at = now

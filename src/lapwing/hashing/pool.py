"""Files hashed by processes that may die: killed, out of memory or out of time, and the scan goes on."""

import fcntl
import os
import selectors
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from types import TracebackType

from msgspec import Struct

from lapwing.hashing.digests import Digests
from lapwing.hashing.failures import Failure
from lapwing.hashing.limits import Limits
from lapwing.hashing.pacing import MOST_BYTES, Pace, Wanted, size_of
from lapwing.hashing.pdq.hashed import Pdq
from lapwing.hashing.picture_facts import Facts
from lapwing.hashing.vpdq import Frame
from lapwing.hashing.worker_messages import (
    ANSWERS,
    LENGTH,
    LONGEST,
    Answer,
    Asked,
    Listed,
    Longer,
    Looked,
    Read,
    Started,
    framed,
)

_PIPE = 1 << 20  # bytes that a process may say before it waits to be heard
# A process that has enough to do is heard now and then, not at every word: to be woken for each small file
# costs whoever shares the processor with it more than the file does.
NAP = 0.01  # seconds
_NOTHING_NEW = 0.05  # seconds until whoever says "nothing now" is asked again


class FileHashes(Struct, frozen=True):
    """What is known of a file. `digests` is None when it could not be read; `failure` says what failed."""

    path: bytes
    kind: str | None  # picture, video or other
    digests: Digests | None
    modified_ns: int | None
    pdq: Pdq | None
    frames: tuple[Frame, ...] | None
    photodna: bytes | None
    failure: Failure | None
    media_type: str | None = None  # by its content
    holds: str | None = None  # the kind of place it is, where the opener knows such
    facts: Facts | None = None


class Inside(Struct, frozen=True):
    """Some of what lies in a file that is walked, packed by the opener. Its FileHashes is the end of it."""

    path: bytes
    found: list[bytes]


class HashingPool:
    """`hashes(paths)` gives each file once, as it is done. Use it in a `with`: its processes end with it."""

    def __init__(
        self,
        processes: int,
        limits: Limits | None = None,
        *,
        turned: bool = False,
        video: bool = False,
        opener: str = "lapwing.hashing.opening",
    ) -> None:
        self._turned, self._video = turned, video
        started = Started(limits or Limits(), opener)
        self._pace = Pace(4 * NAP)
        self._workers = [_Worker(started, self._pace) for _ in range(max(1, processes))]

    def hashes(self, paths: Iterable[bytes]) -> Iterator[FileHashes]:
        """Each file's hashes in the order they are done. `paths` is read a little ahead of them."""
        for answer in self.answers(Asked(path, self._turned, self._video) for path in paths):
            if isinstance(answer, FileHashes):
                yield answer

    def answers(
        self, wanted: Iterable[Asked | None], *, tick: float | None = None
    ) -> Iterator[FileHashes | Inside | None]:
        """What each asks for, in the order it is done.

        In `wanted` None stands for: nothing now, ask me again. Where `tick` is given, None is given back
        whenever so many seconds have gone by, so that whoever waits can do something else.
        """
        waiting = Wanted(iter(wanted))
        ticks = time.monotonic()
        with selectors.PollSelector() as selector:  # no memory of a pipe whose number is used again
            while True:
                self._give(waiting)
                busy = [worker for worker in self._workers if worker.waiting()]
                if not busy and not waiting.more:
                    return
                _watch(selector, busy)
                if not self._nap():
                    due = min((worker.due for worker in busy), default=float("inf"))
                    selector.select(_until(due, _NOTHING_NEW if waiting.nothing_now else tick))
                for worker in busy:
                    yield from worker.answers()
                if tick is not None and time.monotonic() - ticks >= tick:
                    yield None
                    ticks = time.monotonic()

    def start(self) -> None:
        """Start the processes now, so that they are ready when there is something to ask."""
        for worker in self._workers:
            worker.start()

    def _give(self, waiting: Wanted) -> None:
        """Something for everyone who has nothing, and then a little ahead."""
        waiting.nothing_now = False
        for level in range(1, self._pace.ahead + 1):
            for worker in self._workers:
                if worker.waiting() < level and worker.takes_more:
                    if (asked := waiting.next(level == 1)) is None:
                        break
                    worker.ask(asked)
        for worker in self._workers:
            worker.tell()

    def _nap(self) -> bool:
        """Let them work for a moment, where each has more than enough to do."""
        enough = min(worker.waiting() for worker in self._workers) * self._pace.seconds > 2 * NAP
        if enough:
            time.sleep(NAP)
        return enough

    def processes(self) -> list[int]:
        """The ids of the processes that are alive."""
        return [worker.process.pid for worker in self._workers if worker.process is not None]

    def close(self) -> None:
        """End the processes, whatever they are doing."""
        for worker in self._workers:
            worker.end()

    def __enter__(self) -> "HashingPool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _until(due: float, most: float | None) -> float | None:
    left = None if due == float("inf") else max(0.0, due - time.monotonic())
    return left if most is None else most if left is None else min(left, most)


def _watch(selector: selectors.PollSelector, busy: list["_Worker"]) -> None:
    """Wait for these and no others: a process that was started again has another pipe."""
    wanted = {worker.pipe for worker in busy}
    watched = set(selector.get_map())
    for pipe in watched - wanted:
        selector.unregister(pipe)
    for pipe in wanted - watched:
        selector.register(pipe, selectors.EVENT_READ)


class _Worker:
    """One process, started when it is first asked and again after it died, and the files it is on."""

    def __init__(self, started: Started, pace: Pace) -> None:
        self._started = started
        self._pace = pace
        self.process: subprocess.Popen[bytes] | None = None
        self.pipe = -1
        self.due = float("inf")
        self._asked: deque[Asked] = deque()  # the first is what it is on
        self._asks = -1
        self._untold = bytearray()  # what it is to be asked, and has not been yet
        self._ahead = 0  # bytes of what it has been asked
        self._buffer = bytearray()
        self._heard = 0  # bytes of the buffer
        self._read: Read | None = None
        self._again = False  # it is on its first file for the second time

    @property
    def takes_more(self) -> bool:
        """Whether it may be given another file: not while it is on what may take long."""
        return not self._asked or (not self._asked[0].alone and self._ahead < MOST_BYTES)

    def waiting(self) -> int:
        """How many files it has."""
        return len(self._asked)

    def start(self) -> None:
        """Start the process where there is none."""
        if self.process is None:
            self._start()

    def ask(self, asked: Asked) -> None:
        """Give it another file, of which it hears with the next `tell`."""
        self._asked.append(asked)
        self._ahead += size_of(asked)
        if len(self._asked) == 1:
            self._begin()
        if self.process is None:
            self._start()
        else:
            self._untold += framed(asked)

    def tell(self) -> None:
        """Say what it was given since the last time. That it has died meanwhile is seen when it is heard."""
        if not self._untold or self.process is None:
            return
        try:
            os.write(self._asks, self._untold)
        except BrokenPipeError:
            if self._read is None and self._asked:  # it died between two files, and is on none of these
                self._bury()
                self._start()
        self._untold.clear()

    def answers(self) -> Iterator[FileHashes | Inside]:
        """What it has said since, and what became of it where it is gone or late. Does not wait."""
        alive = self._take()
        while (answer := self._next()) is not None:
            if isinstance(answer, Looked):
                yield self._done(answer)
            elif isinstance(answer, Read):
                self._read, self.due = answer, time.monotonic() + self._allowed(answer.kind)
            else:
                more = answer.seconds if isinstance(answer, Longer) else 0.0
                self.due = time.monotonic() + self._started.limits.stalled_seconds + more
                if isinstance(answer, Listed) and answer.inside:
                    yield Inside(self._asked[0].path, answer.inside)
        if not self._asked:
            return
        if not alive and self._read is None and not self._again:
            self._bury()  # it may have died before it came to this file
            self._start()
            self._again = True
        elif not alive:
            yield self._done(Looked(failure=self._buried("decoder_died")))
        elif time.monotonic() >= self.due:
            yield self._done(Looked(failure=self._buried("out_of_time")))
        if self._asked and self.process is None:
            self._start()

    def end(self) -> None:
        """Kill the process, if there is one, and wait until it is gone. What it was on is forgotten."""
        self._bury()
        self._asked.clear()
        self._ahead = 0

    def _allowed(self, kind: str) -> float:
        limits = self._started.limits
        return limits.video_seconds if kind == "video" else limits.picture_seconds

    def _begin(self) -> None:
        self._read, self._again = None, False
        self.due = time.monotonic() + self._started.limits.stalled_seconds

    def _done(self, looked: Looked) -> FileHashes:
        """It is done with the first of its files."""
        asked, read = self._asked.popleft(), looked.read or self._read
        self._ahead -= size_of(asked)
        if looked.seconds is not None:
            self._pace.took(looked.seconds)
        self._begin()
        return FileHashes(
            asked.path,
            read.kind if read else None,
            read.digests if read else None,
            read.modified_ns if read else None,
            looked.pdq,
            looked.frames,
            looked.photodna,
            looked.failure,
            read.media_type if read else None,
            read.holds if read else None,
            looked.facts,
        )

    def _start(self) -> None:
        theirs, self._asks = os.pipe()
        self.pipe, out = os.pipe()
        command = [sys.executable, "-P", "-m", "lapwing.hashing.worker", str(theirs), str(out)]
        self.process = subprocess.Popen(  # noqa: S603 (our own interpreter and module)
            command,
            pass_fds=(theirs, out),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )
        os.close(theirs)
        os.close(out)
        os.set_blocking(self.pipe, False)
        with suppress(OSError):  # where the system does not allow it, the process waits more often
            fcntl.fcntl(self.pipe, fcntl.F_SETPIPE_SZ, _PIPE)
        self._begin()
        self._untold = bytearray(b"".join(map(framed, (self._started, *self._asked))))
        self.tell()

    def _take(self) -> bool:
        """Take what has come; False when nothing more will."""
        try:
            while piece := os.read(self.pipe, _PIPE):
                self._buffer += piece
        except BlockingIOError:
            return True
        return False

    def _next(self) -> Answer | None:
        begin = self._heard + LENGTH.size
        size = LENGTH.unpack_from(self._buffer, self._heard)[0] if len(self._buffer) >= begin else LONGEST + 1
        if size > LONGEST or len(self._buffer) < begin + size:
            del self._buffer[: self._heard]
            self._heard = 0
            return None
        self._heard = begin + size
        with memoryview(self._buffer) as heard:
            answer: Answer = ANSWERS.decode(heard[begin : self._heard])
        return answer

    def _buried(self, reason: str) -> Failure:
        """What became of the process: it is ended, and the next file has another."""
        process = self.process
        self._bury()
        code = process.returncode if process is not None else 0
        if reason == "out_of_time":
            return Failure(reason)
        try:
            name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        except ValueError:
            name = f"signal {-code}"
        return Failure(reason, name)

    def _bury(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            os.close(self._asks)
            os.close(self.pipe)
        self.process, self._buffer, self._heard = None, bytearray(), 0
        self._untold.clear()

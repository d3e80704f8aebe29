"""Files hashed by processes that may die: killed, out of memory or out of time, and the scan goes on."""

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from types import TracebackType

from msgspec import Struct

from lapwing.hashing.digests import Digests
from lapwing.hashing.failures import Failure
from lapwing.hashing.limits import Limits
from lapwing.hashing.pdq.hashed import Pdq
from lapwing.hashing.vpdq import Frame
from lapwing.hashing.worker_messages import ANSWERS, LENGTH, LONGEST, Asked, Looked, Read, Started, framed

_PIPE = 1 << 16


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


class HashingPool:
    """`hashes(paths)` gives each file once, as it is done. Use it in a `with`: its processes end with it."""

    def __init__(
        self, processes: int, limits: Limits | None = None, *, turned: bool = False, video: bool = False
    ) -> None:
        self._limits = limits or Limits()
        self._turned, self._video = turned, video
        self._workers = [_Worker(self._limits) for _ in range(max(1, processes))]

    def hashes(self, paths: Iterable[bytes]) -> Iterator[FileHashes]:
        """Each file's hashes in the order they are done. `paths` is read only as processes are free."""
        waiting = iter(paths)
        with selectors.DefaultSelector() as selector:
            while True:
                for worker in self._workers:
                    if worker.asked is None and (path := next(waiting, None)) is not None:
                        worker.ask(Asked(path, self._turned, self._video))
                        selector.register(worker.answers, selectors.EVENT_READ, worker)
                busy = [worker for worker in self._workers if worker.asked is not None]
                if not busy:
                    return
                selector.select(_until(min(worker.due for worker in busy)))
                for worker in busy:
                    answers = worker.answers
                    if (found := worker.found()) is not None:
                        selector.unregister(answers)
                        worker.rest()
                        yield found

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


def _until(due: float) -> float | None:
    return None if due == float("inf") else max(0.0, due - time.monotonic())


class _Worker:
    """One process, started when it is first asked and again after it died, and the file it is on."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.process: subprocess.Popen[bytes] | None = None
        self.asked: Asked | None = None
        self.answers = -1
        self._asks = -1
        self._buffer = bytearray()
        self._read: Read | None = None
        self._done: Looked | None = None
        self.due = 0.0

    def ask(self, asked: Asked) -> None:
        """Begin with a file."""
        self.asked, self._read, self._done, self.due = asked, None, None, float("inf")
        for attempt in (1, 2):  # the process may have died since its last file
            if self.process is None:
                self._start()
            try:
                os.write(self._asks, framed(asked))
                return
            except BrokenPipeError:
                self.end()
                if attempt == 2:
                    raise

    def found(self) -> FileHashes | None:
        """The file's hashes when they are all there, or the process is gone or late. Does not wait."""
        failure = None
        if not self._take():
            failure = self._buried("decoder_died")
        elif self._done is None and time.monotonic() >= self.due:
            failure = self._buried("out_of_time")
        if self._done is None and failure is None:
            return None
        assert self.asked is not None
        done, read = self._done or Looked(failure=failure), self._read
        return FileHashes(
            self.asked.path,
            read.kind if read else None,
            read.digests if read else None,
            read.modified_ns if read else None,
            done.pdq,
            done.frames,
            done.photodna,
            done.failure,
        )

    def rest(self) -> None:
        """It is done with its file."""
        self.asked = None

    def end(self) -> None:
        """Kill the process, if there is one, and wait until it is gone."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            os.close(self._asks)
            os.close(self.answers)
        self.process, self._buffer = None, bytearray()

    def _start(self) -> None:
        theirs, self._asks = os.pipe()
        self.answers, out = os.pipe()
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
        os.set_blocking(self.answers, False)
        os.write(self._asks, framed(Started(self._limits)))

    def _take(self) -> bool:
        """Take what has come; False when nothing more will."""
        try:
            while piece := os.read(self.answers, _PIPE):
                self._buffer += piece
        except BlockingIOError:
            self._understand()
            return True
        self._understand()
        return self._done is not None

    def _understand(self) -> None:
        while len(self._buffer) >= LENGTH.size:
            (size,) = LENGTH.unpack_from(self._buffer)
            if size > LONGEST or len(self._buffer) < LENGTH.size + size:
                return
            answer = ANSWERS.decode(bytes(self._buffer[LENGTH.size : LENGTH.size + size]))
            del self._buffer[: LENGTH.size + size]
            if isinstance(answer, Looked):
                self._done = answer
            else:
                self._read = answer
                allowed = (
                    self._limits.video_seconds if answer.kind == "video" else self._limits.picture_seconds
                )
                self.due = time.monotonic() + allowed

    def _buried(self, reason: str) -> Failure:
        """What became of the process: it is ended, and the next file has another."""
        process = self.process
        self.end()
        code = process.returncode if process is not None else 0
        if reason == "out_of_time":
            return Failure(reason)
        try:
            name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        except ValueError:
            name = f"signal {-code}"
        return Failure(reason, name)

"""Every hash of a file while its bytes pass once, on more than one processor when the file is large."""

from queue import Queue
from threading import Thread
from types import TracebackType

from lapwing.hashing.digests import Digests
from lapwing.hashing.hash_types import HASH_TYPES, Hashing

# MD5 takes longer than the two others together (54% of the whole, measured), so it has a thread to itself.
LANES = (("md5",), ("sha1", "sha256"))
PIECE = (
    256 * 1024
)  # bytes handed over at once: starting a thread's work costs as much as hashing a tenth of it
WAITING = 4  # pieces a thread may be behind, so that memory stays flat


class Digesting:
    """`update()` with the bytes in order, then `finish()` once.

    Files up to PIECE bytes are hashed where they are; larger ones in two threads, as hashlib lets go of the
    interpreter. Use it in a `with`, or call `close()`, so that no thread stays when the bytes fail to come.
    """

    def __init__(self) -> None:
        self._hashes = {name: kind.new() for name, kind in HASH_TYPES.items()}
        self._size = 0
        self._gathered: list[bytes] = []
        self._gathered_size = 0
        self._lanes: list[_Lane] = []

    def update(self, block: bytes) -> None:
        """Take the next bytes. The block is not to be changed afterwards."""
        self._size += len(block)
        self._gathered.append(block)
        self._gathered_size += len(block)
        if self._gathered_size > PIECE:
            self._hand_over()

    def finish(self) -> Digests:
        """The hashes of everything. Raises what a thread raised."""
        if self._lanes:
            self._hand_over()
            self.close()
        else:
            rest = b"".join(self._gathered)
            for hashing in self._hashes.values():
                hashing.update(rest)
        self._gathered = []
        for lane in self._lanes:
            if lane.fault is not None:
                raise lane.fault
        values = {name: hashing.hexdigest() for name, hashing in self._hashes.items()}
        return Digests(**values, size=self._size)

    def close(self) -> None:
        """Let the threads end. Harmless when called again."""
        for lane in self._lanes:
            lane.end()

    def _hand_over(self) -> None:
        if not self._lanes:
            self._lanes = [_Lane([self._hashes[name] for name in names]) for names in LANES]
        piece = self._gathered[0] if len(self._gathered) == 1 else b"".join(self._gathered)
        self._gathered, self._gathered_size = [], 0
        for lane in self._lanes:
            lane.pieces.put(piece)

    def __enter__(self) -> "Digesting":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Lane:
    """A thread that gives every piece to its hashes."""

    def __init__(self, hashes: list[Hashing]) -> None:
        self.pieces: Queue[bytes | None] = Queue(WAITING)
        self.fault: BaseException | None = None
        self._hashes = hashes
        self._thread = Thread(target=self._run, name="digesting", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while (piece := self.pieces.get()) is not None:
            try:
                for hashing in self._hashes:
                    hashing.update(piece)
            except BaseException as fault:  # kept for finish(); pieces must still be taken, or update() waits
                self.fault = self.fault or fault

    def end(self) -> None:
        if self._thread.is_alive():
            self.pieces.put(None)
            self._thread.join()

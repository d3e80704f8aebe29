"""A thread that does one thing to each piece of a stream, in order, a few pieces behind."""

from collections.abc import Callable
from queue import Queue
from threading import Thread

PIECE = 256 * 1024  # bytes to hand over at once: to hand over costs as much as to hash a tenth of that
WAITING = 4  # pieces a lane may be behind, so that memory stays flat


class Lane:
    """`give()` the pieces, `end()`, and look at `fault`: what the work raised. It does no more after one."""

    def __init__(self, work: Callable[[bytes], object]) -> None:
        self.fault: BaseException | None = None
        self._pieces: Queue[bytes | None] = Queue(WAITING)
        self._work = work
        self._thread = Thread(target=self._run, name="lane", daemon=True)
        self._thread.start()

    def give(self, piece: bytes) -> None:
        """Hand a piece over, waiting while the lane is WAITING pieces behind."""
        self._pieces.put(piece)

    def end(self) -> None:
        """Wait until every piece is done. Harmless when called again."""
        if self._thread.is_alive():
            self._pieces.put(None)
            self._thread.join()

    def _run(self) -> None:
        while (piece := self._pieces.get()) is not None:
            if self.fault is None:
                try:
                    self._work(piece)
                except (
                    BaseException
                ) as fault:  # pieces must still be taken, or whoever gives them waits for ever
                    self.fault = fault


class Gathering:
    """Small blocks made into pieces of more than PIECE bytes."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []
        self._size = 0

    def add(self, block: bytes) -> bytes | None:
        """Take a block; a piece when there is enough for one."""
        self._blocks.append(block)
        self._size += len(block)
        return self.rest() if self._size > PIECE else None

    def rest(self) -> bytes:
        """What is left, perhaps nothing."""
        piece = self._blocks[0] if len(self._blocks) == 1 else b"".join(self._blocks)
        self._blocks, self._size = [], 0
        return piece

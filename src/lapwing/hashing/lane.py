"""A thread that does one thing to each piece of a stream, in order, a few pieces behind."""

from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import Generic, TypeVar

PIECE = 256 * 1024  # bytes to hand over at once: to hand over costs as much as to hash a tenth of that
WAITING = 4  # pieces a lane may be behind, so that memory stays flat

Piece = TypeVar("Piece", bytes, memoryview)


class Lane(Generic[Piece]):
    """`give()` the pieces, `end()`, and look at `fault`: what the work raised. It does no more after one."""

    def __init__(self, work: Callable[[Piece], object]) -> None:
        self.fault: BaseException | None = None
        # Two queues without bounds, and a word in the second for each piece that may wait: a queue with a
        # bound is written in Python, and its locks cost more than a piece takes to be handed over.
        self._pieces: SimpleQueue[Piece | None] = SimpleQueue()
        self._room: SimpleQueue[None] = SimpleQueue()
        for _ in range(WAITING):
            self._room.put(None)
        self._work: Callable[[Piece], object] = work
        self._thread = Thread(target=self._run, name="lane", daemon=True)
        self._thread.start()

    def give(self, piece: Piece) -> None:
        """Hand a piece over, waiting while the lane is WAITING pieces behind.

        When it returns, all but the last WAITING pieces are done with, and their memory may be used again.
        """
        self._room.get()
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
                except BaseException as fault:
                    self.fault = fault  # pieces are still taken, or whoever gives them would wait for ever
            self._room.put(None)


class Gathering:
    """Small blocks made into pieces of PIECE bytes or more. A block of that size is a piece as it is."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []
        self._size = 0

    def add(self, block: bytes) -> bytes | None:
        """Take a block; a piece when there is enough for one."""
        self._blocks.append(block)
        self._size += len(block)
        return self.rest() if self._size >= PIECE else None

    def rest(self) -> bytes:
        """What is left, perhaps nothing."""
        piece = self._blocks[0] if len(self._blocks) == 1 else b"".join(self._blocks)
        self._blocks, self._size = [], 0
        return piece

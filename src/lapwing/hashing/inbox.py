"""What a worker is asked, in order; of the files that come soon, the disk is told before their turn."""

import os
import select
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress

from lapwing.hashing.limits import MIB
from lapwing.hashing.worker_messages import ASKED, LENGTH, Asked

AHEAD = 16  # files that the disk is told of: eight keep one busy, and each may take long on one that fails
AHEAD_BYTES = MIB  # of each; the system reads on by itself
_PIECE = 1 << 16  # bytes of messages taken at once
_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW  # a pipe is not waited for


class Inbox:
    """Length-prefixed messages from a pipe. `on_disk` gives the path of what is a file of this machine."""

    def __init__(self, pipe: int) -> None:
        os.set_blocking(pipe, False)
        self._pipe = pipe
        self._bytes = bytearray()

    def message(self, *, wait: bool = True) -> bytes | None:
        """The next; None when the other side has gone or, where it is not to wait, has not said it yet."""
        while True:
            if (one := self._whole()) is not None:
                return one
            try:
                piece = os.read(self._pipe, _PIECE)
            except BlockingIOError:
                if not wait:
                    return None
                select.select([self._pipe], [], [])
                continue
            if not piece:
                return None
            self._bytes += piece

    def asked(self, on_disk: Callable[[bytes], bytes | None]) -> Iterator[Asked]:
        """Each thing that is asked, until nothing more will be."""
        waiting: deque[Asked] = deque()
        while True:
            while len(waiting) < AHEAD and (message := self.message(wait=not waiting)) is not None:
                one = ASKED.decode(message)
                waiting.append(one)
                if not one.walk and (path := on_disk(one.path)) is not None:
                    read_ahead(path)
            if not waiting:
                return
            yield waiting.popleft()

    def _whole(self) -> bytes | None:
        if len(self._bytes) < LENGTH.size:
            return None
        end = LENGTH.size + LENGTH.unpack_from(self._bytes)[0]
        if len(self._bytes) < end:
            return None
        one = bytes(self._bytes[LENGTH.size : end])
        del self._bytes[:end]
        return one


def read_ahead(path: bytes) -> None:
    """Have the system read the beginning of a file while others are worked on: a disk that is asked for one
    file at a time stands still between two. What goes wrong is said to whoever opens it.
    """
    with suppress(OSError, ValueError):
        handle = os.open(path, _FLAGS)
        try:
            os.posix_fadvise(handle, 0, AHEAD_BYTES, os.POSIX_FADV_WILLNEED)
        finally:
            os.close(handle)

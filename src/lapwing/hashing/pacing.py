"""What the processes of a pool are given, and how much of it ahead."""

from collections.abc import Iterator

from lapwing.hashing.worker_messages import Asked

LEAST, MOST = 2, 256  # files that a process has, so that it does not wait for the next
MOST_BYTES = 1 << 15  # of messages that it has not read: they must fit the pipe, or both wait for the other
_END = Asked(b"")


def size_of(asked: Asked) -> int:
    """Bytes of its message, about."""
    return len(asked.path) + len(asked.shown) + 64


class Pace:
    """How long a process takes for a file, lately, and how many it is therefore given ahead."""

    def __init__(self, ahead: float) -> None:
        self.seconds = 0.0  # none yet
        self._ahead = ahead

    @property
    def ahead(self) -> int:
        """Files that take `ahead` seconds."""
        return max(LEAST, min(MOST, int(self._ahead / self.seconds))) if self.seconds else LEAST

    def took(self, seconds: float) -> None:
        """A process says that a file took so long. (Whoever listens now and then cannot tell that itself.)"""
        self.seconds = 0.8 * self.seconds + 0.2 * seconds if self.seconds else seconds


class Wanted:
    """What is to be asked, one at a time; what wants a process to itself is held until there is one."""

    def __init__(self, wanted: Iterator[Asked | None]) -> None:
        self._wanted = wanted
        self._held: Asked | None = None
        self._ended = False
        self.nothing_now = False

    @property
    def more(self) -> bool:
        """Whether there may be more to ask."""
        return not self._ended or self._held is not None

    def next(self, free: bool) -> Asked | None:
        """The next for a process that is free, or for one that is not. None: there is nothing for it now."""
        if self._held is None and not self._ended and not self.nothing_now:
            asked = next(self._wanted, _END)
            self._ended, self.nothing_now = asked is _END, asked is None
            self._held = None if asked is _END else asked
        if self._held is None or (not free and (self._held.alone or size_of(self._held) > MOST_BYTES)):
            return None
        asked, self._held = self._held, None
        return asked

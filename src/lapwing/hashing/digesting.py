"""Every hash of a file while its bytes pass once, on more than one processor when the file is large."""

from types import TracebackType
from typing import Protocol

from lapwing.hashing.digests import Digests
from lapwing.hashing.hash_types import DIGESTS
from lapwing.hashing.lane import Gathering, Lane
from lapwing.hashing.together import Together, usable

# With hashlib, MD5 takes longer than the two others together (54% of the whole, measured): it has a thread
# to itself.
LANES = (("md5",), ("sha1", "sha256"))


class Group(Protocol):
    """Hashes that are worked out by the same thread."""

    def update(self, data: bytes, /) -> None:
        """Take the next bytes."""

    def hexdigests(self) -> dict[str, str]:
        """The hashes of every byte taken, by name, in lower-case hex."""


class InARow:
    """Hashes by hashlib, one after the other."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._hashes = {name: DIGESTS[name].new() for name in names}

    def update(self, data: bytes) -> None:
        """Take the next bytes."""
        for hashing in self._hashes.values():
            hashing.update(data)

    def hexdigests(self) -> dict[str, str]:
        """The hashes of every byte taken, by name, in lower-case hex."""
        return {name: hashing.hexdigest() for name, hashing in self._hashes.items()}


class Digesting:
    """`update()` with the bytes in order, then `finish()` once.

    Files of fewer than PIECE bytes are hashed where they are; larger ones in a thread (without the native
    module, in two), as hashing lets go of the interpreter. Use it in a `with`, or call `close()`, so that no
    thread stays when the bytes fail to come.
    """

    def __init__(self) -> None:
        self._groups: list[Group] = [Together()] if usable() else [InARow(names) for names in LANES]
        self._size = 0
        self._gathering = Gathering()
        self._lanes: list[Lane[bytes]] = []

    def update(self, block: bytes) -> None:
        """Take the next bytes. The block is not to be changed afterwards."""
        self._size += len(block)
        if (piece := self._gathering.add(block)) is not None:
            self._give(piece)

    def finish(self) -> Digests:
        """The hashes of everything. Raises what a thread raised."""
        rest = self._gathering.rest()
        if self._lanes:
            self._give(rest)
            self.close()
        else:
            for group in self._groups:
                group.update(rest)
        for lane in self._lanes:
            if lane.fault is not None:
                raise lane.fault
        values = {name: value for group in self._groups for name, value in group.hexdigests().items()}
        return Digests(**values, size=self._size)

    def close(self) -> None:
        """Let the threads end. Harmless when called again."""
        for lane in self._lanes:
            lane.end()

    def _give(self, piece: bytes) -> None:
        if not self._lanes:
            self._lanes = [Lane(group.update) for group in self._groups]
        for lane in self._lanes:
            lane.give(piece)

    def __enter__(self) -> "Digesting":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

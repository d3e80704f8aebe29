"""Every hash of a file while its bytes pass once, on more than one processor when the file is large."""

from types import TracebackType

from lapwing.hashing.digests import Digests
from lapwing.hashing.hash_types import HASH_TYPES, Hashing
from lapwing.hashing.lane import Gathering, Lane

# MD5 takes longer than the two others together (54% of the whole, measured), so it has a thread to itself.
LANES = (("md5",), ("sha1", "sha256"))


class Digesting:
    """`update()` with the bytes in order, then `finish()` once.

    Files of fewer than PIECE bytes are hashed where they are; larger ones in two threads, as hashlib lets go
    of the interpreter. Use it in a `with`, or call `close()`, so that no thread stays when the bytes fail to
    come.
    """

    def __init__(self) -> None:
        self._hashes = {name: kind.new() for name, kind in HASH_TYPES.items()}
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
            _hash(list(self._hashes.values()), rest)
        for lane in self._lanes:
            if lane.fault is not None:
                raise lane.fault
        values = {name: hashing.hexdigest() for name, hashing in self._hashes.items()}
        return Digests(**values, size=self._size)

    def close(self) -> None:
        """Let the threads end. Harmless when called again."""
        for lane in self._lanes:
            lane.end()

    def _give(self, piece: bytes) -> None:
        if not self._lanes:
            self._lanes = [_lane([self._hashes[name] for name in names]) for names in LANES]
        for lane in self._lanes:
            lane.give(piece)

    def __enter__(self) -> "Digesting":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _lane(hashes: list[Hashing]) -> Lane[bytes]:
    return Lane(lambda piece: _hash(hashes, piece))


def _hash(hashes: list[Hashing], piece: bytes) -> None:
    for hashing in hashes:
        hashing.update(piece)

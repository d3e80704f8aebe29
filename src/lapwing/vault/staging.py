"""A file as it arrives: hashed and sealed in one pass, so that its plain bytes never touch the disk."""

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from io import FileIO
from pathlib import Path

from lapwing.hashing import Digesting, Digests
from lapwing.hashing.lane import PIECE, WAITING, Lane
from lapwing.vault.age_format import Recipients, seal
from lapwing.vault.names import object_name

HEAD = 4096  # bytes kept of the beginning: enough to recognise a type
EARLY = 8 * 2**20  # bytes written before the disk is told to begin
TEMPORARY = "sealing-"  # how the name of an unfinished file begins; see sweep_staging


class TooLarge(Exception):
    """More bytes came than allowed. `limit` in bytes."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(f"larger than {limit} bytes")


@dataclass(frozen=True)
class Staged:
    """A sealed file that no store holds yet. Give it to a store, or discard it."""

    digests: Digests  # of the plain bytes
    sealed_sha256: str
    sealed_size: int
    path: Path
    recipients: tuple[str, ...]  # the fingerprints of the keys
    head: bytes  # the first HEAD of the plain bytes

    @property
    def object_name(self) -> str:
        """What a store is to call it."""
        return object_name(self.digests.sha256, self.sealed_sha256)

    def discard(self) -> None:
        """Remove the file, if it is still here."""
        self.path.unlink(missing_ok=True)


def stage(
    blocks: Iterable[bytes], *, recipients: Recipients, folder: Path, limit: int | None = None
) -> Staged:
    """Hash and seal `blocks` into a file of `folder`, on the disk for certain when this returns.

    Memory does not grow with the file. Raises TooLarge past `limit` bytes, OSError, and whatever `blocks`
    raises; then nothing is left behind. A process that is killed leaves a file that `sweep_staging` removes.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=TEMPORARY, dir=folder)
    path = Path(name)
    try:
        with (
            open(handle, "wb", buffering=0) as file,
            Digesting() as digesting,
            closing(_Sealed(file)) as sink,
        ):
            source = _Plain(iter(blocks), digesting, limit)
            seal(source, sink, recipients)
            sink.finish()
            os.fsync(file.fileno())
            digests = digesting.finish()
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Staged(
        digests, sink.hashing.hexdigest(), sink.size, path, recipients.fingerprints, bytes(source.head)
    )


def sweep_staging(folder: Path, *, before: datetime) -> list[Path]:
    """Remove what processes that were killed left in `folder`: unfinished files last written `before` then.

    An upload in progress writes all the time, so an hour is long enough. Returns what was removed.
    """
    removed = []
    for path in folder.glob(f"{TEMPORARY}*"):
        try:
            if path.lstat().st_mtime < before.timestamp():
                path.unlink()
                removed.append(path)
        except FileNotFoundError:
            continue
    return removed


class _Plain:
    """The blocks as a stream: each is hashed when it comes, and then given out in the pieces asked for."""

    def __init__(self, blocks: Iterator[bytes], digesting: Digesting, limit: int | None) -> None:
        self._blocks = blocks
        self._digesting = digesting
        self._limit = limit
        self._block, self._at, self._size = b"", 0, 0
        self.head = bytearray()

    def read(self, size: int) -> bytes:
        if self._at >= len(self._block) and not self._next():
            return b""
        piece = self._block[self._at : self._at + size]
        self._at += len(piece)
        return piece

    def _next(self) -> bool:
        for block in self._blocks:
            if block:
                self._block, self._at = bytes(block), 0
                self._size += len(block)
                if self._limit is not None and self._size > self._limit:
                    raise TooLarge(self._limit)
                if len(self.head) < HEAD:
                    self.head += self._block[: HEAD - len(self.head)]
                self._digesting.update(self._block)
                return True
        return False


class _Sealed:
    """The file being written, and the hash of it: in a thread when the file is large.

    What age gives is copied at once, while it is in the processor's own memory, into pieces of a ring that
    are used again: one more than may wait for the thread.
    """

    def __init__(self, file: FileIO) -> None:
        self._file = file
        self._ring = [memoryview(bytearray(PIECE))]
        self._turn, self._at = 0, 0
        self._lane: Lane[memoryview] | None = None
        self._started = 0  # how much of the file is on its way to the disk
        self.hashing = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        rest = memoryview(data)
        while rest:
            taken = min(len(rest), PIECE - self._at)
            self._ring[self._turn][self._at : self._at + taken] = rest[:taken]
            self._at += taken
            rest = rest[taken:]
            if self._at == PIECE:
                self._hand_over()
        return len(data)

    def flush(self) -> None:
        """What is kept back is written by `finish`."""

    def finish(self) -> None:
        """Wait until every byte is written. Raises OSError when one was not."""
        self.close()
        if self._lane is not None and self._lane.fault is not None:
            raise self._lane.fault
        self._keep(self._ring[self._turn][: self._at])

    def close(self) -> None:
        """Let the thread end."""
        if self._lane is not None:
            self._lane.end()

    def _hand_over(self) -> None:
        if self._lane is None:
            self._lane = Lane(self._keep)
        self._lane.give(self._ring[self._turn])
        if self._lane.fault is not None:
            raise self._lane.fault
        self._turn, self._at = (self._turn + 1) % (WAITING + 1), 0
        if self._turn == len(self._ring):
            self._ring.append(memoryview(bytearray(PIECE)))

    def _keep(self, piece: memoryview) -> None:
        self.hashing.update(piece)
        self.size += len(piece)
        rest = piece
        while rest:
            rest = rest[self._file.write(rest) :]
        if sys.platform == "linux" and self.size - self._started >= EARLY:
            # The disk begins now, not at `fsync`, and nobody will read these pages soon.
            os.posix_fadvise(
                self._file.fileno(), self._started, self.size - self._started, os.POSIX_FADV_DONTNEED
            )
            self._started = self.size

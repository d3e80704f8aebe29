"""A file that is sent to be looked for: held without a name while it is hashed, and gone afterwards."""

import asyncio
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from lapwing.hashing import DIGESTS
from lapwing.hashing.pool import FileHashes, HashingPool
from lapwing.match_service.forms import FileHash

DECODERS = 2  # files hashed at once in one process of the service


class TooLarge(Exception):
    """A file has more bytes than the service takes."""


class Received:
    """A file as it comes in. It has no name in any folder: when the process ends, however, it is gone."""

    def __init__(self, file: BinaryIO, largest: int) -> None:
        self._file = file
        self._largest = largest
        self._size = 0

    def write(self, piece: bytes) -> None:
        """Take the next bytes. Raises TooLarge, OSError."""
        self._size += len(piece)
        if self._size > self._largest:
            raise TooLarge(f"A file has at most {self._largest:,} bytes here.")
        self._file.write(piece)

    @property
    def path(self) -> bytes:
        """Where another process of the same user can read it, while this one has it open (Linux)."""
        self._file.flush()
        return f"/proc/{os.getpid()}/fd/{self._file.fileno()}".encode()


class FileHashing:
    """Hashes files in processes that may die of them."""

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._pools: asyncio.Queue[HashingPool] | None = None

    @contextmanager
    def received(self) -> Iterator[Received]:
        """Room for a file, which goes when the block ends."""
        with tempfile.TemporaryFile() as file:
            yield Received(file, self._largest)

    async def hashes(self, received: Received) -> tuple[list[FileHash], str | None]:
        """Its hashes, and what could not be worked out. Waits while DECODERS files are being hashed."""
        if self._pools is None:
            self._pools = asyncio.Queue()
            for _ in range(DECODERS):
                self._pools.put_nowait(HashingPool(1))
        pool = await self._pools.get()
        try:
            [found] = await asyncio.to_thread(lambda: list(pool.hashes([received.path])))
        finally:
            self._pools.put_nowait(pool)
        return told(found), found.failure.sentence if found.failure else None


def told(found: FileHashes) -> list[FileHash]:
    """A file's hashes as the service tells them."""
    hashes = [FileHash(kind, found.digests.value(kind)) for kind in DIGESTS] if found.digests else []
    if found.pdq is not None:
        hashes.append(FileHash("pdq", found.pdq.hex, found.pdq.quality))
    return hashes

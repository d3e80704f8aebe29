"""Backups of telephones: Android's, which is a tar behind four lines, and whether iTunes' is encrypted.

Android's begins with its name, the version of the form, whether it is packed by zlib, and what encrypts it, a
line each (Android Open Source Project, BackupManagerService). Of iTunes' the files lie in the folder as they
are, under names made of hashes; its `Manifest.plist` says whether they can be read.
"""

import io
import plistlib
import re
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO
from xml.parsers.expat import ExpatError

from lapwing.hashing.failures import CannotHash
from lapwing.scanning.found import Found, Locator, Step
from lapwing.scanning.parts import Opening, buffered

ANDROID = b"ANDROID BACKUP\n"
NAMES = re.compile(rb"(?:\A|/)manifest\.plist\Z", re.I)
_LINE = 64  # bytes of a line, at most
_PIECE = 1 << 16  # packed bytes taken at once
_LARGEST = 16 << 20  # bytes of a manifest


def tar_of(file: BinaryIO) -> BinaryIO:
    """The tar in a backup of Android. Raises OSError; CannotHash where it is encrypted or no such backup."""
    file.seek(len(ANDROID))
    version, packed, encryption = (file.readline(_LINE).rstrip(b"\n") for _ in range(3))
    if not version.isdigit() or packed not in (b"0", b"1"):
        raise CannotHash("damaged", "the first lines of a backup of Android are not as they should be")
    if encryption != b"none":
        raise CannotHash("encrypted", "a backup of Android")
    return io.BufferedReader(_Unpacked(file, file.tell(), packed == b"1"))


class _Unpacked(io.RawIOBase):
    """What lies in a file from one place on, unpacked or plain. To go back it begins again."""

    def __init__(self, file: BinaryIO, start: int, packed: bool) -> None:
        self._file, self._start, self._packed = file, start, packed
        self._begin()

    def _begin(self) -> None:
        self._file.seek(self._start)
        self._unpacking = zlib.decompressobj()
        self._at = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Where it is."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place by its distance from the beginning, or as far as there is anything."""
        if whence == io.SEEK_END:
            raise io.UnsupportedOperation("its end is not known")
        wanted = offset + (self._at if whence == io.SEEK_CUR else 0)
        if wanted < self._at:
            self._begin()
        while self._at < wanted and self._piece(min(_PIECE, wanted - self._at)):
            pass
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Read on. Raises CannotHash for a backup that breaks off."""
        piece = self._piece(min(len(buffer), _PIECE))
        buffer[: len(piece)] = piece
        return len(piece)

    def _piece(self, most: int) -> bytes:
        found = self._inflated(most) if self._packed else self._file.read(most)
        self._at += len(found)
        return found

    def _inflated(self, most: int) -> bytes:
        while most and not self._unpacking.eof:
            packed = self._unpacking.unconsumed_tail or self._file.read(_PIECE)
            found = self._unpacking.decompress(packed, most)
            if found:
                return found
            if not packed:
                raise CannotHash("damaged", "the backup breaks off")
        return b""


def is_manifest(name: bytes, head: bytes) -> bool:
    """Whether a file is the manifest of a backup by iTunes."""
    return NAMES.search(name) is not None and b"IsEncrypted" in head


def walk_manifest(opening: Opening, outer: Locator, path: bytes) -> Iterator[Found]:
    """Nothing lies in it. Raises CannotHash where the files of its folder are encrypted."""
    with buffered(opening(outer)) as file:
        content = file.read(_LARGEST)
    try:
        said = plistlib.loads(content)
    except (plistlib.InvalidFileException, ExpatError, ValueError, RecursionError) as error:
        raise CannotHash("damaged", "a manifest that cannot be read") from error
    if isinstance(said, dict) and said.get("IsEncrypted"):
        raise CannotHash(
            "encrypted", "a backup by iTunes: so are the files in its folder, which are hashed as they lie"
        )
    return iter(())


def open_manifest(opening: Opening, outer: Locator, step: Step) -> BinaryIO:
    """Nothing is listed in one."""
    raise CannotHash("unreadable", "nothing is listed in a manifest")

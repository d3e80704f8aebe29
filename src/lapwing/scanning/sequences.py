"""Archives that are read from their beginning on, by libarchive: 7z, RAR, cpio, cabinets, discs, tar.zst.

libarchive-c is in the extra `scanning`, and loads the system's libarchive: C that reads hostile bytes, in a
process that may die of it. Only the one format that an archive begins like is tried, and no other program is
started. What lies behind another file is reached by unpacking that one, so an archive is kept open where it
was left: a scan asks for its files in the order they lie.
"""

import ctypes
import io
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any, BinaryIO

from lapwing.hashing.failures import CannotHash, Failure
from lapwing.scanning import rar_volumes, segments
from lapwing.scanning.beside import Beside
from lapwing.scanning.found import Found, Locator, Step
from lapwing.scanning.parts import LARGE, Budget, Kept, Opening, Pieces, buffered, size_of

NAMES = re.compile(rb"\.(?:7z|rar|r\d\d|cpio|cab|iso|tzst|tar\.(?:zst|lz4))\Z", re.I)
IN_MEMORY = 64 << 20  # bytes of a file that is taken whole; of a larger one, going back begins again
_TAR = re.compile(rb"\.(?:tzst|tar\.(?:zst|lz4))\Z", re.I)
_CPIO = re.compile(rb"07070[127][0-9A-Fa-f]{70}")
_MARKS = (
    (b"7z\xbc\xaf'\x1c", "7zip"),
    (b"Rar!\x1a\x07\x00", "rar"),
    (b"Rar!\x1a\x07\x01\x00", "rar5"),
    (b"MSCF\0\0\0\0", "cab"),
)
_PACKED = ((b"\x28\xb5\x2f\xfd", "zstd"), (b"\x04\x22\x4d\x18", "lz4"))
_PIECE, _HEAD = 1 << 18, 1 << 16
_TYPES = {
    0o120000: "symbolic_link",
    0o010000: "pipe",
    0o140000: "socket",
    0o020000: "device",
    0o060000: "device",
}


def is_sequence(name: bytes, head: bytes) -> bool:
    """Whether a file which begins so is such an archive; a packed tar only if its name says so."""
    return _formats(head) is not None and (_packing(head) is None or _TAR.search(name) is not None)


def walk_sequence(opening: Opening, outer: Locator, path: bytes) -> Iterator[Found]:
    """Every file of an archive, in the order it lies. Of a volume that is read with another, nothing."""
    run = _run(opening, outer)
    if run is not None and not run.volumes:
        return
    yield from segments.lost(opening, outer, path, run.missing if run is not None else None, "sequence")
    reading = _Reading(opening, outer, run)
    budget = Budget(reading.size)
    while (entry := reading.next()) is not None:
        if entry.isdir:
            continue
        name, size = _name(entry), entry.size
        budget.take(size or 0)
        encrypted = reading.encrypted(entry)
        yield Found(
            path=path + b"/" + name,
            locator=(*outer, Step("sequence", name, reading.number)),
            parent=path,
            size=size,
            times=_times(entry, local=reading.local),
            excluded="hard_link" if entry.islnk else _TYPES.get(entry.filetype & 0o170000),
            failure=Failure("encrypted") if encrypted else None,
        )
    if reading.left:
        raise CannotHash("partly_read", reading.left)


def open_sequence(opening: Opening, outer: Locator, step: Step) -> BinaryIO:
    """One file of an archive, by its number in it."""
    reading = _kept.of(outer, lambda: _Reading(opening, outer, _run(opening, outer)))
    size = reading.go_to(step.number)
    if size is not None and size <= IN_MEMORY:
        return io.BytesIO(_whole(reading, size))
    return io.BufferedReader(_Entry(reading, step.number, size), 1 << 20)


class _Reading:
    """An archive, and how far it has been read: which file, and how much of that."""

    def __init__(self, opening: Opening, outer: Locator, run: rar_volumes.Run | None) -> None:
        self._file: Any = _file(opening, outer, run)
        self.size = size_of(self._file)
        head = _beginning(self._file)
        self.left = run.left if run is not None else _left(head)
        self._format, self._filter = _formats(head) or "", _packing(head) or "none"
        self.local = self._format in ("rar", "cab")  # which keep the time of MS-DOS
        self._fault: BaseException | None = None
        self._wrong: tuple[int, Failure] | None = None  # from which file on it cannot be read, and why
        self._held: AbstractContextManager[Any] | None = None
        self._begin()

    def _begin(self) -> None:
        if self._held is not None:
            self._held.__exit__(None, None, None)
        self._file.seek(0)
        self.number, self.at = -1, 0
        self._entry: Any = None
        self._held = _library().custom_reader(
            self._read, self._format, self._filter, seek_func=self._seek, block_size=_PIECE
        )
        try:
            self._archive = self._held.__enter__()
        except Exception as error:
            raise self._failed(error) from error
        self._entries = iter(self._archive)

    def next(self) -> Any:
        """The next file; None after the last. Raises CannotHash."""
        if self._wrong is not None and self.number + 1 >= self._wrong[0]:
            raise CannotHash(self._wrong[1].reason, self._wrong[1].detail)
        try:
            entry = next(self._entries, None)
        except Exception as error:
            failed = self._failed(error)
            self._wrong = (self.number + 1, failed.failure)
            raise failed from error
        self.number, self.at, self._entry = self.number + 1, 0, entry
        return entry

    def go_to(self, number: int) -> int | None:
        """Be at the beginning of a file. Returns its size, where the archive says it."""
        if number < self.number or (number == self.number and self.at):
            self._begin()
        while self.number < number:
            if self.next() is None:
                raise CannotHash("changed", "the archive has fewer files than it had")
        size: int | None = self._entry.size
        return size

    def read(self, most: int) -> bytes:
        """More of the file. Raises CannotHash."""
        buffer = ctypes.create_string_buffer(most)
        try:
            got = _library().ffi.read_data(self._archive._pointer, buffer, most)
        except Exception as error:
            raise self._failed(error) from error
        if got < 0:  # a warning: the check sum of the file is not that of what was unpacked
            raise CannotHash("damaged", _library().ffi._error_string(self._archive._pointer))
        self.at += got
        return buffer.raw[:got]

    def encrypted(self, entry: Any) -> bool:
        """Whether a file is, as the archive says."""
        asked = _library().ffi.libarchive.archive_entry_is_data_encrypted
        asked.argtypes, asked.restype = [ctypes.c_void_p], ctypes.c_int
        return bool(asked(entry._entry_p))

    def _failed(self, error: Exception) -> CannotHash:
        if isinstance(self._fault, CannotHash):
            return self._fault
        said = str(self._fault) if self._fault else str(getattr(error, "msg", error))  # and no address of C's
        return CannotHash("encrypted" if "crypt" in said.lower() or "passphrase" in said else "damaged", said)

    def _read(self, archive: Any, context: Any, place: Any) -> int:
        try:
            self._piece = self._file.read1(_PIECE)  # no further: a piece of it may be missing there
        except Exception as error:  # it may not be raised through C
            self._fault = error
            return -1
        pointer = ctypes.cast(ctypes.c_char_p(self._piece), ctypes.c_void_p)
        ctypes.cast(place, ctypes.POINTER(ctypes.c_void_p))[0] = pointer
        return len(self._piece)

    def _seek(self, archive: Any, context: Any, offset: int, whence: int) -> int:
        try:
            return int(self._file.seek(offset, whence))
        except Exception as error:
            self._fault = error
            return -30


class _Entry(io.RawIOBase):
    """A large file of an archive as a stream. To go back in it the archive is read again from its start."""

    def __init__(self, reading: _Reading, number: int, size: int | None) -> None:
        self._reading, self._number, self._size, self._at = reading, number, size, 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        if whence == io.SEEK_END and self._size is None:
            self._size = self._counted()
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size or 0}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Read on. Raises CannotHash."""
        left = len(buffer) if self._size is None else self._size - self._at
        wanted = min(len(buffer), max(0, left))
        if not wanted:
            return 0
        self._reach()
        piece = self._reading.read(wanted)
        if not piece and self._size is not None:
            raise CannotHash("damaged", "the archive ends in it")
        buffer[: len(piece)] = piece
        self._at += len(piece)
        if self._size is None and self._at > LARGE:
            raise CannotHash("bomb")
        return len(piece)

    def _reach(self) -> None:
        reading = self._reading
        if reading.number != self._number or reading.at > self._at:
            reading.go_to(self._number)
        while reading.at < self._at:
            if not reading.read(min(_PIECE, self._at - reading.at)):
                return

    def _counted(self) -> int:
        """The size of one whose archive does not say it."""
        self._reading.go_to(self._number)
        while self._reading.read(_PIECE):
            if self._reading.at > LARGE:
                raise CannotHash("bomb")
        return self._reading.at


_kept: Kept[_Reading] = Kept()


def _whole(reading: _Reading, size: int) -> bytes:
    pieces = []
    while size and (piece := reading.read(min(size, _PIECE))):
        pieces.append(piece)
        size -= len(piece)
    if size:
        raise CannotHash("damaged", "the archive ends in it")
    return b"".join(pieces)


def _library() -> Any:
    try:
        import libarchive
    except (ImportError, AttributeError, OSError):  # or it is here, and the system's library is not
        raise CannotHash("no_scanning", "libarchive-c, and libarchive of the system") from None
    return libarchive


def _run(opening: Opening, outer: Locator) -> rar_volumes.Run | None:
    """The volumes of a RAR that are read with it. Raises OSError, CannotHash."""
    with opening(outer) as file:
        return rar_volumes.run_of(Beside(opening, outer), file.read(64))


def _file(opening: Opening, outer: Locator, run: rar_volumes.Run | None) -> BinaryIO:
    if run is None or len(run.volumes) < 2:
        return segments.archive_of(opening, outer)
    return buffered(Pieces(rar_volumes.joined(run, opening(outer), Beside(opening, outer))))


def _beginning(file: Any) -> bytes:
    """What an archive begins with, as far as it is there."""
    found = b""
    try:
        while len(found) < _HEAD and (piece := file.read1(_HEAD - len(found))):
            found += piece
    except CannotHash:  # in a piece that is missing
        pass
    return found


def _formats(head: bytes) -> str | None:
    """The format of an archive that begins so."""
    if _packing(head) is not None:
        return "tar"
    if _CPIO.match(head):
        return "cpio"
    if head[32769:32774] == b"CD001":
        return "iso9660"
    return next((name for mark, name in _MARKS if head.startswith(mark)), None)


def _left(head: bytes) -> str | None:
    """What else belongs to an archive that begins so, and is not read with it."""
    head = head.ljust(64, b"\0")
    if head[32769:32774] == b"CD001" and b"Apple_HFS" in head[512:32768]:
        return "the disc has an HFS file system as well, which is not looked into"
    form, flags = _formats(head), 0
    if form == "rar":
        flags = head[10] & 1
    elif form == "rar5":
        flags = rar_volumes.number_and_flags(head)[1] & 1
    elif form == "cab":
        flags = head[30] & 3  # [MS-CAB] 2.1: there is one before it, there is one after it
    return "it is one of several volumes, which are not joined" if flags else None


def _packing(head: bytes) -> str | None:
    return next((name for mark, name in _PACKED if head.startswith(mark)), None)


def _name(entry: Any) -> bytes:
    """Its name as it lies there; that of a kind which keeps UTF-16, in UTF-8."""
    ffi = _library().ffi
    name: bytes | None = ffi.entry_pathname(entry._entry_p)
    if name is None:
        return (ffi.entry_pathname_w(entry._entry_p) or "").encode("utf-8", "surrogatepass")
    return name


def _times(entry: Any, *, local: bool) -> dict[str, str]:
    """Its times; of whatever clock, where the archive does not say whose: libarchive takes it for ours."""
    found = {}
    for name, seconds in (
        ("modified", entry.mtime),
        ("accessed", entry.atime),
        ("changed", entry.ctime),
        ("created", entry.birthtime),
    ):
        try:
            if seconds is not None and local:
                found[name] = datetime.fromtimestamp(seconds).isoformat()  # noqa: DTZ006
            elif seconds is not None:
                found[name] = datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
        except (ValueError, OverflowError, OSError):
            continue
    return found

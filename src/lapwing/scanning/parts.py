"""What every kind of place in a file needs: a part of a stream, what was opened last, a budget."""

import io
import os
import stat
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any, BinaryIO, Generic, TypeVar

from lapwing.hashing.failures import CannotHash
from lapwing.hashing.recognising import media_type
from lapwing.scanning.found import Locator

Opening = Callable[[Locator], BinaryIO]
Opened = TypeVar("Opened")
LARGE = 1 << 30  # bytes that anything may unpack to ...
RATIO = 200  # ... and so many times its own size. What goes on after that is a bomb, and is not opened
MOST = 1_000_000  # files that one may list
# What is worth an item of its own where it is not a file: in a stream of a document, a cell of a database.
# A mark of two or three bytes is no evidence there.
_CARRIED = {
    "application/pdf", "application/zip", "application/x-7z-compressed", "application/vnd.rar",
    "application/vnd.sqlite3", "application/x-ole-storage",
}  # fmt: skip
_TOO_SHORT = {"image/vnd.microsoft.icon", "image/jxl"}


class Kept(Generic[Opened]):
    """What this process opened last: the files of one place come in a row."""

    def __init__(self) -> None:
        self._kept: tuple[Locator, Opened] | None = None

    def of(self, outer: Locator, opened: Callable[[], Opened]) -> Opened:
        """What is open of that place, opened if it is not."""
        if self._kept is None or self._kept[0] != outer:
            self._kept = None  # let go of the one before
            self._kept = (outer, opened())
        return self._kept[1]


class Budget:
    """How much may still be listed in one place. It is the same for every kind."""

    def __init__(self, size: int) -> None:
        self._bytes = max(LARGE, RATIO * size)
        self._files = MOST

    def take(self, size: int) -> None:
        """One more file of that size. Raises CannotHash."""
        self._bytes -= max(0, size)
        self._files -= 1
        if self._bytes < 0 or self._files < 0:
            raise CannotHash("bomb")


class Placed(io.RawIOBase):
    """A stream over something that is read by place: whoever extends it says how in `piece`."""

    def __init__(self, size: int) -> None:
        self._size, self._at = size, 0

    def piece(self, at: int, wanted: int) -> bytes:
        """So many bytes from `at` on, at least one: none are wanted past the end."""
        raise NotImplementedError

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        self._at = max(0, {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence] + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Read on."""
        wanted = min(len(buffer), max(0, self._size - self._at))
        piece = self.piece(self._at, wanted) if wanted else b""
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)


class Part(Placed):
    """Bytes of a stream from one place on, so many."""

    def __init__(self, file: Any, start: int, size: int) -> None:
        self._file, self._start = file, start
        super().__init__(size)

    def piece(self, at: int, wanted: int) -> bytes:
        """Bytes of it. Raises CannotHash where the stream ends before the part does."""
        self._file.seek(self._start + at)
        found: bytes = self._file.read(wanted)
        if not found:
            raise CannotHash("damaged", "what it lies in ends in it")
        return found


class Changed(Placed):
    """A stream with a few bytes as they are said to be, for a library that is to read it so."""

    def __init__(self, file: Any, at: int, said: bytes) -> None:
        self._file, self._said, self._from = file, said, at
        super().__init__(size_of(file))

    def piece(self, at: int, wanted: int) -> bytes:
        """Bytes of it, up to where those begin or end."""
        if self._from <= at < self._from + len(self._said):
            return self._said[at - self._from :][:wanted]
        self._file.seek(at)
        found: bytes = self._file.read(min(wanted, self._from - at) if at < self._from else wanted)
        return found


class Joined:
    """A disk in several files, each with its size. What lay in a missing one cannot be read; all else can."""

    def __init__(self, pieces: Sequence[tuple[Any, int]], missing: list[bytes]) -> None:
        self._pieces, self.missing, self._at = pieces, missing, 0
        self.ends = list(accumulate(size for _, size in pieces))

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.ends[-1]}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        """Where it is."""
        return self._at

    def left(self, at: int) -> int:
        """Bytes from a place to the end of the file that it lies in."""
        return self.ends[bisect_right(self.ends, at)] - at

    def read(self, most: int) -> bytes:
        """So many bytes, fewer only at the end. Raises OSError for what lay in a missing file."""
        found = []
        wanted = min(most, max(0, self.ends[-1] - self._at))
        while wanted:
            number = bisect_right(self.ends, self._at)
            file, size = self._pieces[number]
            if file is None:
                raise OSError("a segment of the image was not found")
            file.seek(self._at - (self.ends[number] - size))
            piece = file.read(min(wanted, self.ends[number] - self._at))
            if not piece:
                raise OSError("a segment of the image is shorter than it should be")
            found.append(piece)
            wanted -= len(piece)
            self._at += len(piece)
        return b"".join(found)


class Pieces(Placed):
    """An archive in several files as a stream. What lay in a missing one cannot be read."""

    def __init__(self, whole: Joined) -> None:
        self._whole = whole
        super().__init__(whole.seek(0, io.SEEK_END))

    def piece(self, at: int, wanted: int) -> bytes:
        """Bytes of one file of it. Raises CannotHash."""
        self._whole.seek(at)
        try:
            return self._whole.read(min(wanted, self._whole.left(at)))
        except OSError as error:
            raise CannotHash("damaged", "a part of the archive is missing or cut short") from error


def is_carried(head: bytes) -> bool:
    """Whether bytes that begin so are a picture, a video, or a file that may hold some."""
    said = media_type(head) or ""
    return said in _CARRIED or (said.startswith(("image/", "video/")) and said not in _TOO_SHORT)


def difference() -> CannotHash:
    """Why a disk is not read that is only what differs from another: a name from outside is no path."""
    return CannotHash("partly_read", "it holds only what differs from another image, which is not looked for")


def regular(path: bytes) -> io.FileIO:
    """A regular file of this machine, to read: no link is followed, no pipe waited for. Raises OSError."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError("a segment of the image is no regular file")
    return open(handle, "rb", buffering=0)


def part_of(file: Any, start: int, size: int) -> BinaryIO:
    """A part of a stream, buffered."""
    return io.BufferedReader(Part(file, start, size))


def buffered(file: Any) -> BinaryIO:
    """A stream that gives as many bytes as are asked for."""
    return io.BufferedReader(file) if isinstance(file, io.RawIOBase) else file


def bytes_at(file: Any, at: int, size: int) -> bytes:
    """So many bytes of a stream from a place on, fewer where it ends before."""
    file.seek(at)
    found: bytes = file.read(size)
    return found


def all_at(file: Any, at: int, size: int, ends: str) -> bytes:
    """So many bytes of a stream from a place on. Raises CannotHash that says `ends` where it ends before."""
    found = bytes_at(file, at, size)
    if len(found) < size:
        raise CannotHash("damaged", ends)
    return found


def size_of(file: Any) -> int:
    """Bytes of a stream, which stays where it is."""
    at = file.tell()
    size: int = file.seek(0, io.SEEK_END)
    file.seek(at)
    return size

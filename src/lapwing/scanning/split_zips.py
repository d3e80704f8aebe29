"""Zip archives that were cut by what makes zips: `.z01`, `.z02` … and last `.zip`, beside one another.

They are told from whole ones by the end of the last, which says how many come before it. Where a file lies is
said by its piece and its place in that: how long a missing piece is does not matter. One that is
too large for the first kind of zip has a second end before the first (zip64).
"""

import re
import struct
import zipfile
from contextlib import ExitStack
from typing import Any

from msgspec import Struct

from lapwing.hashing.failures import CannotHash
from lapwing.scanning.beside import Beside
from lapwing.scanning.parts import Changed, Joined, Pieces, Placed, buffered, size_of

NAMES = re.compile(rb"\.z\d{2,3}\Z", re.I)
_NAMED = re.compile(rb"(.*\.)z(?:ip|\d{2,3})\Z", re.I | re.S)
_END = struct.Struct("<4sHHHHIIH")
_WHERE = struct.Struct(
    "<4sIQI"
)  # of a larger archive, before that: in which piece another end lies, and where
_LARGER = struct.Struct("<16xII")  # of that
_MANY = 0xFFFF  # instead of a number that is only in that
_MOST = 10_000  # pieces
_LONGEST = _END.size + 0xFFFF  # with a comment
_NOT_JOINED = "it is a part of a zip in several files, which are not joined where it lies"
_ALONE = "it is a part of a zip in several files: the last, which names what is in it, is not beside it"


class Split(Struct, frozen=True):
    """A zip in pieces: their paths in order, and which of them is the one that everything is listed in."""

    pieces: list[bytes]
    there: list[bool]

    @property
    def head(self) -> bytes:
        """The first piece that is there."""
        return self.pieces[self.there.index(True)]


class _Ends(Struct, frozen=True):
    """What the end of the last piece says. Of none, everything is 0."""

    before: int = 0  # how many pieces come before it
    listed: int = 0  # in which of them, from 0, the list of names begins
    at: int = 0  # where it lies in the last piece
    larger: int | None = None  # where the end of a larger archive (zip64) lies in that


def split_of(beside: Beside) -> Split | None:
    """The zip that a file is a piece of; None where it is none. Raises CannotHash without the last piece."""
    path = beside.at
    named = _NAMED.match(path)
    if named is None or _alone(beside, named[1]):
        return None
    last = next((name for end in (b"zip", b"ZIP") if beside.has(name := named[1] + end)), None)
    if last is None:
        if NAMES.search(path):
            raise CannotHash("partly_read", _ALONE if beside.known else _NOT_JOINED)
        return None
    with beside.open(last) as file:
        before = _ends(file).before
    style = b"Z%02d" if last.endswith(b"ZIP") else b"z%02d"
    pieces = [*(named[1] + style % number for number in range(1, before + 1)), last]
    return Split(pieces, [beside.has(one) for one in pieces]) if before and path in pieces else None


def _alone(beside: Beside, stem: bytes) -> bool:
    """Whether a zip in an archive or an image has nothing beside it that could be a piece of it.

    To look at its end may take unpacking all of it, which is done for no other.
    """
    if beside.here or NAMES.search(beside.at):
        return False
    return not any(one.startswith(stem) and NAMES.search(one) for one in beside.names())


def archive_of(split: Split, beside: Beside) -> zipfile.ZipFile:
    """The whole as one archive. Raises OSError, CannotHash, BadZipFile."""
    with ExitStack() as opened:
        files = [
            opened.enter_context(beside.open(path)) if there else None
            for path, there in zip(split.pieces, split.there, strict=True)
        ]
        sizes = [size_of(one) if one is not None else 0 for one in files]
        whole = Joined([(one, size or max(sizes)) for one, size in zip(files, sizes, strict=True)], [])
        ends = _ends(files[-1])
        archive = zipfile.ZipFile(buffered(_in_one(Pieces(whole), whole.ends[-1] - sizes[-1], ends)))
        opened.pop_all()
    begins = [0, *whole.ends]
    for info in archive.infolist():
        if not info.volume < len(split.pieces):
            raise CannotHash("damaged", f"it names part {info.volume + 1} of {len(split.pieces)}")
        # zipfile takes every place for one in the piece that the list of names begins in
        info.header_offset += begins[info.volume] - begins[ends.listed]
    _end_where_the_next_begins(archive)
    return archive


def _in_one(whole: Placed, last: int, ends: _Ends) -> Placed:
    """The same for a zipfile, which refuses a larger archive that says it is in pieces: it says it is in one.

    `last` is where the last piece begins.
    """
    if ends.larger is None:
        return whole
    said = _WHERE.pack(b"PK\x06\x07", 0, last + ends.larger, 1)
    return Changed(whole, last + ends.at - _WHERE.size, said)


def _end_where_the_next_begins(archive: zipfile.ZipFile) -> None:
    """Tell a zipfile that refuses overlapping entries (CPython from 3.11.8 on) the places as they are now."""
    end = archive.start_dir
    for info in sorted(archive.infolist(), key=lambda info: info.header_offset, reverse=True):
        if hasattr(info, "_end_offset"):
            info._end_offset, end = end, info.header_offset


def _ends(file: Any) -> _Ends:
    size = size_of(file)
    start = max(0, size - _LONGEST)
    file.seek(start)
    tail = file.read(_LONGEST)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        return _Ends()
    _, number, listed, *_ = _END.unpack_from(tail, at)
    larger = _larger(file, start + at)
    if larger is not None and _MANY in (number, listed):
        file.seek(larger)
        number, listed = _LARGER.unpack(file.read(_LARGER.size))
    return _Ends(number, listed, start + at, larger) if listed <= number < _MOST else _Ends()


def _larger(file: Any, end: int) -> int | None:
    """Where in the last piece the end of a larger archive lies, by what lies before its end."""
    if end < _WHERE.size + _LARGER.size:
        return None
    file.seek(end - _WHERE.size)
    mark, _, place, _ = _WHERE.unpack(file.read(_WHERE.size))
    if mark != b"PK\x06\x07" or place > end - _WHERE.size - _LARGER.size:
        return None
    return int(place)

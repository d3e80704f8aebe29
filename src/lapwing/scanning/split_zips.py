"""Zip archives that were cut by what makes zips: `.z01`, `.z02` … and last `.zip`, beside one another.

They are told from whole ones by the end of the last, which says how many come before it. Where a file lies is
said by its piece and its place in that, so that what a missing piece is as long as does not matter.
"""

import os
import re
import struct
import zipfile
from contextlib import ExitStack
from typing import Any

from msgspec import Struct

from lapwing.hashing.failures import CannotHash
from lapwing.scanning.found import Locator
from lapwing.scanning.parts import Joined, Pieces, buffered, regular, size_of

NAMES = re.compile(rb"\.z\d{2,3}\Z", re.I)
_NAMED = re.compile(rb"(.*\.)z(?:ip|\d{2,3})\Z", re.I | re.S)
_END = struct.Struct("<4sHHHHIIH")
_MOST = 10_000  # pieces
_LONGEST = _END.size + 0xFFFF  # with a comment
_ALONE = "it is a part of a zip in several files, and the last of them, which names what is in it, is missing"


class Split(Struct, frozen=True):
    """A zip in pieces: their paths in order, and which of them is the one that everything is listed in."""

    pieces: list[bytes]
    there: list[bool]

    @property
    def head(self) -> bytes:
        """The first piece that is there."""
        return self.pieces[self.there.index(True)]


def split_of(outer: Locator) -> Split | None:
    """The zip that a file is a piece of; None where it is none. Raises CannotHash without the last piece."""
    path = outer[0].at
    named = _NAMED.match(path) if len(outer) == 1 else None
    if named is None:
        return None
    last = next((name for end in (b"zip", b"ZIP") if os.path.lexists(name := named[1] + end)), None)
    if last is None:
        if NAMES.search(path):
            raise CannotHash("partly_read", _ALONE)
        return None
    with regular(last) as file:
        before, _ = _ends(file)
    style = b"Z%02d" if last.endswith(b"ZIP") else b"z%02d"
    pieces = [*(named[1] + style % number for number in range(1, before + 1)), last]
    return Split(pieces, [os.path.lexists(one) for one in pieces]) if before and path in pieces else None


def archive_of(split: Split) -> zipfile.ZipFile:
    """The whole as one archive. Raises OSError, CannotHash, BadZipFile."""
    with ExitStack() as opened:
        files = [
            opened.enter_context(regular(path)) if there else None
            for path, there in zip(split.pieces, split.there, strict=True)
        ]
        sizes = [size_of(one) if one is not None else 0 for one in files]
        whole = Joined([(one, size or max(sizes)) for one, size in zip(files, sizes, strict=True)], [])
        _, listed = _ends(files[-1])
        archive = zipfile.ZipFile(buffered(Pieces(whole)))
        opened.pop_all()
    begins = [0, *whole.ends]
    for info in archive.infolist():
        if not info.volume < len(split.pieces):
            raise CannotHash("damaged", f"it names part {info.volume + 1} of {len(split.pieces)}")
        # zipfile takes every place for one in the piece that the list of names begins in
        info.header_offset += begins[info.volume] - begins[listed]
    _end_where_the_next_begins(archive)
    return archive


def _end_where_the_next_begins(archive: zipfile.ZipFile) -> None:
    """Tell a zipfile that refuses overlapping entries (CPython from 3.11.8 on) the places as they are now."""
    end = archive.start_dir
    for info in sorted(archive.infolist(), key=lambda info: info.header_offset, reverse=True):
        if hasattr(info, "_end_offset"):
            info._end_offset, end = end, info.header_offset


def _ends(file: Any) -> tuple[int, int]:
    """Of the last piece: how many come before it, and in which of them, from 0, the list of names begins."""
    size = size_of(file)
    file.seek(max(0, size - _LONGEST))
    tail = file.read(_LONGEST)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        return 0, 0
    _, number, listed, *_ = _END.unpack_from(tail, at)
    return (number, listed) if listed <= number < _MOST else (0, 0)

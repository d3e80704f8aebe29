"""A VMDK whose disk lies in other files, as VMware's Virtual Disk Format 1.1 has it: a descriptor, which is
text, and its extents, flat or sparse. They are looked for where the descriptor lies and nowhere else: a name
from outside is no path. A VMDK in one file is the business of `disks`.
"""

import os
import re
import struct
from contextlib import ExitStack
from functools import lru_cache
from typing import Any

from lapwing.hashing.failures import CannotHash
from lapwing.scanning.found import Locator
from lapwing.scanning.parts import Joined, Placed, buffered, difference, regular

MARK = b"# Disk DescriptorFile"
SPARSE = b"KDMV"
_LONGEST = 1 << 20  # bytes of a descriptor
_SECTOR = 512
_PARENT = re.compile(rb"^\s*parentCID\s*=\s*(?!f{8}\b)[0-9a-f]", re.M | re.I)
_EXTENT = re.compile(
    rb'^\s*(?:RW|RDONLY|NOACCESS)\s+(\d{1,15})\s+([A-Z]+)(?:\s+"([^"\n]*)"(?:\s+(\d{1,15}))?)?', re.M
)
_PART = re.compile(rb"(.*)-(?:flat|[fs]\d{3})\.vmdk\Z", re.I | re.S)
_MOST_TABLES = 1 << 20
_KEPT_TABLES = 64
_PACKED = 1 << 16  # of the flags of a sparse extent


def opened(file: Any, outer: Locator) -> Joined:
    """The disk that a descriptor describes. Raises CannotHash, OSError."""
    text = file.read(_LONGEST)
    if _PARENT.search(text):
        raise difference()
    extents = _EXTENT.findall(text)
    if not extents:
        raise CannotHash("damaged", "it describes a disk and names none of its files")
    if len(outer) > 1:
        raise CannotHash("partly_read", "its disk lies in other files, which are looked for in a folder only")
    folder = os.path.dirname(outer[0].at)
    pieces, missing = [], []
    with ExitStack() as opening:
        for sectors, kind, name, offset in extents:
            size = int(sectors) * _SECTOR
            held = None if kind == b"ZERO" else _held(folder, name, opening)
            missing += [name] if held is None and kind != b"ZERO" else []
            pieces.append((_read(kind, held, int(offset or 0) * _SECTOR, size), size))
        opening.pop_all()
    return Joined(pieces, missing)


def is_described(locator: Locator) -> bool:
    """Whether a file is an extent of a disk that a descriptor beside it names, and so is read with that."""
    named = _PART.match(locator[0].at)
    if named is None or len(locator) > 1:
        return False
    try:
        with regular(named[1] + b".vmdk") as descriptor:
            text = descriptor.read(_LONGEST)
    except OSError:
        return False
    names = {name for _, _, name, _ in _EXTENT.findall(text)}
    return text.startswith(MARK) and os.path.basename(locator[0].at) in names


def _held(folder: bytes, name: bytes, opening: ExitStack) -> Any:
    """The file of an extent, where there is one beside the descriptor that can be opened and is no link."""
    if name != os.path.basename(name):
        return None
    try:
        return opening.enter_context(regular(os.path.join(folder, name)))
    except OSError:
        return None


def _read(kind: bytes, held: Any, offset: int, size: int) -> Any:
    """What lies in an extent, to seek and read in; None where its file is missing."""
    if kind == b"ZERO":
        return buffered(_Nothing(size))
    if kind not in (b"FLAT", b"VMFS", b"SPARSE"):
        raise CannotHash("partly_read", f"an extent of the kind {kind.decode()[:40]}, which is not read")
    if held is None:
        return None
    return buffered(_Flat(held, offset, size) if kind != b"SPARSE" else _Sparse(held, size))


class _Nothing(Placed):
    """An extent that is empty, and has no file."""

    def piece(self, at: int, wanted: int) -> bytes:
        """Zeros."""
        return bytes(wanted)


class _Flat(Placed):
    """An extent that lies as it is in its file, from one place on."""

    def __init__(self, file: Any, start: int, size: int) -> None:
        self._file, self._start = file, start
        super().__init__(size)

    def piece(self, at: int, wanted: int) -> bytes:
        """Bytes of it. Raises OSError where its file ends before."""
        return _exactly(self._file, self._start + at, wanted, least=1)


class _Sparse(Placed):
    """An extent of grains, of which each lies somewhere in the file, or nowhere: then it is empty."""

    def __init__(self, file: Any, size: int) -> None:
        head = _exactly(file, 0, 79)
        _, flags, self._grain, self._per_table, directory = struct.unpack_from("<II8xQ16xI8xQ", head, 4)
        if (
            head[:4] != SPARSE
            or flags & _PACKED
            or not (0 < self._grain <= 1 << 16 and self._per_table == 512)
        ):
            raise OSError("an extent of the image is none of the kind that its descriptor says")
        tables = -(-size // (_SECTOR * self._grain * self._per_table))
        if tables > _MOST_TABLES:
            raise OSError("an extent of the image is larger than any")
        self._file = file
        self._tables = self._numbers(directory, tables)
        self._table = lru_cache(_KEPT_TABLES)(self._numbers)
        super().__init__(size)

    def piece(self, at: int, wanted: int) -> bytes:
        """Bytes of one grain. Raises OSError."""
        number, start = divmod(at, self._grain * _SECTOR)
        wanted = min(wanted, self._grain * _SECTOR - start)
        upper, lower = divmod(number, self._per_table)
        place = self._table(self._tables[upper], self._per_table)[lower] if self._tables[upper] else 0
        if place <= 1:  # 1 says that it was emptied
            return bytes(wanted)
        return _exactly(self._file, place * _SECTOR + start, wanted)

    def _numbers(self, place: int, count: int) -> tuple[int, ...]:
        return struct.unpack(f"<{count}I", _exactly(self._file, place * _SECTOR, 4 * count))


def _exactly(file: Any, place: int, size: int, *, least: int = 0) -> bytes:
    """So many bytes from a place on, or at `least` so many. Raises OSError where there are fewer."""
    file.seek(place)
    found: bytes = file.read(size)
    if len(found) < (least or size):
        raise OSError("an extent of the image ends before it does")
    return found

"""The bytes of a disk, whatever it was imaged into: raw, raw in segments, E01, VMDK, VHD, VHDX, QCOW2.

The extra `images`: libewf, libvmdk and libvhdi, each C that reads hostile bytes; QCOW2 is read by `qcow`. An
image that is the difference from another one names that one, and a name from outside is no path: it is not
looked for; the files of a VMDK in several are `vmdk`'s.
"""

import io
import os
from typing import Any

from lapwing.hashing.failures import CannotHash
from lapwing.scanning import qcow, segments, vmdk
from lapwing.scanning.beside import Beside
from lapwing.scanning.found import Locator
from lapwing.scanning.parts import Opening, Placed, buffered, difference, regular

E01, _EX01 = b"EVF\t\r\n\xff\0", b"EVF2\r\n\x81\0"
_LOGICAL = (b"LVF\t\r\n\xff\0", b"LEF2\r\n\x81\0")
_VHD, _VHDX = b"conectix", b"vhdxfile"
# A file of an E01 ends with the header of its last section, which is `done` in the last file and else `next`:
# so many bytes, and how one of `done` begins.
_LAST = {E01: (76, b"done".ljust(16, b"\0")), _EX01: (64, b"\x0f\0\0\0")}


def is_container(head: bytes) -> bool:
    """Whether a file which begins so holds a disk in a form of its own."""
    return head.startswith((E01, _EX01, *_LOGICAL, vmdk.MARK, vmdk.SPARSE, _VHD, _VHDX, qcow.MARK))


def disk_of(opening: Opening, outer: Locator) -> Any:
    """The bytes of the disk, to seek and read in. Raises OSError, CannotHash."""
    file = buffered(opening(outer))
    head = file.read(len(E01))
    file.seek(0)
    if head in _LAST:
        return _e01(file, outer)
    if head in _LOGICAL:
        raise CannotHash("partly_read", "an L01 holds files without their disk, and is not looked into")
    if head == vmdk.MARK[: len(head)]:
        return vmdk.opened(file, outer)
    for mark, opened in ((vmdk.SPARSE, _vmdk), (_VHD, _vhd), (_VHDX, _vhd), (qcow.MARK, qcow.opened)):
        if head.startswith(mark):
            return opened(file)
    return segments.whole_of(file, Beside(opening, outer))


def stored_hashes(disk: Any) -> dict[str, str]:
    """The hashes of the whole disk that its image keeps, by kind: `md5`, `sha1`; none where it keeps none."""
    if not hasattr(disk, "get_hash_values"):
        return {}
    said = {str(kind).lower(): str(value).lower() for kind, value in dict(disk.get_hash_values()).items()}
    return {kind: said[kind] for kind in ("md5", "sha1") if said.get(kind)}


class Whole(Placed):
    """All bytes of a disk, as a stream."""

    def __init__(self, disk: Any) -> None:
        self._disk = disk
        super().__init__(size_of_disk(disk))

    def readinto(self, buffer: Any) -> int:
        """Read on. Raises CannotHash for a disk that is not whole, however little of it is left."""
        if getattr(self._disk, "missing", None):
            raise CannotHash("damaged", "a segment of the image is missing")
        return super().readinto(buffer)

    def piece(self, at: int, wanted: int) -> bytes:
        """Bytes of the disk. Raises CannotHash for an image that ends before."""
        self._disk.seek(at)
        found = bytes(self._disk.read(wanted))
        if not found:
            raise CannotHash("damaged", "the image ends before its disk does")
        return found


def size_of_disk(disk: Any) -> int:
    """Bytes of the disk."""
    disk.seek(0, io.SEEK_END)
    return int(disk.tell())


class E01Disk:
    """The disk in an E01 and its further segments. `missing` names the first one that is not there."""

    def __init__(self, handle: Any, missing: list[bytes]) -> None:
        self.seek, self.read, self.tell = handle.seek, handle.read, handle.tell
        self.get_hash_values = handle.get_hash_values
        self.missing = missing


def _e01(file: Any, outer: Locator) -> Any:
    pyewf = library("pyewf")
    handle = pyewf.handle()
    if len(outer) > 1:
        handle.open_file_objects([file])
        return E01Disk(handle, _next_segment(file, outer[-1].at, 1))
    names = pyewf.glob(os.fsdecode(outer[0].at))
    handle.open(names)
    with regular(os.fsencode(names[-1])) as last:
        return E01Disk(handle, _next_segment(last, outer[0].at, len(names)))


def _next_segment(last: Any, name: bytes, number: int) -> list[bytes]:
    """The name of the segment that is to follow, where the last one says that one does."""
    last.seek(0)
    size, done = _LAST[last.read(len(E01))]
    last.seek(-size, io.SEEK_END)
    follows = last.read(len(done)) != done
    last.seek(0)
    return [b"segment %d of %s" % (number + 1, os.path.basename(name))] if follows else []


def _vmdk(file: Any) -> Any:
    handle = library("pyvmdk").handle()
    handle.open_file_object(file)
    if handle.parent_filename:
        raise difference()
    handle.open_extent_data_files_as_file_objects([file])
    return handle


def _vhd(file: Any) -> Any:
    disk = library("pyvhdi").file()
    disk.open_file_object(file)
    if disk.parent_filename:
        raise difference()
    return disk


def library(name: str) -> Any:
    """A library of the extra `images`. Raises CannotHash where it is not here."""
    try:
        return __import__(name)
    except ImportError:
        raise CannotHash("no_images") from None

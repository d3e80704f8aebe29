"""The bytes of a disk, whatever it was imaged into: raw, raw in segments, E01, VMDK, VHD, VHDX, QCOW2.

The extra `images`: libewf, libvmdk and libvhdi, each C that reads hostile bytes; QCOW2 is read by `qcow`. An
image that is the difference from another one names that one, and a name from outside is no path: it is not
looked for; the files of a VMDK in several are `vmdk`'s.
"""

import io
from typing import Any

from lapwing.hashing.failures import CannotHash
from lapwing.scanning import e01, qcow, segments, vmdk
from lapwing.scanning.beside import Beside
from lapwing.scanning.found import Locator
from lapwing.scanning.parts import Opening, Placed, buffered, difference

_LOGICAL = (b"LVF\t\r\n\xff\0", b"LEF2\r\n\x81\0")
_VHD, _VHDX = b"conectix", b"vhdxfile"


def is_container(head: bytes) -> bool:
    """Whether a file which begins so holds a disk in a form of its own."""
    return head.startswith((*e01.MARKS, *_LOGICAL, vmdk.MARK, vmdk.SPARSE, _VHD, _VHDX, qcow.MARK))


def disk_of(opening: Opening, outer: Locator) -> Any:
    """The bytes of the disk, to seek and read in. Raises OSError, CannotHash."""
    file = buffered(opening(outer))
    head = file.read(8)
    file.seek(0)
    if head in e01.MARKS:
        return e01.disk_of(library("pyewf"), file, Beside(opening, outer))
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
            raise CannotHash("damaged", "a segment of the image was not found")
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

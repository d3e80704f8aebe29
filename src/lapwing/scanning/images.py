"""Disk images: partition tables, the file systems that The Sleuth Kit reads, and Apple's, which is in `apfs`.

pytsk3 is in the extra `images`. It is C that reads hostile bytes, and runs in a process that may die of it.
What a disk was imaged into is the business of `disks`.

Deleted files are listed where their entries are left, with what is left of their content.
"""

import io
import os
from collections.abc import Iterator
from typing import Any, BinaryIO

from msgspec.structs import replace

from lapwing.hashing.failures import CannotHash, Failure
from lapwing.scanning import apfs, disks, e01, entries, unread, vmdk
from lapwing.scanning.ext_deletion import Deletions
from lapwing.scanning.found import BESIDE, FOLDER, Found, Locator, Step
from lapwing.scanning.image_times import keeps_local_time, times
from lapwing.scanning.parts import Joined, Opening, Placed

WHOLE = "whole+"  # begins the part of a step to a whole disk; after it, the hashes that the image keeps
WHOLE_NAME = b"(whole disk).media"
_FAT = (b"FAT12   ", b"FAT16   ", b"FAT32   ")
_PARTITIONS = range(446, 510, 16)
# The image this process opened last, and its file systems by where they begin.
_kept: tuple[Locator, Any, dict[int, Any]] | None = None


def is_image(name: bytes, head: bytes) -> bool:
    """Whether a file which begins so is a disk image: one of `disks`, a partition table, or a file system."""
    if name == b"$Boot":  # of NTFS: the beginning of the file system that it lies in, and no image of one
        return False
    if disks.is_container(head) or head[3:11] in (b"NTFS    ", b"EXFAT   ") or head[512:520] == b"EFI PART":
        return True
    if head[54:62] in _FAT or head[82:90] in _FAT or head[1080:1082] == b"\x53\xef":
        return True
    if unread.unread(head) is not None or unread.APPLE.search(name) or apfs.is_container(head):
        return True
    if head[:2] == b"ER" and head[512:514] == b"PM":  # Apple's table of partitions
        return True
    return head[1024:1026] in (b"H+", b"HX") or _has_partitions(head)


def _has_partitions(head: bytes) -> bool:
    if head[510:512] != b"\x55\xaa":
        return False
    entries = [head[start : start + 16] for start in _PARTITIONS]
    return all(entry[0] in (0, 0x80) for entry in entries) and any(entry[4] for entry in entries)


def walk_image(opening: Opening, outer: Locator, path: bytes) -> Iterator[Found]:
    """Everything in every file system of an image; a partition with none that is read is a failure."""
    if vmdk.is_described(outer):
        step = Step("image", b"", 0, "extent")
        yield Found(path=path + b"/", locator=(*outer, step), parent=path, excluded="extent")
        return
    if e01.is_further(opening, outer):
        return
    tsk, image = _tsk(), _image(opening, outer)
    yield from _of_the_disk(image.stream, outer, path)
    number = 0
    for start, name in _volumes(tsk, image):
        below = path + b"/" + name if name else path
        try:
            system = _system(tsk, image, start)
        except (OSError, CannotHash) as error:
            step = Step("image", below, 0, f"{start}+none")
            said = error.failure if isinstance(error, CannotHash) else None
            failed = said or _none_there(image, name)
            yield Found(path=below + b"/", locator=(*outer, step), parent=path, failure=failed)
            continue
        if isinstance(system, apfs.Container):
            yield from apfs.walk(system, outer, path, below)
            continue
        if int(system.info.last_block_act) < int(system.info.last_block):
            cut = Failure("damaged", "the image ends before its file system does")
            step = Step("image", below, 0, f"{start}+cut")
            yield Found(path=below + b"/", locator=(*outer, step), parent=path, failure=cut)
        deletions = Deletions(image, start)
        for entry in entries.everything(tsk, system, image, start):
            number += 1
            found = _found(tsk, system, entry, below + b"/", (outer, path, start, number))
            deleted = deletions.at(entry.number) if found.times and entry.deleted else None
            yield replace(found, times={**found.times, "deleted": deleted}) if deleted else found


def _none_there(image: Any, name: bytes) -> Failure:
    """Why no file system is read: in a partition of that name, or in all of the image where it has none."""
    if not name and unread.is_packed_apple(image.read(max(0, image.length - 512), 512)):
        return Failure("partly_read", "a packed image of a disk by macOS (UDIF), which is not looked into")
    return Failure("no_file_system", name.decode())


def _of_the_disk(disk: Any, outer: Locator, path: bytes) -> Iterator[Found]:
    """The whole disk, where its image is more than that: hashed, it is compared with what the image keeps."""
    if not isinstance(disk, Joined) and not hasattr(disk, "get_hash_values"):
        return
    stored = ",".join(f"{kind}={value}" for kind, value in sorted(disks.stored_hashes(disk).items()))
    name = path + b"/" + WHOLE_NAME
    step = Step("image", WHOLE_NAME, 0, WHOLE + stored)
    yield Found(path=name, locator=(*outer, step), parent=path, size=disks.size_of_disk(disk))
    for missing in getattr(disk, "missing", []):
        failure = Failure(
            "damaged", "this segment of the image was not found beside the others, nor what lies in it"
        )
        step = Step("image", missing, 0, "missing")
        yield Found(path=path + b"/" + missing, locator=(*outer, step), parent=path, failure=failure)


def is_whole(step: Step) -> bool:
    """Whether a step leads to the whole disk. What lies in it is listed, and not looked for again."""
    return step.place == "image" and step.part.startswith(WHOLE)


def open_image(opening: Opening, outer: Locator, step: Step) -> BinaryIO:
    """One file of an image, by its number in its file system; or all of the disk."""
    tsk, image = _tsk(), _image(opening, outer)
    if is_whole(step):
        return io.BufferedReader(disks.Whole(image.stream), 1 << 20)
    place, *stream = step.part.split(":")
    system = _system(tsk, image, int(place.partition("+")[0]))
    if isinstance(system, apfs.Container):
        return apfs.open_file(system, step)
    file = system.open_meta(step.number)
    if not stream:
        return io.BufferedReader(_File(file, int(file.info.meta.size)))
    which = [int(one) for one in stream]
    [size] = [int(one.info.size) for one in file if [int(one.info.type), int(one.info.id)] == which]
    return io.BufferedReader(_File(file, size, *which))


def beside(opening: Opening, outer: Locator) -> Iterator[tuple[bytes, Locator]]:
    """What lies in the same folder as a file that may be one of several, by what its step is called.

    Of a file that says no folder, as those of APFS do not, nothing.
    """
    *place, last = outer
    said, mark, folder = last.part.partition(FOLDER)
    if not mark:
        return
    start, above = said.partition("+")[0], os.path.dirname(last.at)
    tsk, image = _tsk(), _image(opening, tuple(place))
    for name, number in entries.beside(tsk, _system(tsk, image, int(start)), int(folder)):
        at = above + b"/" + name
        yield at, (*place, Step("image", at, number, f"{start}+0{FOLDER}{folder}"))


def _tsk() -> Any:
    try:
        import pytsk3
    except ImportError:
        raise CannotHash("no_images") from None
    return pytsk3


def _volumes(tsk: Any, image: Any) -> list[tuple[int, bytes]]:
    """Where each file system may begin; one without a name where the image is one file system."""
    try:
        table = tsk.Volume_Info(image)
    except OSError:
        return [(0, b"")]
    size = table.info.block_size
    return [
        (part.start * size, b"partition-%d" % part.addr)
        for part in table
        if part.flags == tsk.TSK_VS_PART_FLAG_ALLOC
    ]


def _found(
    tsk: Any, system: Any, entry: entries.Entry, below: bytes, place: tuple[Locator, bytes, int, int]
) -> Found:
    outer, parent, start, number = place
    path, meta, stream = below + entry.path, entry.meta, entry.stream
    part = f"{start}+{number}" + (f":{stream.kind}:{stream.number}" if stream else "")
    part += f"{BESIDE}{entry.beside}" if entry.beside and not stream else ""
    part += f"{FOLDER}{entry.folder}" if entry.folder and not stream else ""
    locator = (*outer, Step("image", path, entry.number, part))
    if meta is None:
        return Found(path=path, locator=locator, parent=parent, deleted=entry.deleted, failure=entry.failure)
    return Found(
        path=path,
        locator=locator,
        parent=parent,
        size=stream.size if stream else int(meta.size),
        inode=entry.number,
        deleted=entry.deleted,
        times=times(meta, local=keeps_local_time(tsk, system)),
        excluded=stream.excluded if stream else _excluded(tsk, meta.type),
    )


def _excluded(tsk: Any, kind: Any) -> str | None:
    names = {
        tsk.TSK_FS_META_TYPE_LNK: "symbolic_link",
        tsk.TSK_FS_META_TYPE_FIFO: "pipe",
        tsk.TSK_FS_META_TYPE_SOCK: "socket",
        tsk.TSK_FS_META_TYPE_CHR: "device",
        tsk.TSK_FS_META_TYPE_BLK: "device",
    }
    return (
        None if kind in (tsk.TSK_FS_META_TYPE_REG, tsk.TSK_FS_META_TYPE_UNDEF) else names.get(kind, "other")
    )


def _system(tsk: Any, image: Any, start: int) -> Any:
    systems = _kept[2] if _kept is not None and _kept[1] is image else {}
    if start not in systems:
        head = image.read(start, unread.LONGEST)
        if (known := unread.unread(head)) is not None:
            raise CannotHash(known.reason, known.detail)
        ours = apfs.is_container(head)
        systems[start] = apfs.Container(image.stream, start) if ours else tsk.FS_Info(image, offset=start)
    return systems[start]


def _image(opening: Opening, outer: Locator) -> Any:
    global _kept
    if _kept is None or _kept[0] != outer:
        opened = _opened(
            disks.disk_of(opening, outer)
        )  # which may have opened the image that this one lies in
        _kept = (outer, opened, {})
    return _kept[1]


def _opened(stream: Any) -> Any:
    tsk = _tsk()

    class Image(tsk.Img_Info):  # type: ignore[misc, name-defined]
        """An image that is read through a stream."""

        def __init__(self) -> None:
            self.stream = stream
            stream.seek(0, io.SEEK_END)
            self.length = stream.tell()
            super().__init__(url="", type=tsk.TSK_IMG_TYPE_EXTERNAL)

        def read(self, offset: int, size: int) -> bytes:
            """Bytes of the disk."""
            try:
                self.stream.seek(offset)
                return bytes(self.stream.read(size))
            except OSError:  # too few bytes are a fault for whoever wanted those: what else is there is read
                return b""

        def get_size(self) -> int:
            """Bytes of the disk."""
            return int(self.length)

    return Image()


class _File(Placed):
    """A file of an image as a stream."""

    def __init__(self, file: Any, size: int, *stream: int) -> None:
        self._file, self._stream = file, stream
        super().__init__(size)

    def piece(self, at: int, wanted: int) -> bytes:
        """Bytes of the file. Raises OSError for what cannot be read."""
        found = bytes(self._file.read_random(at, wanted, *self._stream))
        if not found:
            raise OSError("its content is not there any more")
        return found

"""Apple's file system (APFS): the volumes of a container, by libfsapfs of the extra `images`.

The Sleuth Kit reads it too, but pytsk3 gives no way to it. Deleted entries, and what only a snapshot still
has, are not listed. What a disk was imaged into is the business of `disks`.
"""

import io
import stat
import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

from msgspec import structs

from lapwing.hashing.failures import CannotHash, Failure
from lapwing.scanning import disks, folders
from lapwing.scanning.found import BESIDE, Found, Locator, Step
from lapwing.scanning.parts import Placed
from lapwing.scanning.write_ahead import LOG

_CONTAINER, _VOLUME = b"NXSB", b"APSB"  # behind the 32 bytes that every object begins with
_SNAPSHOTS = 152  # where a volume says which tree names its snapshots
_FLAGS, _UNENCRYPTED = 264, 1  # what a volume says of itself, and that it is not encrypted
_RESOURCES, _PACKED = "com.apple.ResourceFork", "com.apple.decmpfs"
_RESOURCES_SHOWN = b":RSRC"  # as The Sleuth Kit calls those of HFS+
_LOG = LOG.decode()
_MAY_BE = "the volume says so: what is listed of it may be read as it lies, without its keys"
_TIMES = {"modified": "modification", "accessed": "access", "changed": "inode_change", "created": "creation"}
Place = tuple[Locator, bytes, bytes, str]  # of a volume: the image, its path, the volume's, a step's part


def is_container(head: bytes) -> bool:
    """Whether what begins so is a container of volumes."""
    return head[32:36] == _CONTAINER


class Container:
    """A container that begins at a place of a disk, with its volumes. Raises CannotHash."""

    def __init__(self, disk: Any, start: int) -> None:
        self.start = start
        self._blocks = _Blocks(disk, start)
        self._container = disks.library("pyfsapfs").container()
        try:
            self._container.open_file_object(self._blocks)
        except OSError as error:
            raise CannotHash("damaged", f"APFS: {_said(error)}") from error
        self.count = int(self._container.number_of_volumes)
        self._volumes: dict[int, Any] = {}
        self._encrypted: dict[int, bool] = {}

    def volume(self, number: int) -> Any:
        """A volume, from 0. Raises OSError.

        One with more snapshots than fill a block libfsapfs cannot open with them. It is opened without.
        """
        if number not in self._volumes:
            self._blocks.flags = _UNENCRYPTED
            try:
                self._volumes[number] = self._container.get_volume(number)
            except OSError:
                self._blocks.hiding = True
                try:
                    self._volumes[number] = self._container.get_volume(number)
                finally:
                    self._blocks.hiding = False
            finally:
                self._encrypted[number] = not self._blocks.flags & _UNENCRYPTED
        return self._volumes[number]

    def says_encrypted(self, number: int) -> bool:
        """Whether a volume that was opened, or tried, says that it is encrypted, with a key here or none."""
        return self._encrypted[number]


def walk(container: Container, outer: Locator, path: bytes, below: bytes) -> Iterator[Found]:
    """Every file of every volume, below `below` and the volume's number. What is encrypted is a failure.

    A volume that says so, and has no locked keys, may have been unlocked when it was imaged: what can be
    listed of it is.
    """
    for number in range(container.count):
        name = below + b"/volume-%d/" % (number + 1)
        place = (outer, path, name, f"{container.start}+{number}")
        root, fault = None, ""
        try:
            volume = container.volume(number)
            locked = volume.is_locked()
            root = None if locked else volume.root_directory
        except OSError as error:
            locked, fault = False, _said(error)
        if locked or container.says_encrypted(number):
            said = _MAY_BE if root is not None else fault
            yield _failed(place, b"", 0, "encrypted", said)
        elif root is None:
            yield _failed(place, b"", 0, "no_file_system", fault)
        if root is not None:
            yield from _files(root, place)


def open_file(container: Container, step: Step) -> BinaryIO:
    """One file of a volume by its number, or its resources. Raises OSError."""
    place, _, which = step.part.partition(":")
    entry = container.volume(int(place.split("+")[1])).get_file_entry_by_identifier(step.number)
    content = entry.get_extended_attribute_by_name(_RESOURCES) if which else entry
    return io.BufferedReader(_Content(content), 1 << 16)


def _files(root: Any, place: Place) -> Iterator[Found]:
    """Every file, folder by folder, each folder once, whatever leads to it."""
    waiting, seen, count = [(b"", root)], {root.identifier}, 0
    while waiting:
        path, folder = waiting.pop()
        try:
            held = folder.number_of_sub_file_entries
        except OSError as error:
            yield _failed(place, path, count, "unreadable", f"a folder that cannot be listed: {_said(error)}")
            continue
        beside = _Beside(folder)
        for number in range(held):
            count += 1
            try:
                entry = folder.get_sub_file_entry(number)
                name = path + entry.name.encode("utf-8", "surrogatepass")
                if stat.S_ISDIR(entry.file_mode):
                    if entry.identifier not in seen:
                        seen.add(entry.identifier)
                        waiting.append((name + b"/", entry))
                    continue
                found = list(_contents(entry, name, f"{count}{beside.step(entry)}", place))
            except OSError as error:
                yield _failed(place, path + b"entry-%d" % (number + 1), count, "unreadable", _said(error))
                continue
            yield from found


class _Beside:
    """A folder, asked for the databases that logs of SQLite's in it belong to. Its names are read once."""

    def __init__(self, folder: Any) -> None:
        self._folder = folder
        self._numbers: dict[str, int] | None = None

    def step(self, entry: Any) -> str:
        """What the part of a step to a log ends with: the number of its database, where there is one."""
        if not entry.name.endswith(_LOG):
            return ""
        if self._numbers is None:
            self._numbers = dict(self._named())
        number = self._numbers.get(entry.name.removesuffix(_LOG))
        return f"{BESIDE}{number}" if number is not None else ""

    def _named(self) -> Iterator[tuple[str, int]]:
        for number in range(self._folder.number_of_sub_file_entries):
            try:
                entry = self._folder.get_sub_file_entry(number)
                yield entry.name, int(entry.identifier)
            except OSError:  # it is an item that failed, by itself
                continue


def _contents(entry: Any, name: bytes, count: str, place: Place) -> Iterator[Found]:
    """A file, and its resources where it has some that are not the file itself, packed. Raises OSError."""
    outer, parent, volume, part = place
    path, number = volume + name, int(entry.identifier)
    main = Found(
        path=path,
        locator=(*outer, Step("image", path, number, f"{part}+{count}")),
        parent=parent,
        size=int(entry.size),
        inode=number,
        deleted=False,
        times=_times(entry),
        excluded=folders.excluded(entry.file_mode),
    )
    yield main
    attributes = {one.name: one for one in entry.extended_attributes}
    if _RESOURCES in attributes and _PACKED not in attributes:
        path += _RESOURCES_SHOWN
        step = Step("image", path, number, f"{part}+{count}:resources")
        size = int(attributes[_RESOURCES].size)
        yield structs.replace(main, path=path, locator=(*outer, step), size=size, excluded=None)


def _times(entry: Any) -> dict[str, str]:
    said = {name: int(getattr(entry, f"get_{field}_time_as_integer")()) for name, field in _TIMES.items()}
    return {name: folders.utc(moment) for name, moment in said.items() if moment > 0}


def _failed(place: Place, below: bytes, count: int, reason: str, detail: str) -> Found:
    outer, parent, volume, part = place
    path = volume + below
    step = Step("image", path, 0, f"{part}+{count}+failed")
    return Found(path=path, locator=(*outer, step), parent=parent, failure=Failure(reason, detail))


def _said(error: OSError) -> str:
    """What the library says of a fault, without what it was doing when it met it."""
    return str(error).split(". ", 1)[0][:200]


class _Blocks:
    """A container's bytes as libfsapfs asks for them: a block at a time, or many of a file.

    While `hiding`, each volume says that it has no snapshots; what is read of a file is always as it lies.
    """

    def __init__(self, disk: Any, start: int) -> None:
        self._disk, self._start, self._at, self.hiding = disk, start, 0, False
        self.flags = _UNENCRYPTED  # of the volume whose first block was read last
        self._size = disks.size_of_disk(disk) - start

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        self._at = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence] + offset
        return self._at

    def tell(self) -> int:
        """Where it is."""
        return self._at

    def get_size(self) -> int:
        """Bytes from the container's beginning to the end of the disk."""
        return self._size

    def read(self, size: int) -> bytes:
        """Read on."""
        self._disk.seek(self._start + self._at)
        piece = bytes(self._disk.read(size))
        self._at += len(piece)
        if piece[32:36] != _VOLUME or len(piece) < _FLAGS + 8:
            return piece
        [self.flags] = struct.unpack_from("<Q", piece, _FLAGS)
        return _without_snapshots(piece) if self.hiding else piece


def _without_snapshots(block: bytes) -> bytes:
    """A volume's first block that names no tree of snapshots, with the check sum that it then has."""
    changed = bytearray(block)
    changed[_SNAPSHOTS : _SNAPSHOTS + 8] = bytes(8)
    changed[:8] = check_sum(changed)
    return bytes(changed)


def check_sum(block: bytes | bytearray) -> bytes:
    """Fletcher's over 64 bits, of all of an object but the sum itself: Apple's `o_cksum`."""
    most = 0xFFFFFFFF
    low = high = 0
    for (word,) in struct.iter_unpack("<I", block[8:]):
        low += word
        high += low
    first = most - (low + high) % most
    return struct.pack("<II", first, most - (low + first) % most)


class _Content(Placed):
    """A file of a volume, or an attribute of one, as a stream."""

    def __init__(self, content: Any) -> None:
        self._content = content
        super().__init__(int(content.size))

    def piece(self, at: int, wanted: int) -> bytes:
        """Bytes of it. Raises CannotHash for what cannot be read."""
        self._content.seek_offset(at, 0)
        try:
            found = bytes(self._content.read_buffer(wanted))
        except OSError as error:
            raise CannotHash("damaged", _said(error)) from error
        if not found:
            raise CannotHash("damaged", "its content ends before it does")
        return found

"""Files that systems keep thumbnails in: of Windows since Vista, and of Android.

There is no kept library with a permissive licence for them, and each is a row of records. They are read as
these have them: Windows' thumbcache by the format document of libwtcdb (versions 20, 21 and 30 to 32); the
data files of Android's image cache by AOSP's BlobCache.java, its thumbdata by AOSP's MiniThumbFile.java:
makers changed all of that but that a thumbnail is a JPEG with its length before it.
"""

import re
import struct
from collections.abc import Iterator
from typing import BinaryIO

from lapwing.hashing.failures import CannotHash
from lapwing.scanning.found import Found, Locator, Step
from lapwing.scanning.parts import Budget, Kept, Opening, buffered, bytes_at, is_carried, part_of, size_of

NAMES = re.compile(rb"(?:(?:thumb|icon)cache_\w+\.db|imgcache\.\d|\.thumbdata\d[\w-]*)\Z", re.I)
WINDOWS = b"CMMM"
ANDROID_CACHE = b"\x10\x85\x24\xbd"
_THUMBDATA = re.compile(rb"\.thumbdata\d[\w-]*\Z", re.I)
_FILE_HEADER = 24  # bytes of a thumbcache before its first entry
_BLOB_HEADER = struct.Struct("<QIII")  # key, checksum, where it lies, length
_BLOB_KEY = 2048  # bytes that may lie before the picture of a blob
_PICTURE = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|RIFF....WEBP", re.DOTALL)
_JPEG = re.compile(rb"(?s:(....))\xff\xd8\xff")
_JPEG_END = b"\xff\xd9"
_LARGEST = 1 << 20  # bytes of a thumbnail in a thumbdata
_PIECE = 1 << 20
_files: Kept[BinaryIO] = Kept()
Lying = Iterator[tuple[str, int, int]]  # what it is called, where it begins, bytes


def is_thumbnails(name: bytes, head: bytes) -> bool:
    """Whether a file is one: a thumbdata has nothing but its name to tell."""
    return head[:4] in (WINDOWS, ANDROID_CACHE) or _THUMBDATA.search(name) is not None


def walk_thumbnails(opening: Opening, outer: Locator, path: bytes) -> Iterator[Found]:
    """Every thumbnail, in the order it lies."""
    file = _files.of(outer, lambda: buffered(opening(outer)))
    budget = Budget(size_of(file))
    for number, (name, start, size) in enumerate(_lying(file), 1):
        budget.take(size)
        below = f"{number}/{name}" if name else f"{number}"
        at = below.encode("utf-8", "replace")
        step = Step("thumbnails", at, number, f"{start}+{size}")
        yield Found(path=path + b"/" + at, locator=(*outer, step), parent=path, size=size)


def open_thumbnails(opening: Opening, outer: Locator, step: Step) -> BinaryIO:
    """One thumbnail: a part of the file."""
    start, _, size = step.part.partition("+")
    return part_of(_files.of(outer, lambda: buffered(opening(outer))), int(start), int(size))


def _lying(file: BinaryIO) -> Lying:
    mark = bytes_at(file, 0, 4)
    if mark == WINDOWS:
        return _windows(file)
    return _blobs(file) if mark == ANDROID_CACHE else _thumbdata(file)


def _windows(file: BinaryIO) -> Lying:
    """The entries of a thumbcache, also those that nothing leads to any more."""
    (version,) = struct.unpack("<I", bytes_at(file, 4, 4).ljust(4, b"\0"))
    header, sizes = (56, 24) if version < 21 else (48, 16) if version < 30 else (56, 16)
    end, after = size_of(file), _FILE_HEADER
    for (at,) in _marks(file, re.compile(WINDOWS)):
        if at < after:  # in an entry, or the file's own
            continue
        entry = bytes_at(file, at, header)
        if len(entry) < header:
            raise CannotHash("damaged", "it ends in an entry")
        (length,) = struct.unpack_from("<I", entry, 4)
        named, padding, size = struct.unpack_from("<III", entry, sizes)
        start = at + header + named + padding
        if header + named + padding + size > length:
            continue
        after = at + length
        if size and is_carried(bytes_at(file, start, 64)):
            name = bytes_at(file, at + header, min(named, 256)).decode("utf-16-le", "replace")
            yield name, start, min(size, end - start)


def _marks(file: BinaryIO, mark: re.Pattern[bytes], longest: int = 4) -> Iterator[tuple[int, ...]]:
    """Where a mark of that many bytes lies, each once, and what it says as a number."""
    at = 0
    while piece := bytes_at(file, at, _PIECE):
        for found in mark.finditer(piece):
            yield at + found.start(), *(int.from_bytes(one, "big") for one in found.groups())
        if len(piece) < _PIECE:
            return
        at += _PIECE - longest + 1


def _blobs(file: BinaryIO) -> Lying:
    """The blobs of an image cache: each says where it lies, so that a damaged one is told."""
    end, at = size_of(file), len(ANDROID_CACHE)
    while at + _BLOB_HEADER.size < end:
        key, _, said, size = _BLOB_HEADER.unpack(bytes_at(file, at, _BLOB_HEADER.size))
        start = at + _BLOB_HEADER.size
        if said != at or start + size > end:
            raise CannotHash("damaged", f"no blob at {at}")
        if (picture := _PICTURE.search(bytes_at(file, start, min(size, _BLOB_KEY)))) is not None:
            yield f"{key:016x}", start + picture.start(), size - picture.start()
        at = start + size


def _thumbdata(file: BinaryIO) -> Lying:
    """JPEGs with their length before them, of a thumbdata of any maker."""
    for at, size in _marks(file, _JPEG, longest=7):
        if size <= _LARGEST and bytes_at(file, at + 2 + size, 2) == _JPEG_END:
            yield "", at + 4, size

"""What browsers keep of pages: each entry is a file, with the body of the answer in it.

Chromium's "simple" cache, of Android, Linux and ChromeOS (net/disk_cache/simple/simple_entry_format.h): a
header, the address, the body, a mark, the headers of the answer, a mark. What was asked for in ranges, as
videos are, lies in ranges. Of Firefox's cache2 (CacheFileMetadata): the body, what is said of it, in the last
four bytes where that begins.
"""

import io
import re
import struct
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise
from typing import BinaryIO

from lapwing.hashing.failures import CannotHash
from lapwing.scanning.found import Found, Locator, Step
from lapwing.scanning.parts import Budget, Opening, Placed, all_at, buffered, bytes_at, part_of, size_of

CHROMIUM_NAMES = re.compile(rb"(?:\A|/)[0-9a-f]{16}_[01s]\Z")
_FIREFOX_NAME = re.compile(rb"(?:\A|.*/)[0-9A-F]{40}\Z", re.S)
_MARK, _MARK_OF_END, _MARK_OF_RANGE = (
    struct.pack("<Q", mark) for mark in (0xFCFB6D1BA7725C30, 0xF4FA6F45970D41D8, 0xEB97BF016553676B)
)
_HEADER = struct.Struct("<8sIII4x")  # mark, version, length and hash of the address
_END = struct.Struct("<8sIII4x")  # mark, flags, check sum, bytes of the answer's headers
_RANGE = struct.Struct("<8sqqI4x")  # mark, place in the body, bytes, check sum
_HASHED, _HASH = 2, 32  # a flag: the hash of the address lies before the mark; its bytes
_SAID = struct.Struct(">7I")  # Firefox: version, three numbers, two times, length of the address
_CHUNK = 1 << 18  # bytes of a body that Firefox keeps two bytes of a hash of
_KEY = re.compile(rb"\A\d+/\d+/")
_LONGEST = 1 << 16  # bytes of an address


def is_chromium(name: bytes, head: bytes) -> bool:
    """Whether a file which begins so is an entry of Chromium's cache."""
    return head.startswith(_MARK) and any(head[12:16])  # what lists the entries has no address


def walk_chromium(opening: Opening, outer: Locator, path: bytes) -> Iterator[Found]:
    """The body of the answer, by its address. Raises OSError; CannotHash for one that is not whole."""
    with buffered(opening(outer)) as file:
        address, start, size = _chromium(file)
        if ranges := _ranges(file, start, size):
            size = ranges[-1][1]
            Budget(size_of(file)).take(size)
            part, made = (
                "ranges",
                ranges[0][0] > 0 or any(one[1] < other[0] for one, other in pairwise(ranges)),
            )
        else:
            part, made = f"{start}+{size}", False
    if size:
        step = Step("chromium", address, 0, part)
        yield Found(
            path=path + b"/" + address, locator=(*outer, step), parent=path, size=size, rewritten=made
        )


def open_chromium(opening: Opening, outer: Locator, step: Step) -> BinaryIO:
    """The body: a part of the file, or its ranges with nothing between them."""
    file = buffered(opening(outer))
    if step.part != "ranges":
        start, _, size = step.part.partition("+")
        return part_of(file, int(start), int(size))
    _, begin, whole = _chromium(file)
    return io.BufferedReader(_Ranges(file, _ranges(file, begin, whole)))


def is_firefox(name: bytes, head: bytes) -> bool:
    """Whether a file may be an entry of Firefox's cache, by its name: it begins as its body does."""
    return _FIREFOX_NAME.match(name) is not None


def walk_firefox(opening: Opening, outer: Locator, path: bytes) -> Iterator[Found]:
    """The body of the answer, by its address; nothing where the file only has such a name."""
    with buffered(opening(outer)) as file:
        found = _firefox(file)
    if found is not None and found[1]:
        address, size = found
        step = Step("firefox", address, 0, f"0+{size}")
        yield Found(path=path + b"/" + address, locator=(*outer, step), parent=path, size=size)


def open_firefox(opening: Opening, outer: Locator, step: Step) -> BinaryIO:
    """The body: the beginning of the file."""
    return part_of(buffered(opening(outer)), 0, int(step.part.partition("+")[2]))


def address_of(key: bytes) -> bytes:
    """The address in what Chromium keeps an answer by, which has the sites before it that asked for it."""
    return _KEY.sub(b"", key.rpartition(b" ")[2]) or b"body"


def _chromium(file: BinaryIO) -> tuple[bytes, int, int]:
    """The address, where the body begins, and its bytes with what lies between it and the last mark."""
    whole = size_of(file)
    _, _, length, _ = _HEADER.unpack(_whole(file, 0, _HEADER.size))
    if length > _LONGEST:
        raise CannotHash("damaged", "an address too long for a browser's cache")
    address = address_of(_whole(file, _HEADER.size, length))
    start, last = _HEADER.size + length, whole - _END.size
    if bytes_at(file, start, 8) == _MARK_OF_RANGE:
        return address, start, whole - start
    mark, flags, _, headers = _END.unpack(_whole(file, max(start, last), _END.size))
    if mark != _MARK_OF_END:
        raise CannotHash("damaged", "an entry of a browser's cache that breaks off")
    body = last - headers - (_HASH if flags & _HASHED else 0) - _END.size
    if body >= start and bytes_at(file, body, 8) == _MARK_OF_END:
        return address, start, body - start
    return address, start, last - start  # what a page keeps beside its answer has one mark


def _ranges(file: BinaryIO, start: int, size: int) -> list[tuple[int, int, int]]:
    """Where each range begins and ends in the body, and where it lies, in order."""
    found, at, end = [], start, start + size
    while at + _RANGE.size <= end and bytes_at(file, at, 8) == _MARK_OF_RANGE:
        _, place, length, _ = _RANGE.unpack(_whole(file, at, _RANGE.size))
        at += _RANGE.size
        if place < 0 or length < 0 or at + length > end:
            raise CannotHash("damaged", "a range of a browser's cache that breaks off")
        found.append((place, place + length, at))
        at += length
    found.sort()
    if any(one[1] > other[0] for one, other in pairwise(found)):
        raise CannotHash("damaged", "ranges of a browser's cache that lie over one another")
    return found


class _Ranges(Placed):
    """A body of which only some ranges are there. What lies between them is read as zeros."""

    def __init__(self, file: BinaryIO, ranges: list[tuple[int, int, int]]) -> None:
        self._file, self._ranges = file, ranges
        super().__init__(ranges[-1][1])

    def piece(self, at: int, wanted: int) -> bytes:
        """Bytes of it, up to where a range begins or ends."""
        number = bisect_right(self._ranges, at, key=lambda one: one[0])
        begins, ends, lies = self._ranges[number - 1] if number else (0, 0, 0)
        if at < ends:
            return _whole(self._file, lies + at - begins, min(wanted, ends - at))
        return bytes(min(wanted, self._ranges[number][0] - at))


def _firefox(file: BinaryIO) -> tuple[bytes, int] | None:
    """The address, and the bytes of the body."""
    whole = size_of(file)
    if whole < 4 + _SAID.size:
        return None
    size = int.from_bytes(_whole(file, whole - 4, 4), "big")
    said = size + 4 + 2 * -(-size // _CHUNK)
    if said + _SAID.size + 4 > whole:
        return None
    version, *_, length = _SAID.unpack(_whole(file, said, _SAID.size))
    address = said + _SAID.size + (4 if version > 1 else 0)
    if version not in (1, 2, 3) or length > min(_LONGEST, whole - 4 - address):
        return None
    return _whole(file, address, length).partition(b":")[2] or b"body", size


def _whole(file: BinaryIO, at: int, size: int) -> bytes:
    return all_at(file, at, size, "an entry of a browser's cache that breaks off")

"""What Chromium and what is made of it keep on Windows: small answers in blocks of four files.

`data_1` has an entry for each answer in blocks of 256 bytes; its body lies in blocks of 256 bytes, of one or
of four kilobytes, of it and of `data_2`, `data_3` and others beside it. A body above 16 KB is a file of its
own, and found as one. After net/disk_cache/blockfile: disk_format.h, disk_format_base.h and addr.h.
"""

import os
import re
import struct
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

from msgspec.structs import replace

from lapwing.hashing.failures import CannotHash, Failure
from lapwing.scanning.beside import Beside
from lapwing.scanning.browser_caches import address_of
from lapwing.scanning.found import Found, Locator, Step
from lapwing.scanning.parts import MOST, Kept, Opening, buffered, part_of

NAMES = re.compile(rb"(?:\A|/)data_1\Z")
_NAME = re.compile(rb"(?:\A|.*/)data_\d{1,3}\Z", re.S)
_MAGIC = b"\xc3\xca\x04\xc1"
_HEAD = 8192  # bytes before the first block
_BLOCK = 256  # bytes of a block of entries
_PIECE = 1 << 20  # bytes read at once: whole blocks
_MAP = 80  # where the head says of each block, in a bit, whether it is in use
# Hash, next, where it stands among others, two counts, state; time; length and place of a long address; bytes
# of four streams and where they lie. The second of these is the body.
_ENTRY = struct.Struct("<IIIiiiQiI4i4I")
_ADDRESS = 96  # where the address begins in an entry
_SET, _RANKED, _RESERVED = 0x80000000, 1, 0x0C000000
_SIZES = {2: 256, 3: 1024, 4: 4096}  # bytes of a block, by the kind in its number
_files: Kept[BinaryIO] = Kept()


class _Body(NamedTuple):
    """Where the body of an answer lies: in which file, from which byte on, how many; and its address."""

    file: int
    at: int
    size: int
    address: bytes


def is_blocks(name: bytes, head: bytes) -> bool:
    """Whether a file which begins so has entries of such a cache."""
    return head.startswith(_MAGIC) and _NAME.match(name) is not None and head[12:16] == b"\0\1\0\0"


def walk_blocks(opening: Opening, outer: Locator, path: bytes) -> Iterator[Found]:
    """The body of every answer, by its address. Raises OSError; CannotHash."""
    beside = Beside(opening, outer)
    with buffered(opening(outer)) as file:
        bodies = sorted(_bodies(file))
    there: dict[int, bool] = {}
    for number, body in enumerate(bodies):
        name = _file(beside.at, body.file)
        if body.file not in there:
            there[body.file] = beside.has(name)
            if not there[body.file]:
                missing = os.path.basename(name)
                said = Failure("partly_read", "a file of a browser's cache that is not beside this one")
                step = Step("blocks", missing, -body.file, "missing")
                yield Found(path=path + b"/" + missing, locator=(*outer, step), parent=path, failure=said)
        if there[body.file]:
            step = Step("blocks", body.address, number, f"{body.file}:{body.at}+{body.size}")
            at = path + b"/" + body.address
            yield Found(path=at, locator=(*outer, step), parent=path, size=body.size)


def open_blocks(opening: Opening, outer: Locator, step: Step) -> BinaryIO:
    """The body: a part of one of the files. Raises OSError, CannotHash."""
    number, _, place = step.part.partition(":")
    start, _, size = place.partition("+")
    beside = Beside(opening, outer)
    name = _file(beside.at, int(number))
    key = (*outer[:-1], replace(outer[-1], at=name))
    return part_of(_files.of(key, lambda: buffered(beside.open(name))), int(start), int(size))


def _file(at: bytes, number: int) -> bytes:
    return os.path.join(os.path.dirname(at), b"data_%d" % number)


def _bodies(file: Any) -> Iterator[_Body]:
    """The bodies of all entries. Deleted ones are left alone: their blocks may be others' by now."""
    used = file.read(_HEAD)[_MAP:]
    found = place = 0
    piece = file.read(_PIECE)
    while piece:
        more = file.read(_PIECE)
        both = piece + more[: 3 * _BLOCK]  # an address goes on in up to three blocks
        for start in range(0, len(piece) - _BLOCK + 1, _BLOCK):
            number = (place + start) // _BLOCK
            if number // 8 >= len(used) or not used[number // 8] & 1 << number % 8:
                continue
            if (body := _body(both, start)) is not None:
                found += 1
                if found > MOST:
                    raise CannotHash("bomb")
                yield body
        place += len(piece)
        piece = more


def _body(blocks: bytes, start: int) -> _Body | None:
    """The body of the entry that begins there, where one does and its body lies in blocks."""
    _, _, ranked, _, _, state, _, length, long_key, *streams = _ENTRY.unpack_from(blocks, start)
    size, at = streams[1], streams[5]
    if ranked >> 28 != (_SET >> 28 | _RANKED) or state not in (0, 1, 2) or length < 1:
        return None
    block = _SIZES.get(at >> 28 & 7)
    if not at & _SET or at & _RESERVED or block is None or not 0 < size <= block * ((at >> 24 & 3) + 1):
        return None
    begins = start + _ADDRESS
    key = b"" if long_key else blocks[begins : begins + min(length, 4 * _BLOCK - _ADDRESS)]
    return _Body(at >> 16 & 0xFF, _HEAD + (at & 0xFFFF) * block, size, address_of(key))

"""Outlook's `winmail.dat`: attachments in a package of its own, as [MS-OXTNEF] 2.1 has it.

A mark and a key, then attributes: level, name, length, that many bytes and a sum. An attachment begins with
its RendData; its Title and its Data come after that. A message that is attached has no Data: it is not looked
into.
"""

import re
import struct
from collections.abc import Iterator
from typing import BinaryIO

from lapwing.hashing.failures import CannotHash
from lapwing.scanning.found import Found, Locator, Step
from lapwing.scanning.parts import Budget, Kept, Opening, buffered, part_of, size_of

NAMES = re.compile(rb"(?:\.tnef|winmail\.dat)\Z", re.I)
MARK = b"\x78\x9f\x3e\x22"
BEGINS, TITLE, DATA = 0x00069002, 0x00018010, 0x0006800F
_HEAD = struct.Struct("<BII")
_LEVELS = (1, 2)  # of the message, of an attachment
_files: Kept[BinaryIO] = Kept()


def is_package(name: bytes, head: bytes) -> bool:
    """Whether a file which begins so is a package of Outlook's."""
    return head.startswith(MARK)


def walk_package(opening: Opening, outer: Locator, path: bytes) -> Iterator[Found]:
    """Every attachment, in the order it lies."""
    file = _files.of(outer, lambda: buffered(opening(outer)))
    budget = Budget(size_of(file))
    title, number = "", 0
    for name, start, size in _attributes(file):
        if name == BEGINS:
            title, number = "", number + 1
        elif name == TITLE:
            file.seek(start)
            title = file.read(min(size, 512)).rstrip(b"\0").decode("cp1252", "replace")
        elif name == DATA:
            budget.take(size)
            at = (f"{number}/{title}" if title else f"{number}").encode()
            step = Step("tnef", at, number, f"{start}+{size}")
            yield Found(path=path + b"/" + at, locator=(*outer, step), parent=path, size=size)


def open_package(opening: Opening, outer: Locator, step: Step) -> BinaryIO:
    """One attachment: a part of it."""
    start, _, size = step.part.partition("+")
    return part_of(_files.of(outer, lambda: buffered(opening(outer))), int(start), int(size))


def _attributes(file: BinaryIO) -> Iterator[tuple[int, int, int]]:
    """What each is, where its bytes begin, and how many they are."""
    end, at = size_of(file), len(MARK) + 2
    while at < end:
        file.seek(at)
        head = file.read(_HEAD.size)
        if len(head) < _HEAD.size or head[0] not in _LEVELS:
            raise CannotHash("damaged", f"no attribute at {at}")
        _, name, size = _HEAD.unpack(head)
        start = at + _HEAD.size
        if start + size > end:
            raise CannotHash("damaged", f"it ends in the attribute at {at}")
        yield name, start, size
        at = start + size + 2

"""Files that were cut into several, beside one another: `.001`, `.002` …

A raw disk, a 7z and a zip are cut so: each piece but the last has the size of the first.
"""

import io
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, BinaryIO

from lapwing.hashing.failures import CannotHash, Failure
from lapwing.scanning.beside import Beside
from lapwing.scanning.found import Found, Locator, Step
from lapwing.scanning.parts import Joined, Opening, Pieces, buffered

_SEGMENT = re.compile(rb"(.*\.)(\d{2,4})\Z", re.S)
MOST_SEGMENTS = 10_000
_ARCHIVE = re.compile(rb"(.*\.(?:7z|zip)\.)(\d{3})\Z", re.I | re.S)
_FURTHER = re.compile(rb"\.(?:7z|zip)\.(?!000|001)\d{3}\Z", re.I)
_MARKS = (b"7z\xbc\xaf'\x1c", b"PK\x03\x04")  # a further piece that begins so is an archive of its own
NAMES = re.compile(rb"\.(?:7z|zip)\.\d{3}\Z", re.I)


def whole_of(file: Any, beside: Beside) -> Any:
    """A file with its further segments, where it is the first of several that lie beside one another.

    Raises OSError, CannotHash.
    """
    named = _SEGMENT.match(beside.at)
    if named is None or int(named[2]) > 1:
        return file
    numbers = _numbers(beside, named[1], len(named[2]))
    first, last = int(named[2]), max(numbers, default=0)
    if last <= first or last - first >= MOST_SEGMENTS:
        return file
    files, missing = [file], []
    with ExitStack() as opened:
        for number in range(first + 1, last + 1):
            name = named[1] + b"%0*d" % (len(named[2]), number)
            one = opened.enter_context(beside.open(name)) if number in numbers else None
            files.append(one)
            missing += [] if one is not None else [os.path.basename(name)]
        size = file.seek(0, io.SEEK_END)
        if not size:
            raise CannotHash("damaged", "the first segment is empty")
        opened.pop_all()
    return Joined(_pieces(files, size), missing)


def archive_of(opening: Opening, outer: Locator) -> BinaryIO:
    """An archive, with its further pieces where it was cut. Raises OSError, CannotHash."""
    file, beside = opening(outer), Beside(opening, outer)
    whole = whole_of(file, beside) if _names(beside) else file
    return buffered(Pieces(whole) if isinstance(whole, Joined) else whole)


def lost(
    opening: Opening, outer: Locator, path: bytes, names: list[bytes] | None, place: str
) -> Iterator[Found]:
    """The pieces of an archive that are not beside the others, each as an item that failed.

    `names` are the pieces' where they are known, and else those of one that is numbered.
    """
    beside = Beside(opening, outer)
    for number, name in enumerate(_names(beside) if names is None else names, 1):
        if not beside.has(name):
            failure = Failure("damaged", "this part of the archive is missing, and what lay in it with it")
            at = os.path.basename(name)
            step = Step(place, at, -number, "missing")
            yield Found(path=path + b"/" + at, locator=(*outer, step), parent=path, failure=failure)


def is_further(name: bytes, head: bytes) -> bool:
    """Whether a file is a further piece of an archive, by its name, and no archive of its own."""
    return _FURTHER.search(name) is not None and not head.startswith(_MARKS)


def walk_further(opening: Opening, outer: Locator, path: bytes) -> Iterator[Found]:
    """Nothing, where the first piece is beside it: all is listed there. Raises CannotHash where it is not."""
    beside = Beside(opening, outer)
    named = _ARCHIVE.match(beside.at)
    first = named[1] + b"001" if named is not None else b""
    if not first or not beside.has(first) or beside.at not in _names(beside.named(first)):
        raise CannotHash("partly_read", "it is a part of an archive in several files, which are not joined")
    return iter(())


def open_further(opening: Opening, outer: Locator, step: Step) -> BinaryIO:
    """Nothing is listed in one."""
    raise CannotHash("unreadable", "nothing is listed in a part of an archive")


def _names(beside: Beside) -> list[bytes]:
    """The paths of the further pieces of an archive which is the first of several; also of missing ones."""
    named = _ARCHIVE.match(beside.at)
    if named is None or int(named[2]) != 1:
        return []
    numbers = _numbers(beside, named[1], len(named[2]))
    names = [named[1] + b"%03d" % number for number in range(2, max(numbers, default=0) + 1)]
    for name in filter(beside.has, names):
        with beside.open(name) as piece:
            return [] if piece.read(8).startswith(_MARKS) else names
    return []


def _pieces(files: list[Any], size: int) -> list[tuple[Any, int]]:
    """Segments with their sizes: all but the last have that of the first."""
    return [(one, size) for one in files[:-1]] + [(files[-1], files[-1].seek(0, io.SEEK_END))]


def _numbers(beside: Beside, stem: bytes, width: int) -> set[int]:
    """The numbers of the files beside one another that have that name but for their number."""
    return {
        int(name[len(stem) :])
        for name in beside.names()
        if name.startswith(stem) and len(name) == len(stem) + width and name[len(stem) :].isdigit()
    }

"""Files that were cut into several, beside one another in a folder: `.001`, `.002` …

A raw disk, a 7z and a zip are cut so: each piece but the last has the size of the first.
"""

import io
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, BinaryIO

from lapwing.hashing.failures import CannotHash, Failure
from lapwing.scanning.found import Found, Locator, Step
from lapwing.scanning.parts import Joined, Opening, Pieces, buffered, regular

_SEGMENT = re.compile(rb"(.*\.)(\d{2,4})\Z", re.S)
MOST_SEGMENTS = 10_000
_ARCHIVE = re.compile(rb"(.*\.(?:7z|zip)\.)(\d{3})\Z", re.I | re.S)
_FURTHER = re.compile(rb"\.(?:7z|zip)\.(?!000|001)\d{3}\Z", re.I)
_MARKS = (b"7z\xbc\xaf'\x1c", b"PK\x03\x04")  # a further piece that begins so is an archive of its own
NAMES = re.compile(rb"\.(?:7z|zip)\.\d{3}\Z", re.I)


def whole_of(file: Any, outer: Locator) -> Any:
    """A file with its further segments, where it is the first of several that lie beside one another.

    Raises OSError, CannotHash.
    """
    path = outer[0].at
    named = _SEGMENT.match(path) if len(outer) == 1 else None
    if named is None or int(named[2]) > 1:
        return file
    numbers = _numbers(named[1], len(named[2]))
    first, last = int(named[2]), max(numbers, default=0)
    if last <= first or last - first >= MOST_SEGMENTS:
        return file
    files, missing = [file], []
    with ExitStack() as opened:
        for number in range(first + 1, last + 1):
            name = named[1] + b"%0*d" % (len(named[2]), number)
            one = opened.enter_context(regular(name)) if number in numbers else None
            files.append(one)
            missing += [] if one is not None else [os.path.basename(name)]
        size = file.seek(0, io.SEEK_END)
        if not size:
            raise CannotHash("damaged", "the first segment is empty")
        opened.pop_all()
    return Joined(_pieces(files, size), missing)


def archive_of(opening: Opening, outer: Locator) -> BinaryIO:
    """An archive, with its further pieces where it was cut. Raises OSError, CannotHash."""
    file = opening(outer)
    whole = whole_of(file, outer) if _names(outer) else file
    return buffered(Pieces(whole) if isinstance(whole, Joined) else whole)


def lost(outer: Locator, path: bytes, place: str, names: list[bytes] | None = None) -> Iterator[Found]:
    """The pieces of an archive that are not beside the others, each as an item that failed."""
    for number, name in enumerate(_names(outer) if names is None else names, 1):
        if not os.path.lexists(name):
            failure = Failure("damaged", "this part of the archive is missing, and what lay in it with it")
            at = os.path.basename(name)
            step = Step(place, at, -number, "missing")
            yield Found(path=path + b"/" + at, locator=(*outer, step), parent=path, failure=failure)


def is_further(name: bytes, head: bytes) -> bool:
    """Whether a file is a further piece of an archive, by its name, and no archive of its own."""
    return _FURTHER.search(name) is not None and not head.startswith(_MARKS)


def walk_further(opening: Opening, outer: Locator, path: bytes) -> Iterator[Found]:
    """Nothing, where the first piece is beside it: all is listed there. Raises CannotHash where it is not."""
    named = _ARCHIVE.match(outer[0].at) if len(outer) == 1 else None
    if named is None or outer[0].at not in _names((Step("folder", named[1] + b"001"),)):
        raise CannotHash("partly_read", "it is a part of an archive in several files, which are not joined")
    return iter(())


def open_further(opening: Opening, outer: Locator, step: Step) -> BinaryIO:
    """Nothing is listed in one."""
    raise CannotHash("unreadable", "nothing is listed in a part of an archive")


def _names(outer: Locator) -> list[bytes]:
    """The paths of the further pieces of an archive which is the first of several; also of missing ones."""
    named = _ARCHIVE.match(outer[0].at) if len(outer) == 1 else None
    if named is None or int(named[2]) != 1 or not os.path.lexists(outer[0].at):
        return []
    numbers = _numbers(named[1], len(named[2]))
    names = [named[1] + b"%03d" % number for number in range(2, max(numbers, default=0) + 1)]
    for name in filter(os.path.lexists, names):
        with regular(name) as piece:
            return [] if piece.read(8).startswith(_MARKS) else names
    return []


def _pieces(files: list[Any], size: int) -> list[tuple[Any, int]]:
    """Segments with their sizes: all but the last have that of the first."""
    return [(one, size) for one in files[:-1]] + [(files[-1], files[-1].seek(0, io.SEEK_END))]


def _numbers(stem: bytes, width: int) -> set[int]:
    """The numbers of the files beside one another that have that name but for their number."""
    folder, name = os.path.split(stem)
    with os.scandir(folder or b".") as entries:
        return {
            int(entry.name[len(name) :])
            for entry in entries
            if entry.name.startswith(name)
            and len(entry.name) == len(name) + width
            and entry.name[len(name) :].isdigit()
            and entry.is_file(follow_symlinks=False)
        }

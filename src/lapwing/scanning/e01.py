"""The files of an E01 or Ex01: which one follows which, and the disk in all of them, by libewf.

After Joachim Metz, Expert Witness Compression Format, versions 1 and 2: each file begins with its number, and
ends with the header of its last section, which is `done` in the last file and `next` in the others.
"""

import io
import os
import re
import struct
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, NamedTuple

from lapwing.hashing.failures import CannotHash
from lapwing.scanning.beside import Beside
from lapwing.scanning.found import Locator
from lapwing.scanning.parts import Opening, buffered

_NAME = re.compile(rb"(.*\.)([E-Z][X-Zx-z]?|[e-z][x-z]?)(?:\d\d|[A-Za-z]{2})\Z", re.S)
_FIRST_OF_LETTERS = 100  # .E01 to .E99 are followed by .EAA


class _Form(NamedTuple):
    """Where a file says its number, how long the header of its last section is, how one of `done` begins."""

    number: struct.Struct
    header: int
    done: bytes


_FORMS = {
    b"EVF\t\r\n\xff\0": _Form(struct.Struct("<9xH"), 76, b"done".ljust(16, b"\0")),
    b"EVF2\r\n\x81\0": _Form(struct.Struct("<12xI"), 64, b"\x0f\0\0\0"),
}
MARKS = tuple(_FORMS)


class Disk:
    """The disk in them. `missing` names the first one that is not there, if any."""

    def __init__(self, handle: Any, missing: list[bytes]) -> None:
        self.seek, self.read, self.tell = handle.seek, handle.read, handle.tell
        self.get_hash_values = handle.get_hash_values
        self.missing = missing


def disk_of(library: Any, first: Any, beside: Beside) -> Disk:
    """The disk in the first file and those beside it that follow. Raises OSError, CannotHash."""
    files = [first]
    with ExitStack() as opened:
        for further in _further(first, beside):
            files.append(opened.enter_context(further))
        opened.pop_all()
    last, number = files[-1], len(files)
    missing = [b"segment %d of %s" % (number + 1, os.path.basename(beside.at))] if _goes_on(last) else []
    handle = library.handle()
    handle.open_file_objects(files)
    return Disk(handle, missing)


def is_further(opening: Opening, outer: Locator) -> bool:
    """Whether a file is not the first, and the one before it is beside it: what is in it is listed there.

    Raises OSError; CannotHash for one that is not the first, and follows none.
    """
    with opening(outer) as file:
        number = _number(file)
    if number is None or number <= 1:
        return False
    beside = Beside(opening, outer)
    before = _named(beside.at, number - 1)
    if _named(beside.at, number) == beside.at and before is not None and beside.has(before):
        with buffered(beside.open(before)) as file:
            if _number(file) == number - 1 and _goes_on(file):
                return True
    raise CannotHash(
        "partly_read", f"it is segment {number} of an image, and the one before is not beside it"
    )


def _further(first: Any, beside: Beside) -> Iterator[Any]:
    """The files that follow the first, as far as they are there, each open."""
    last, number = first, 1
    while _goes_on(last):
        number += 1
        name = _named(beside.at, number)
        if name is None or not beside.has(name):
            return
        try:
            last = buffered(beside.open(name))
        except OSError:  # a link, say, which is not followed
            return
        if _number(last) != number:
            last.close()
            return
        yield last


def _number(file: Any) -> int | None:
    """Which of the files it is, from 1 on; None for none. The file is left at its beginning."""
    head = file.read(16)
    file.seek(0)
    form = _FORMS.get(head[:8])
    return int(form.number.unpack_from(head)[0]) if form is not None and len(head) == 16 else None


def _goes_on(file: Any) -> bool:
    """Whether it says that another one follows."""
    form = _FORMS.get(file.read(8))
    if form is None or file.seek(0, io.SEEK_END) < form.header:
        file.seek(0)
        return False
    file.seek(-form.header, io.SEEK_END)
    follows: bool = file.read(len(form.done)) != form.done
    file.seek(0)
    return follows


def _named(at: bytes, number: int) -> bytes | None:
    """What the file of that number is called, by the name of any: .E01 to .E99, .EAA to .EZZ, .FAA and so on.

    Those of an Ex01 go on with .ExAA and .EyAA; those of the program SMART begin with .s01.
    """
    named = _NAME.match(at)
    if named is None:
        return None
    own = named[2]
    first = own[:1] if own[:1] in b"Ss" else b"E" if own[:1].isupper() else b"e"
    mark = first + (b"" if len(own) == 1 else b"X" if own[1:].isupper() else b"x")
    if number < _FIRST_OF_LETTERS:
        return named[1] + mark + b"%02d" % number
    more, second = divmod(number - _FIRST_OF_LETTERS, 26 * 26)
    last = mark[-1] + more
    if last > ord("Z" if mark[-1:].isupper() else "z"):
        return None
    base = ord("A" if first.isupper() else "a")
    return named[1] + mark[:-1] + bytes([last, base + second // 26, base + second % 26])

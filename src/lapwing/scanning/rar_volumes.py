"""RAR archives in volumes beside one another: `.part1.rar`, `.part2.rar` … or `.rar`, `.r00`, `.r01` …

Each volume has headers of its own, so what libarchive is given is one run of volumes as one stream: up to a
missing one, and from behind it on. What a run cannot give is said by whatever reads it. The names say the
order; that a file is a volume, and whether another follows, it says itself.
"""

import os
import re
import struct
import zlib
from contextlib import ExitStack
from typing import Any

from msgspec import Struct

from lapwing.scanning.beside import Beside
from lapwing.scanning.parts import Joined, size_of

_NEW = re.compile(rb"(?P<stem>.*\.part)(?P<number>\d{1,5})(?P<end>\.rar)\Z", re.I | re.S)
_OLD = re.compile(rb"(?P<stem>.*\.)(?P<end>rar|[r-z]\d\d)\Z", re.I | re.S)
_FOUR, _FIVE = b"Rar!\x1a\x07\x00", b"Rar!\x1a\x07\x01\x00"
_TAIL = 64  # bytes that have the last header of a volume
_LETTERS = b"rstuvwxyz"


class Run(Struct, frozen=True):
    """Volumes in a row from the one that is asked about on, and what is missing of the whole."""

    volumes: list[bytes]
    missing: list[bytes]  # of all of the archive, where this is the first volume that is there
    left: str | None  # why it is not all


def run_of(beside: Beside, head: bytes) -> Run | None:
    """The run that begins with a volume; None for what is none, one with no volumes where it is inside one.

    Raises OSError.
    """
    path = beside.at
    named = _named(path)
    if named is None or not _is_volume(head, named[1] - named[2]) or not beside.known:
        return None
    stem, number, first = named
    if any(_says_volume(beside, name, number - first - 1) for name in _before(path, number)):
        return Run([], [], None)
    volumes = [path]
    while _says_volume(beside, name := _name(path, number + len(volumes)), number - first + len(volumes)):
        volumes.append(name)
    there = _others(beside, stem, first)
    follows = number + len(volumes)
    last = max(*there, follows if _says_more(beside, volumes[-1]) else 0)
    gone = [_name(path, one) for one in range(first, last + 1) if one not in there]
    is_first = not any(_says_volume(beside, name, one - first) for one, name in there.items() if one < number)
    return Run(volumes, gone if is_first else [], _left(path, gone, follows if follows <= last else None))


def _left(path: bytes, gone: list[bytes], follows: int | None) -> str | None:
    """Why a run is not all of its archive."""
    if gone:
        return f"parts of it are missing, {os.fsdecode(os.path.basename(gone[0]))!r} the first"
    if follows is not None:
        return f"{os.fsdecode(os.path.basename(_name(path, follows)))!r} should go on with it, and does not"
    return None


def joined(run: Run, file: Any, beside: Beside) -> Joined:
    """A run as one stream, of which the first volume is open. Raises OSError."""
    with ExitStack() as opened:
        files = [file, *(opened.enter_context(beside.open(one)) for one in run.volumes[1:])]
        whole = Joined([(one, size_of(one)) for one in files], [])
        opened.pop_all()
    return whole


def number_and_flags(head: bytes) -> tuple[int, int]:
    """Which volume a RAR of version 5 says it is, from 0, and what it says of itself in its first header."""
    kind, flags, at = _begins(head, 12)
    if kind != 1:
        return 0, 0
    _, at = _read(head, at) if flags & 1 else (0, at)
    said, at = _read(head, at)
    return (_read(head, at)[0] if said & 2 else 0), said


def _is_volume(head: bytes, number: int) -> bool:
    """Whether a file that begins so is a volume, and not one that says it has another number, from 0."""
    if head.startswith(_FOUR):
        return bool(head[10:11]) and bool(head[10] & 1)
    said, flags = number_and_flags(head)
    return head.startswith(_FIVE) and bool(flags & 1) and said == number


def _says_volume(beside: Beside, path: bytes, number: int) -> bool:
    try:
        with beside.open(path) as file:
            return _is_volume(file.read(_TAIL), number)
    except OSError:
        return False


def _says_more(beside: Beside, path: bytes) -> bool:
    """Whether a volume says in its last header that another follows."""
    with beside.open(path) as file:
        five = file.read(len(_FIVE)) == _FIVE
        file.seek(max(0, size_of(file) - _TAIL))
        tail = file.read(_TAIL)
    for at in range(len(tail) - 7, -1, -1):
        said = _five_ends(tail[at:]) if five else _four_ends(tail[at:])
        if said is not None:
            return said
    return False


def _four_ends(block: bytes) -> bool | None:
    """What the last header of version 4 says; None for anything else."""
    crc, kind, flags, size = struct.unpack_from("<HBHH", block)
    right = kind == 0x7B and 7 <= size <= len(block) and zlib.crc32(block[2:size]) & 0xFFFF == crc
    return bool(flags & 1) if right else None


def _five_ends(block: bytes) -> bool | None:
    """What the last header of version 5 says; None for anything else."""
    size, body = block[4], block[4 : 5 + block[4]]
    if len(body) != 1 + size or size < 3 or struct.unpack_from("<I", block)[0] != zlib.crc32(body):
        return None
    kind, flags, at = _begins(body, 1)
    _, at = _read(body, at) if flags & 1 else (0, at)
    return bool(_read(body, at)[0] & 1) if kind == 5 else None


def _begins(head: bytes, at: int) -> tuple[int, int, int]:
    """The kind of a header of version 5 and its flags, behind its size, and where it goes on."""
    if at == 12:
        _, at = _read(head, at)
    kind, at = _read(head, at)
    flags, at = _read(head, at)
    return kind, flags, at


def _read(head: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, the highest for: there is more. And where it ends."""
    value = shift = 0
    while at < len(head) and shift < 35:
        value |= (head[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if not head[at - 1] & 0x80:
            break
    return value, at


def _named(path: bytes) -> tuple[bytes, int, int] | None:
    """What the names of its volumes begin with, its own number, and the first one's."""
    if (new := _NEW.match(path)) is not None:
        return new["stem"], int(new["number"]), 1
    if (old := _OLD.match(path)) is not None:
        return old["stem"], _old_number(old["end"]), 0
    return None


def _old_number(end: bytes) -> int:
    end = end.lower()
    return 0 if end == b"rar" else _LETTERS.index(end[:1]) * 100 + int(end[1:]) + 1


def _name(path: bytes, number: int) -> bytes:
    """What a later volume is called, or one that is missing."""
    if (new := _NEW.match(path)) is not None:
        return new["stem"] + b"%0*d" % (len(new["number"]), number) + new["end"]
    letter, rest = divmod(max(0, number - 1), 100)
    return path[:-3] + (b"%c%02d" % (_LETTERS[letter % 9], rest) if number else b"rar")


def _before(path: bytes, number: int) -> list[bytes]:
    """What the volume before may be called: the one before `part10` is `part09` or `part9`."""
    new = _NEW.match(path)
    if new is None or new["number"] != b"1" + b"0" * (len(new["number"]) - 1):
        return [_name(path, number - 1)] if number else []
    return [_name(path, number - 1), new["stem"] + b"%d" % (number - 1) + new["end"]]


def _others(beside: Beside, stem: bytes, first: int) -> dict[int, bytes]:
    """The files that lie beside a volume and are named like it, by number."""
    named = ((other, _named(other)) for other in beside.names())
    return {said[1]: other for other, said in named if said is not None and said[::2] == (stem, first)}

"""SQLite's write-ahead logs: what was written to a database last, and is not in its file yet.

What the log changes is put over a copy of the database in memory, as SQLite would (its file format's part 4):
the pages of every transaction that was ended, by the log's own salts. Its checksums are not worked out. The
cells that the database has as they are, are not listed again. The database is looked for beside the log.
"""

import os
import re
import sqlite3
import struct
from collections.abc import Iterator
from typing import BinaryIO

from lapwing.hashing.failures import CannotHash
from lapwing.scanning.beside import in_archive
from lapwing.scanning.databases import MARK, Cell, Database, cell_opened, cells_found, in_memory
from lapwing.scanning.found import BESIDE, Found, Locator, Step
from lapwing.scanning.parts import Kept, Opening, buffered, bytes_at, size_of

LOG = b"-wal"
NAMES = re.compile(rb"-wal\Z")
MARKS = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")
_HEADER, _FRAME = 32, 24
_PIECE = 1 << 20
_databases: Kept[Database] = Kept()


def is_log(name: bytes, head: bytes) -> bool:
    """Whether a file which begins so is a write-ahead log with something in it."""
    return head.startswith(MARKS) and len(head) > _HEADER


def walk_log(opening: Opening, outer: Locator, path: bytes) -> Iterator[Found]:
    """Every cell that the log changes, as it is then."""
    after = _after(opening, outer)
    before = Database(buffered(opening(_beside(opening, outer))))
    return cells_found(after, "wal", outer, path, lambda cell: not _same(before, after, cell))


def open_log(opening: Opening, outer: Locator, step: Step) -> BinaryIO:
    """One cell."""
    return cell_opened(_after(opening, outer), step)


def _same(before: Database, after: Database, cell: Cell) -> bool:
    """Whether the database itself has the very same there."""
    try:
        old, new = before.open(cell), after.open(cell)
        if size_of(old) != size_of(new):
            return False
        while piece := new.read(_PIECE):
            if old.read(len(piece)) != piece:
                return False
    except (sqlite3.Error, TypeError):  # it has no such row
        return False
    return True


def _after(opening: Opening, outer: Locator) -> Database:
    """The database as it is with the log."""

    def put_over() -> Database:
        log = buffered(opening(outer))
        database = buffered(opening(_beside(opening, outer)))
        content = in_memory(database)
        if not content.startswith(MARK):
            raise CannotHash("damaged", "what is beside it is no database")
        return Database(_put_over(content, log))

    return _databases.of(outer, put_over)


def _put_over(content: bytearray, log: BinaryIO) -> bytearray:
    page, salts = struct.unpack(">8xI4x8s8x", log.read(_HEADER).ljust(_HEADER, b"\0"))
    if page < 512 or page & (page - 1) or page > 65536:
        raise CannotHash("damaged", f"pages of {page} bytes")
    changed: dict[int, int] = {}  # where in the log the last of each page lies, of transactions that ended
    begun: dict[int, int] = {}
    count, at = len(content) // page, _HEADER
    end = size_of(log)
    while at + _FRAME + page <= end:  # one that breaks off was never ended
        number, ends_with, own = struct.unpack(">II8s8x", bytes_at(log, at, _FRAME))
        if own != salts:  # of before the log was begun anew
            break
        begun[number] = at + _FRAME
        if ends_with:
            changed |= begun
            begun, count = {}, ends_with
        at += _FRAME + page
    if count > len(content) // page + len(changed):  # a new page is in the log, or there is none
        raise CannotHash("damaged", f"the log says that there are {count} pages")
    content[count * page :] = b""
    content.extend(bytes(count * page - len(content)))
    for number, start in changed.items():
        if 0 < number <= count:
            content[(number - 1) * page : number * page] = bytes_at(log, start, page)
    return content


def _beside(opening: Opening, outer: Locator) -> Locator:
    """Where the database of a log is: in the same folder, here or in an image, or in the same archive."""
    *place, last = outer
    name = last.at.removesuffix(LOG)
    found: Locator | None = None
    if name != last.at and last.place == "folder":
        try:
            found = (Step("folder", name, os.stat(name, follow_symlinks=False).st_ino),)
        except OSError:
            found = None
    elif last.place == "image" and BESIDE in last.part:
        part, _, number = last.part.partition(BESIDE)
        found = (*place, Step("image", name, int(number), part))
    elif name != last.at:
        inside = in_archive(opening, outer)
        found = next((one.locator for one in inside if one.locator[-1].at == name), None)
    if found is None:
        raise CannotHash("partly_read", "the database that it belongs to is not to be found beside it")
    return found

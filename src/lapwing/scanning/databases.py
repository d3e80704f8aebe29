"""SQLite databases, of chats and of every other application: cells that are pictures, videos or files.

A database of this machine is opened as it lies, read-only and immutable: SQLite then takes no lock, writes no
journal, and leaves a write-ahead log alone. One that lies in a file is copied into memory. Its schema is a
stranger's: views, virtual tables and columns that are worked out are not asked, and how much SQLite may work
is counted in its own instructions, so that the same database comes to the same end everywhere.
"""

import io
import re
import sqlite3
from collections.abc import Callable, Iterator
from typing import BinaryIO

import msgspec
from msgspec import Struct

from lapwing.hashing.failures import CannotHash
from lapwing.scanning.found import Found, Locator, Step
from lapwing.scanning.parts import Budget, Kept, Opening, buffered, is_carried, part_of, size_of

NAMES = re.compile(rb"\.(?:db|db3|sqlite|sqlite3|sqlitedb|storedata)\Z", re.I)
MARK = b"SQLite format 3\0"
COPIED = 1 << 30  # bytes of a database that lies in a file
WORK = 2_000_000_000  # instructions, to list what is in one database
LOOK = 100_000  # of them between two looks at how many there were
OPENED = 200  # what opening a cell counts
HEAD = 1024  # bytes of a cell that tell what it is
_TABLES = "select name from sqlite_master where type = 'table' and rootpage > 0 order by name"
_SETTINGS = "trusted_schema = off", "query_only = on", "cell_size_check = on", "temp_store = memory"
_databases: Kept["Database"] = Kept()


class Cell(Struct, frozen=True, array_like=True):
    """Where a cell is: in a table without rowids, `row` is the number of its row."""

    table: str
    column: str
    row: int
    named: bool  # by a rowid


def is_database(name: bytes, head: bytes) -> bool:
    """Whether a file which begins so is an SQLite database."""
    return head.startswith(MARK)


def walk_database(opening: Opening, outer: Locator, path: bytes) -> Iterator[Found]:
    """Every cell that is a picture, a video or a file."""
    return cells_found(_opened(opening, outer), "sqlite", outer, path)


def cells_found(
    database: "Database",
    place: str,
    outer: Locator,
    path: bytes,
    wanted: Callable[[Cell], bool] = lambda cell: True,
) -> Iterator[Found]:
    """The cells that are carried, table by table, as items of a place; what cannot be read, at the end."""
    database.rest()
    budget = Budget(database.size)
    failed: list[str] = []
    for table in database.tables():
        try:
            for cell, size in database.cells(table):
                if not wanted(cell):
                    continue
                budget.take(size)
                below = f"{table}/{cell.row}/{cell.column}".encode("utf-8", "replace")
                step = Step(place, below, cell.row, msgspec.json.encode(cell).decode())
                yield Found(path=path + b"/" + below, locator=(*outer, step), parent=path, size=size)
        except sqlite3.Error as error:
            if database.tired:
                raise CannotHash("partly_read", f"from the table {table} on") from None
            failed.append(f"{table}: {error}")
    if failed:
        raise CannotHash("damaged", "; ".join(failed)[:500])


def open_database(opening: Opening, outer: Locator, step: Step) -> BinaryIO:
    """One cell."""
    return cell_opened(_opened(opening, outer), step)


def cell_opened(database: "Database", step: Step) -> BinaryIO:
    """The cell that a step leads to. Raises CannotHash."""
    database.rest()
    try:
        return database.open(msgspec.json.decode(step.part, type=Cell))
    except sqlite3.Error as error:
        raise CannotHash("damaged", str(error)) from error


def _opened(opening: Opening, outer: Locator) -> "Database":
    return _databases.of(outer, lambda: Database(buffered(opening(outer))))


class Database:
    """One database. `tired` is whether SQLite has worked as much for it as it may. Raises CannotHash."""

    def __init__(self, file: BinaryIO | bytearray) -> None:
        self.size = len(file) if isinstance(file, bytearray) else size_of(file)
        self._worked = 0
        # It stays open, so that its descriptor stays its own.
        self._file = None if isinstance(file, bytearray) else file
        try:
            self._connection = _connected(file)
            for setting in _SETTINGS:
                self._connection.execute(f"pragma {setting}")
        except sqlite3.Error as error:
            raise CannotHash("damaged", str(error)) from error
        self._connection.text_factory = lambda name: name.decode("utf-8", "replace")
        self._connection.set_progress_handler(self._look, LOOK)

    @property
    def tired(self) -> bool:
        """It is."""
        return self._worked > WORK

    def rest(self) -> None:
        """What is asked next may take as much work as anything."""
        self._worked = 0

    def _look(self) -> bool:
        self._worked += LOOK
        return self.tired

    def tables(self) -> list[str]:
        """Those that have rows of their own. Raises CannotHash where the schema cannot be read."""
        try:
            return [name for (name,) in self._connection.execute(_TABLES)]
        except sqlite3.Error as error:
            raise CannotHash("damaged", str(error)) from error

    def cells(self, table: str) -> Iterator[tuple[Cell, int]]:
        """Every cell of a table that is carried, with its size. Raises sqlite3.Error, also where it tires."""
        listed = self._connection.execute(f"pragma table_xinfo({_quoted(table)})").fetchall()
        columns = [row[1] for row in listed if row[6] == 0]  # not hidden, and not worked out
        named = self._has_rowids(table, {row[1].lower() for row in listed})
        for row, column, held in self._blobs(table, columns) if named else self._whole(table, columns):
            cell = Cell(table, column, row, named)
            if self.tired:
                raise sqlite3.OperationalError("too much work")
            with self.open(cell) if held is None else io.BytesIO(held) as content:
                if is_carried(content.read(HEAD)):
                    yield cell, size_of(content)

    def _has_rowids(self, table: str, columns: set[str]) -> bool:
        try:
            self._connection.execute(f"select rowid from {_quoted(table)} limit 0")  # noqa: S608
        except sqlite3.OperationalError:
            return False
        return "rowid" not in columns

    def _blobs(self, table: str, columns: list[str]) -> Iterator[tuple[int, str, None]]:
        """The rows and columns of blobs. None of their content is read for that."""
        kinds = [f"typeof({_quoted(column)})" for column in columns]
        some = " or ".join(f"{kind} = 'blob'" for kind in kinds)
        for row, *found in self._connection.execute(
            f"select rowid, {', '.join(kinds)} from {_quoted(table)} where {some}"  # noqa: S608
        ):
            yield from (
                (row, column, None) for column, kind in zip(columns, found, strict=True) if kind == "blob"
            )

    def _whole(self, table: str, columns: list[str]) -> Iterator[tuple[int, str, bytes]]:
        """The same of a table without rowids, whose blobs have no other handle: by the number of the row."""
        asked = f"select {', '.join(map(_quoted, columns))} from {_quoted(table)}"  # noqa: S608
        for number, found in enumerate(self._connection.execute(asked)):
            yield from (
                (number, column, held)
                for column, held in zip(columns, found, strict=True)
                if isinstance(held, bytes)
            )

    def open(self, cell: Cell) -> BinaryIO:
        """A cell for reading; where it has a rowid, without all of it in memory."""
        self._worked += OPENED
        if cell.named:
            blob = self._connection.blobopen(cell.table, cell.column, cell.row, readonly=True)
            return part_of(blob, 0, len(blob))
        asked = f"select {_quoted(cell.column)} from {_quoted(cell.table)} limit 1 offset ?"  # noqa: S608
        return io.BytesIO(self._connection.execute(asked, (cell.row,)).fetchone()[0])


def _connected(file: BinaryIO | bytearray) -> sqlite3.Connection:
    """The database where it lies, if it is a file of this machine; else a copy of it in memory."""
    if isinstance(file, bytearray):
        file[18:20] = b"\1\1"  # it has no write-ahead log: one in memory cannot have one
        connection = sqlite3.connect(":memory:", isolation_level=None)
        connection.deserialize(file)
        return connection
    try:
        where = f"file:/proc/self/fd/{file.fileno()}?mode=ro&immutable=1"
    except OSError:  # it has no descriptor
        return _connected(in_memory(file))
    return sqlite3.connect(where, uri=True, isolation_level=None)


def in_memory(file: BinaryIO) -> bytearray:
    """All of a database, in memory once. Raises CannotHash."""
    if (size := size_of(file)) > COPIED:
        raise CannotHash("too_large", f"a database of {size} bytes that is to be copied")
    content = bytearray(size)
    view, at = memoryview(content), 0
    while at < size and (read := file.readinto(view[at:])):  # type: ignore[attr-defined]
        at += read
    return content


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

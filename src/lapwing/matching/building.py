"""Lists from the texts they come as: one hash a line, or one column of a CSV. Memory stays flat."""

import csv
import hashlib
import heapq
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from lapwing.hashing import DIGESTS
from lapwing.matching.list_file import write_list

RUN = 500_000  # hashes sorted in memory at once, some 40 MB
_BY_LENGTH = {kind.size * 2: name for name, kind in DIGESTS.items()}
_EMPTY = {hashlib.new(name, usedforsecurity=False).digest() for name in DIGESTS}


class BadLine(Struct, frozen=True):
    """A line that is not a hash: its number, from 1, and what is wrong. Its text is not repeated."""

    number: int
    sentence: str

    def __str__(self) -> str:
        return f"line {self.number}: {self.sentence}"


def hashes_in(
    lines: Iterable[str], *, column: int | str | None = None, only: str | None = None
) -> Iterator[tuple[str, bytes] | BadLine]:
    """The hashes of a text, as (kind, raw hash), and each line that is none.

    `column`: which column of a CSV, by number from 1 or by the name in its first line; None is a line as it
    is. `only`: the one kind of hash there may be. Empty lines and those beginning with # are passed over.
    """
    for number, text in _cells(lines, column):
        if text is None:
            yield BadLine(number, "it does not have that column")
        elif text and not text.startswith("#"):
            yield _hash(number, text.lower(), only)


def _hash(number: int, text: str, only: str | None) -> tuple[str, bytes] | BadLine:
    kind = _BY_LENGTH.get(len(text))
    if kind is None or not text.isascii() or not text.isalnum():
        return BadLine(number, "it is not an MD5, SHA-1 or SHA-256 in hexadecimal")
    if only is not None and kind != only:
        return BadLine(number, f"it is {kind}, and the list is of {only}")
    try:
        value = bytes.fromhex(text)
    except ValueError:
        return BadLine(number, "it is not hexadecimal")
    if value in _EMPTY:
        return BadLine(number, "it is the hash of an empty file, which every empty file would match")
    return kind, value


def _cells(lines: Iterable[str], column: int | str | None) -> Iterator[tuple[int, str | None]]:
    if column is None:
        for number, line in enumerate(lines, 1):
            yield number, line.strip()
        return
    rows = csv.reader(lines)
    place = column - 1 if isinstance(column, int) else None
    for row in rows:
        if place is None:
            place = row.index(str(column)) if column in row else len(row)
            if place == len(row):
                yield rows.line_num, None
                return
        elif row:
            yield rows.line_num, row[place].strip() if place < len(row) else None


class Building:
    """Gathers hashes of every kind, and writes a list for each kind there was."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._kinds: dict[str, _Runs] = {}

    def add(self, hash_type: str, value: bytes) -> None:
        """Take one raw hash."""
        if hash_type not in self._kinds:
            self._kinds[hash_type] = _Runs(DIGESTS[hash_type].size)
        self._kinds[hash_type].add(value)

    def write(self, folder: Path) -> list[Path]:
        """Write the lists. Raises BadList for the name, OSError."""
        return [
            write_list(folder, self._name, kind, runs.sorted()) for kind, runs in sorted(self._kinds.items())
        ]

    def close(self) -> None:
        """Let go of what was put aside."""
        for runs in self._kinds.values():
            runs.stack.close()


class _Runs:
    """Hashes sorted in runs that wait in temporary files."""

    def __init__(self, size: int) -> None:
        self.stack = ExitStack()
        self._size = size
        self._run: list[bytes] = []
        self._files: list[BinaryIO] = []

    def add(self, value: bytes) -> None:
        self._run.append(value)
        if len(self._run) >= RUN:
            file: BinaryIO = self.stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 (the stack has it)
            file.write(b"".join(sorted(self._run)))
            self._files.append(file)
            self._run = []

    def sorted(self) -> Iterator[bytes]:
        return heapq.merge(sorted(self._run), *(self._read(file) for file in self._files))

    def _read(self, file: BinaryIO) -> Iterator[bytes]:
        file.seek(0)
        while value := file.read(self._size):
            yield value

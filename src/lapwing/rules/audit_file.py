"""An exported audit, line by line: how it is spelt, and everything that can be wrong with one.

A header line, a row a line in order of position, and a footer line with the SHA-256 of every byte before it.
Each line is the one spelling of its content, so that a changed space is found as surely as a changed name.
What this cannot find is a file made again from the start with other rows: for that, keep the head somewhere
else and give it to `Checker(head=…)`.
"""

import hashlib
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import TypeVar

import msgspec
from msgspec import Struct

from lapwing.rules.audit_chain import FIELDS, GENESIS, chain_hash

T = TypeVar("T")
FORMAT, VERSION = "lapwing-audit", 1
_encode = msgspec.json.Encoder().encode


class Header(Struct, frozen=True, forbid_unknown_fields=True):
    """The first line: what the file says it holds."""

    format: str
    version: int
    count: int  # rows, from position 1
    head: str  # the hash of the last row
    exported_at: str


class Row(Struct, frozen=True, forbid_unknown_fields=True):
    """One row of the audit, as the chain hashes it, with its hash."""

    position: int
    at: str
    by: str
    role: str
    organisation: str
    action: str
    about: str
    to: str
    why: str
    old: str
    new: str
    policy: str
    previous: str
    hash: str


class Footer(Struct, frozen=True, forbid_unknown_fields=True):
    """The last line: that this is the end, and the digest of all that came before it."""

    end: str
    count: int
    head: str
    sha256: str


class Fault(Struct, frozen=True):
    """Something wrong: the line it was seen on (from 1), the position of its row if any, and a sentence."""

    line: int
    position: int | None
    sentence: str

    def __str__(self) -> str:
        row = f", position {self.position}" if self.position is not None else ""
        return f"line {self.line}{row}: {self.sentence}"


def written(rows: Iterable[Row], *, count: int, head: str, exported_at: str) -> Iterator[bytes]:
    """The lines of an export, each with its line feed. `rows`: the `count` rows from position 1 to `head`."""
    digest = hashlib.sha256()
    for part in chain([Header(FORMAT, VERSION, count, head, exported_at)], rows):
        line = _encode(part) + b"\n"
        digest.update(line)
        yield line
    yield _encode(Footer(FORMAT, count, head, digest.hexdigest())) + b"\n"


class NotAnExport(Exception):
    """The file is not an exported audit, or of a version this Lapwing does not know."""


class Checker:
    """Reads the lines of an export once, in order. `faults()` yields all that is wrong; then ask the rest.

    `head`: a hash noted elsewhere, which must be the hash of a row of the file.
    `after`: (count, head) of an earlier export, which must be a beginning of this one.
    """

    def __init__(
        self, lines: Iterable[bytes], *, head: str | None = None, after: tuple[int, str] | None = None
    ) -> None:
        self.lines = lines
        self.noted = head
        self.after = after
        self.count = 0  # rows read
        self.head = GENESIS  # of the last row read
        self.noted_at: int | None = 0 if head == GENESIS else None
        self._expected = 1
        self._after_seen = after is None or after == (0, GENESIS)

    def faults(self) -> Iterator[Fault]:
        """Everything wrong with the file, in order. Raises NotAnExport when it is some other thing."""
        lines = iter(self.lines)
        begun = list(islice(lines, 3))  # three: a line feed put into the header makes two lines of it
        header = _header(begun[0]) if begun else None
        if header is None and not any(_row(line) or _footer(line) for line in begun):
            raise NotAnExport("none of its first three lines is one of an exported audit")
        lines = chain(begun, lines)
        first, second = next(lines), next(lines, b"")
        digest = hashlib.sha256(first)
        if header is None:
            yield Fault(1, None, "the header line is missing or changed")
            yield from self._row(1, first)
        number, last = 2, second
        for line in lines:
            digest.update(last)
            yield from self._row(number, last)
            number, last = number + 1, line
        yield from self._end(number, last, header, digest.hexdigest())

    def _row(self, number: int, line: bytes) -> Iterator[Fault]:
        row = _row(line)
        if row is None:
            yield Fault(number, None, "this line is not a row of the audit as it was written")
            return
        if row.position > self._expected:
            last = row.position - 1
            span = f"position {last}" if last == self._expected else f"positions {self._expected} to {last}"
            yield Fault(number, row.position, f"{span} should come before this row: removed or moved")
        elif row.position < self._expected:
            yield Fault(number, row.position, "this row is out of its order: inserted, repeated or moved")
        if chain_hash({name: getattr(row, name) for name in FIELDS}) != row.hash:
            yield Fault(number, row.position, "this row was changed: its content does not give its hash")
        if row.previous != self.head:
            yield Fault(
                number, row.position, "this row does not follow the one before it: its link is to another"
            )
        self.count, self.head, self._expected = self.count + 1, row.hash, row.position + 1
        if row.hash == self.noted:
            self.noted_at = row.position
        if self.after == (row.position, row.hash):
            self._after_seen = True

    def _end(self, number: int, last: bytes, header: Header | None, digest: str) -> Iterator[Fault]:
        footer = _footer(last)
        if footer is None:
            yield from self._row(number, last)
            yield Fault(
                number, None, "the footer line is missing or changed: the file was cut short or added to"
            )
        elif footer.sha256 != digest:
            yield Fault(number, None, "the bytes before the footer are not those it was written over")
        for part, name in ((header, "header"), (footer, "footer")):
            if part and (part.count, part.head) != (self.count, self.head):
                yield Fault(
                    number,
                    None,
                    f"the {name} promises {part.count} rows and the head {part.head}; "
                    f"the file holds {self.count} and ends with {self.head}",
                )
        if self.noted is not None and self.noted_at is None:
            yield Fault(number, None, f"no row has the noted head {self.noted}: this is not that audit grown")
        if self.after is not None and not self._after_seen:
            yield Fault(
                number,
                self.after[0],
                f"the earlier export ended here with the hash {self.after[1]}; this file does not have it",
            )


def _header(line: bytes) -> Header | None:
    header = _decoded(line, Header)
    if header and header.format == FORMAT and header.version != VERSION:
        raise NotAnExport(f"it is of version {header.version}; this Lapwing knows version {VERSION}")
    return header if header and header.format == FORMAT else None


def _row(line: bytes) -> Row | None:
    return _decoded(line, Row)


def _footer(line: bytes) -> Footer | None:
    footer = _decoded(line, Footer)
    return footer if footer and footer.end == FORMAT else None


def _decoded(line: bytes, kind: type[T]) -> T | None:
    """The line as `kind`, or None unless it is exactly how that content is written."""
    try:
        value = msgspec.json.decode(line, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return value if _encode(value) + b"\n" == line else None

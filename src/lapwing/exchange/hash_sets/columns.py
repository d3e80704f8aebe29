"""Lists as text: a hash a line, or columns. Which column holds what is declared, never guessed.

The IWF's layout is not public, so its lists are read by a declared mapping. python-threatexchange's CSV says
in its first line what it is.
"""

import csv
from collections.abc import Iterable
from typing import BinaryIO

from msgspec import Struct

from lapwing.exchange.hash_sets.form import Entries, HashSet
from lapwing.exchange.hash_sets.lines import lines_of
from lapwing.exchange.hash_sets.url_lines import AS_WRITTEN, UrlMeaning
from lapwing.exchange.unreadable import Unreadable
from lapwing.hashing import DIGESTS, HASH_TYPES
from lapwing.matching.listed import BadRecord, ListedFile, value_of

# By the digits of a bare hash. Digests alone: 64 digits are never taken for a PDQ.
_BY_LENGTH = {2 * kind.size: name for name, kind in DIGESTS.items()}
_SIGNALS = {"pdq": "pdq", "video_md5": "md5"}  # python-threatexchange's names of what is a hash here
_OWN_COLUMNS = ["collab", "signal_type", "signal_str", "category", "tags"]
_YES = {"1", "true", "yes", "y", "deleted", "withdrawn", "removed"}
BY_LENGTH = "hash"  # a column of hashes of several kinds, each told by its length
URL, MATCH = "url", "match"  # a column of URLs, and one that says how each matches
OTHER_FIELDS = (BY_LENGTH, URL, MATCH, "identity", "category", "media", "withdrawn")


class Mapping(Struct, frozen=True):
    """Which column holds what: by kind of hash, or one of OTHER_FIELDS; the column by its name in the first
    line, or by its number from 1 where no line names them.
    """

    columns: dict[str, str | int]
    dialect: str = ""
    delimiter: str = ","
    urls: UrlMeaning = AS_WRITTEN

    def check(self) -> None:
        """Raises ValueError for a field that there is not, and where no column holds a hash or a URL."""
        self.urls.check()
        unknown = sorted(set(self.columns) - set(HASH_TYPES) - set(OTHER_FIELDS))
        if unknown:
            raise ValueError(f"there is no field {unknown[0]!r}: {', '.join([*HASH_TYPES, *OTHER_FIELDS])}")
        if not set(self.columns) & {*HASH_TYPES, BY_LENGTH, URL}:
            raise ValueError("a column must hold a hash or a URL")
        if MATCH in self.columns and URL not in self.columns:
            raise ValueError("a column says how URLs match, and none holds them")
        if len(self.delimiter) != 1:
            raise ValueError("the delimiter is one character")
        if len({isinstance(column, int) for column in self.columns.values()}) > 1:
            raise ValueError("give every column by its name, or every column by its number")


def read_plain(stream: BinaryIO, only: str | None = None) -> Entries:
    """A hash a line, of the kind `only` or else told by its length. Empty lines and # are passed over."""
    for number, line in enumerate(lines_of(stream), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        try:
            yield ListedFile(_by_length(text) if only is None else {only: value_of(only, text)})
        except ValueError as error:
            yield BadRecord(f"line {number}", str(error))


def _by_length(text: str) -> dict[str, bytes]:
    kind = _BY_LENGTH.get(len(text))
    if kind is None and any(one in text for one in ",;\t"):
        raise ValueError("it is a row of a table: declare which column holds what (--column pdq=NAME)")
    if kind is None:
        raise ValueError("it is not an MD5, SHA-1 or SHA-256 in hexadecimal")
    return {kind: value_of(kind, text)}


def read_columns(stream: BinaryIO, mapping: Mapping) -> Entries:
    """Rows by a declared mapping. Raises ValueError for one that cannot be, Unreadable."""
    mapping.check()
    rows = csv.reader(lines_of(stream), delimiter=mapping.delimiter, strict=False)
    places = {field: column - 1 for field, column in mapping.columns.items() if isinstance(column, int)}
    try:
        if not places:
            places = _named(next(rows, []), mapping.columns)
        for row in rows:
            if any(cell.strip() for cell in row):
                yield _row(row, places, mapping, f"line {rows.line_num}")
    except csv.Error as error:
        raise Unreadable(f"It is not a table: {error}.", f"line {rows.line_num}") from None


def _named(heading: list[str], columns: dict[str, str | int]) -> dict[str, int]:
    names = [name.strip() for name in heading]
    for column in columns.values():
        if column not in names:
            raise Unreadable(f"No column is called {str(column)[:60]!r}.", "line 1")
    return {field: names.index(str(column)) for field, column in columns.items()}


def _row(row: list[str], places: dict[str, int], mapping: Mapping, where: str) -> ListedFile | BadRecord:
    if len(row) <= max(places.values()):
        return BadRecord(
            where, f"it has {len(row)} columns, and column {max(places.values()) + 1} is asked for"
        )
    said = {field: row[place].strip() for field, place in places.items()}
    withdrawn = said.get("withdrawn", "").casefold() in _YES
    by_name = withdrawn and said.get("identity")
    try:
        hashes = {kind: value_of(kind, said[kind]) for kind in HASH_TYPES if said.get(kind)}
        hashes |= _by_length(said[BY_LENGTH]) if said.get(BY_LENGTH) else {}
        if said.get(URL):
            hashes |= mapping.urls.hashes(said[URL], said.get(MATCH, ""), withdrawn=withdrawn)
    except ValueError as error:
        if not by_name:
            return BadRecord(where, str(error))
        hashes = {}  # what is withdrawn by its name goes, however badly the rest of its row is written
    if not hashes and not by_name:
        return BadRecord(where, "it has no URL" if URL in places else "it has no hash")
    return ListedFile(
        hashes=hashes,
        identity=said.get("identity", "")[:200],
        category=said.get("category", "")[:200],
        dialect=mapping.dialect,
        media=said.get("media", "").lower() if said.get("media", "").lower() in ("image", "video") else "",
        withdrawn=withdrawn,
    )


def _read_threatexchange(stream: BinaryIO) -> Entries:
    """python-threatexchange's dataset as CSV. An opinion that a hash is not what it seems withdraws it."""
    rows = csv.DictReader(lines_of(stream))
    if rows.fieldnames != _OWN_COLUMNS:
        raise Unreadable(f"Its first line is not {','.join(_OWN_COLUMNS)}.", "line 1")
    for row in rows:
        where, kind = f"line {rows.line_num}", _SIGNALS.get(row["signal_type"] or "")
        if kind is None:
            yield BadRecord(where, f"a signal {str(row['signal_type'])[:40]!r} is not a hash of a file")
            continue
        try:
            value = value_of(kind, row["signal_str"] or "")
        except ValueError as error:
            yield BadRecord(where, str(error))
            continue
        category = (row["category"] or "")[:200]
        yield ListedFile(
            hashes={kind: value},
            category=category,
            dialect="threatexchange",
            media="video" if kind == "md5" else "image",
            withdrawn=category == "NEGATIVE_CLASS",
        )


def write_plain(kind: str, entries: Iterable[ListedFile], stream: BinaryIO) -> int:
    """The hashes of one kind, a line each, of entries that stand. Returns how many."""
    number = 0
    for entry in entries:
        if not entry.withdrawn and kind in entry.hashes:
            stream.write(HASH_TYPES[kind].text(entry.hashes[kind]).encode() + b"\n")
            number += 1
    return number


PLAIN = HashSet("plain", lambda head: False, read_plain)  # any text may be one: it is asked for by name
THREATEXCHANGE = HashSet(
    "threatexchange", lambda head: head.startswith(",".join(_OWN_COLUMNS).encode()), _read_threatexchange
)

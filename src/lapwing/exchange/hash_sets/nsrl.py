"""NIST's NSRL Reference Data Set: hashes of files of published software, as text (RDS 2) and SQLite (RDS 3).

They are files that are known, which is not to say good: what is on such a list is set aside, and nothing else
is concluded. Of the text the SHA-1 is taken, of SQLite the SHA-256: by an MD5, or by a SHA-1 where there is a
better one, somebody could make a file that passes for another. Layout: the header line of NSRLFile.txt, and
the schema that comes with RDS 3 (FILE: sha256, sha1, md5, file_name, file_size, package_id; a table in the
minimal sets, a view in the full ones).
"""

import csv
import sqlite3
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from lapwing.exchange.hash_sets.form import Entries, HashSet
from lapwing.exchange.hash_sets.lines import lines_of
from lapwing.exchange.unreadable import Unreadable
from lapwing.hashing import DIGESTS
from lapwing.matching.listed import BadRecord, ListedFile, raw

DIALECT = "nsrl"
_HEADER = b'"SHA-1",'
_SQLITE = b"SQLite format 3\0"


def _read_text(stream: BinaryIO) -> Entries:
    rows = csv.reader(lines_of(stream))
    heading = next(rows, [])
    if "SHA-1" not in heading or "FileName" not in heading:
        raise Unreadable("Its first line is not that of an NSRLFile.txt.", "line 1")
    place = heading.index("SHA-1")
    last = ""
    try:
        for row in rows:
            value = row[place] if len(row) > place else ""
            if value != last:  # one line for each product that a file is in, those of one file together
                yield from _entry("sha1", value, f"line {rows.line_num:,}")
            last = value
    except csv.Error as error:
        raise Unreadable(f"It is not a table: {error}.", f"line {rows.line_num}") from None


def _read_sqlite(stream: BinaryIO) -> Entries:
    """From the file itself: a database is no stream."""
    path = Path(str(getattr(stream, "name", ""))).absolute()
    if not path.is_file():
        raise Unreadable("It is a database, and can only be read from a file.")
    try:
        database = sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)
        try:
            for number, (value,) in enumerate(database.execute("select distinct sha256 from FILE"), 1):
                yield from _entry("sha256", str(value), f"row {number:,}")
        finally:
            database.close()
    except sqlite3.Error as error:
        raise Unreadable(f"It is not an RDS 3 database: {error}.") from None


def _entry(kind: str, text: str, where: str) -> Entries:
    try:
        value = raw(kind, text)
    except ValueError as error:
        yield BadRecord(where, str(error))
        return
    if value != DIGESTS[kind].new().digest():  # every empty file is the same, and none is worth setting aside
        yield ListedFile({kind: value}, dialect=DIALECT)


NSRL_TEXT = HashSet("nsrl-text", lambda head: head.startswith(_HEADER), _read_text, harmless=True)
NSRL = HashSet("nsrl", lambda head: head.startswith(_SQLITE), _read_sqlite, harmless=True)

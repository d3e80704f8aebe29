"""A scan's state: one SQLite file beside the results. What is in it is done, however the scan ended."""

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from lapwing.hashing.failures import Failure
from lapwing.matching import Match
from lapwing.scanning.found import Found, packed
from lapwing.scanning.phases import Phase, first_phase, rank_of

VERSION = 4  # of the tables, and of what their rows mean: one of another would list files twice
_TABLES = """
create table note (name text primary key, value text not null) without rowid;
create table item (
    id integer primary key, locator blob not null unique, path blob not null, parent blob,
    size integer, inode integer, deleted integer, rewritten integer not null, times text not null,
    excluded text, phase integer, rank integer not null, walked integer not null default 0,
    kind text, type text, md5 text, sha1 text, sha256 text, modified_ns integer,
    pdq blob, quality integer, turned blob, vpdq text, photodna blob, facts text, reason text, detail text
);
create index item_waiting on item (phase, rank, inode, id) where phase is not null;
create table hit (
    item integer not null references item, list text not null, version integer not null, type text not null,
    value text not null, distance integer not null, identity text not null, category text not null,
    dialect text not null, shared real, listed text not null, way integer not null
);
create index hit_item on hit (item);
create table grade (
    sha256 text not null, category text not null, dialect text not null, by text not null, at text not null,
    primary key (sha256, dialect, by)
) without rowid;
"""
_IN_ORDER = """
select id, locator, path, phase, rank, walked, coalesce(size, 0), modified_ns, sha256, type from item
where phase {} ? order by phase, rank, inode, id limit ?
"""
_DATABASE = b"SQLite format 3\0"
_PHASES = {int(phase): phase for phase in Phase}  # to ask the class takes ten times as long, for every file
_TEXT = msgspec.json.Encoder(order="deterministic")


class Waiting(Struct, frozen=True):
    """Something that is to be done with a file."""

    id: int
    locator: bytes
    path: bytes
    phase: Phase
    rank: int
    walked: bool
    size: int
    modified_ns: int | None
    sha256: str | None
    type: str | None


class Known(Struct, frozen=True):
    """What a file was found to be, as columns: those that are None keep what they have."""

    id: int
    phase: Phase | None
    rank: int
    walked: bool
    kind: str | None = None
    type: str | None = None
    md5: str | None = None
    sha1: str | None = None
    sha256: str | None = None
    size: int | None = None
    modified_ns: int | None = None
    pdq: bytes | None = None
    quality: int | None = None
    turned: bytes | None = None
    vpdq: str | None = None
    photodna: bytes | None = None
    facts: str | None = None
    excluded: str | None = None
    failure: Failure | None = None


class Hit(Struct, frozen=True):
    """A file is on a list. `way` is which of the eight ways it lies, where turned ones were asked for."""

    item: int
    match: Match
    way: int = 0


def tables_of(path: Path) -> set[str] | None:
    """The tables in the file that a state is to be in; None where it is no database. Nothing is changed.

    None of them, where it is not there or is of a scan that was killed before it had any.
    """
    try:
        with path.open("rb") as stream:
            begins = stream.read(len(_DATABASE))
    except FileNotFoundError:
        return set()
    if begins != _DATABASE:
        return None if begins else set()
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        return {name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")}
    except sqlite3.DatabaseError:
        return set()
    finally:
        connection.close()


class State:
    """The state of one scan. It is changed in a `with`: all that is changed there is kept, or none of it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("pragma journal_mode = wal")
        self._connection.execute("pragma synchronous = normal")
        self._connection.execute("pragma cache_size = -32000")  # KiB: memory stays flat however much is found
        (version,) = self._connection.execute("pragma user_version").fetchone()
        if version == 0:
            self._connection.executescript(f"begin; {_TABLES} pragma user_version = {VERSION}; commit;")
            self._connection.execute("pragma wal_checkpoint")  # so that `tables_of` sees whose it is
        elif version != VERSION:
            raise ValueError(f"{path} is of another version of Lapwing ({version}, not {VERSION})")

    def __enter__(self) -> "State":
        self._connection.execute("begin immediate")
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._connection.execute("rollback" if kind else "commit")

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def note(self, name: str) -> str | None:
        """What was written down under a name."""
        row = self._connection.execute("select value from note where name = ?", (name,)).fetchone()
        return row[0] if row else None

    def write_note(self, name: str, value: str) -> None:
        """Write it down, in the place of what was there."""
        self._connection.execute("insert or replace into note values (?, ?)", (name, value))

    def add(self, found: Iterable[Found], *, source: bool = False) -> int:
        """Keep what was found, once: what is there already stays as it is. Returns how many were new."""
        before = self._connection.total_changes
        self._connection.executemany(
            "insert or ignore into item (locator, path, parent, size, inode, deleted, rewritten, times,"
            " excluded, phase, rank, reason, detail) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (_row(one, Phase.SOURCE if source else first_phase(one)) for one in found),
        )
        return self._connection.total_changes - before

    def waiting(self, most: int, without: Collection[int]) -> list[Waiting]:
        """What is next in order, and of one phase only."""
        first = self._connection.execute(
            "select phase from item where phase is not null order by phase limit 1"
        ).fetchone()
        if first is None:
            return []
        found = self._in_order("=", first[0], most + len(without))
        if found and all(one.id in without for one in found):  # all of a phase is being done: of the next one
            found = self._in_order(">", first[0], most + len(without))
        return [one for one in found if one.id not in without and one.phase == found[0].phase][:most]

    def _in_order(self, compared: str, phase: int, most: int) -> list[Waiting]:
        rows = self._connection.execute(_IN_ORDER.format(compared), (phase, most))
        return [Waiting(row[0], row[1], row[2], _PHASES[row[3]], *row[4:]) for row in rows]

    def keep(self, known: Iterable[Known]) -> None:
        """Keep what files were found to be."""
        self._connection.executemany(
            "update item set phase = ?, rank = ?, walked = ?, kind = coalesce(?, kind),"
            " type = coalesce(?, type),"
            " md5 = coalesce(?, md5), sha1 = coalesce(?, sha1), sha256 = coalesce(?, sha256),"
            " size = coalesce(?, size), modified_ns = coalesce(?, modified_ns), pdq = coalesce(?, pdq),"
            " quality = coalesce(?, quality), turned = coalesce(?, turned), vpdq = coalesce(?, vpdq),"
            " photodna = coalesce(?, photodna), facts = coalesce(?, facts), excluded = coalesce(?, excluded),"
            " reason = coalesce(?, reason), detail = coalesce(?, detail) where id = ?",
            map(_known_row, known),
        )

    def hit(self, hits: Iterable[Hit]) -> None:
        """Keep what is on lists."""
        self._connection.executemany(
            "insert into hit values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", map(_hit_row, hits)
        )

    def forget_hits(self) -> None:
        """Lists have changed: what was found on them is looked for again."""
        self._connection.execute("delete from hit")

    def bring_back(self, phase: Phase) -> None:
        """What was set aside as harmless and is on a list now is no longer set aside."""
        self._connection.execute(
            "update item set excluded = null, phase = ? where excluded = 'known_good'"
            " and id in (select item from hit)",
            (phase,),
        )

    def run(self, statements: str) -> None:
        """Statements without values, one after the other."""
        for statement in filter(str.strip, statements.split(";")):
            self._connection.execute(statement)

    def many(self, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
        """One statement for each of many rows."""
        self._connection.executemany(statement, rows)

    def rows(self, question: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """The rows of a question, one after the other."""
        return iter(self._connection.execute(question, values))


def _row(found: Found, phase: Phase | None) -> tuple[object, ...]:
    failure = found.failure
    return (
        packed(found.locator),
        found.path,
        found.parent,
        found.size,
        found.inode,
        found.deleted,
        found.rewritten,
        _TEXT.encode(found.times).decode(),
        found.excluded,
        phase,
        rank_of(found),
        failure.reason if failure else None,
        failure.detail if failure else None,
    )


def _known_row(known: Known) -> tuple[object, ...]:
    failure = known.failure
    return (
        known.phase,
        known.rank,
        known.walked,
        known.kind,
        known.type,
        known.md5,
        known.sha1,
        known.sha256,
        known.size,
        known.modified_ns,
        known.pdq,
        known.quality,
        known.turned,
        known.vpdq,
        known.photodna,
        known.facts,
        known.excluded,
        failure.reason if failure else None,
        failure.detail if failure else None,
        known.id,
    )


def _hit_row(hit: Hit) -> tuple[object, ...]:
    one = hit.match
    said = (one.identity, one.category, one.dialect, one.shared, one.listed)
    value = "" if one.hash_type == "vpdq" else one.value  # the frames are the item's own
    return (hit.item, one.list_name, one.version, one.hash_type, value, one.distance, *said, hit.way)

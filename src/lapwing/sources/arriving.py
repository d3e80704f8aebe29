"""A document, or all the pages of one, downloaded into a folder and proved."""

import hashlib
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urljoin, urlsplit, urlunsplit

import msgspec
from msgspec import Struct

from lapwing.exchange.hash_sets.ncmec_sharing import read_page
from lapwing.exchange.hash_sets.reading import Reading
from lapwing.exchange.instants import earliest, later
from lapwing.exchange.unreadable import Unreadable
from lapwing.matching.listed import BadRecord, ListedFile
from lapwing.policy.topics import ListSourcesVersion
from lapwing.sources.configured import MIB, Source
from lapwing.sources.downloading import Downloaded, NotFetched, download
from lapwing.sources.proving import prove
from lapwing.sources.standing import Standing

MOST_PAGES = 100_000

Wait = Callable[[float], None]


class Arrived(Struct, frozen=True):
    """What came: pages in a folder, in order of name. `unchanged`: nothing did, it is what was had before.

    `made` is when it was made, as its publisher signed, or else as the server says; None where nobody does.
    """

    sha256: str = ""
    etag: str = ""
    made: datetime | None = None
    latest: str = ""  # of a paged source: its latest entry's time, as the server gave it
    unchanged: bool = False


class Coming:
    """The entries of what came that can be taken, as they pass; the others are counted, the first is named.

    Iterating raises Unreadable for what is not what it should be, or where nothing can be taken.
    """

    def __init__(self, source: Source, folder: Path) -> None:
        self._source = source
        self._folder = folder
        self.bad: BadRecord | None = None
        self.number_bad = 0
        self.number = 0

    def __iter__(self) -> Iterator[ListedFile]:
        for path in sorted(self._folder.iterdir()):
            with path.open("rb") as stream:
                yield from self._page(stream) if self._source.kind == "ncmec" else self._document(stream)
        if self.number_bad and not self.number:
            raise Unreadable(f"nothing in it can be taken, the first being {self.bad}")

    def _page(self, stream: BinaryIO) -> Iterator[ListedFile]:
        for found in read_page(stream).entries:
            if isinstance(found, ListedFile):
                self.number += 1
                yield found
            else:
                self.number_bad += 1
                self.bad = self.bad or found

    def _document(self, stream: BinaryIO) -> Iterator[ListedFile]:
        source = self._source
        reading = Reading(
            stream,
            form=source.format or None,
            mapping=source.mapping,
            kind=source.type or None,
            skip=True,
            urls=source.urls,
        )
        for entry in reading:
            self.number += 1
            yield entry
        self.number_bad = reading.number_bad
        self.bad = reading.bad[0] if reading.bad else None


def arrive(
    source: Source, before: Standing, folder: Path, version: ListSourcesVersion, wait: Wait
) -> Arrived:
    """Fetch what a source has now; nothing, where the server knows it by `before.etag`.

    Raises NotFetched, BadSources, Unreadable, OSError.
    """
    if source.kind == "ncmec":
        return _pages(source, before, folder, version, wait)
    got = _tried(source, source.address, folder / page_name(1), version, wait, etag=before.etag)
    return Arrived(got.sha256, got.etag, got.made, unchanged=got.unchanged)


def page_name(number: int) -> str:
    """The name of a page's file: they sort as they came."""
    return f"{number:08}.page"


def _pages(
    source: Source, before: Standing, folder: Path, version: ListSourcesVersion, wait: Wait
) -> Arrived:
    """Every page of the window that begins a while before the latest entry that is known."""
    address = source.address.replace("{since}", window(source, before.since))
    address = address.replace("{until}", _wire(datetime.fromisoformat(before.tried_at)))
    seen: set[str] = set()
    latest, size = before.since, 0
    until = time.monotonic() + source.longest_seconds
    while address not in seen:
        seen.add(address)
        if len(seen) > MOST_PAGES or time.monotonic() > until:
            raise NotFetched(f"its pages do not end: {len(seen):,} were read")
        path = folder / page_name(len(seen))
        size += _tried(source, address, path, version, wait).size
        if size > source.largest_mib * MIB:
            raise NotFetched(f"its pages have more than {source.largest_mib:,} MiB")
        with path.open("rb") as stream:
            page = read_page(stream)
        latest = later(latest, page.latest)
        if not page.next:
            return Arrived(digest_of(source, folder), latest=_believed(latest, before))
        address = following(address, page.next)
    raise NotFetched("its pages go round: one names a page before it as the next")


def following(address: str, said: str) -> str:
    """The address of the page that a page names as the next. Raises NotFetched when that is elsewhere.

    NCMEC names it by its path from the root of its API, which is not that of its host: a path that ends as
    the agreed one does is that one, and only the query says anything new.
    """
    here = urlsplit(address)
    try:
        there = urlsplit(urljoin(address, said))
        ends = there.path.rpartition("/")[2] == here.path.rpartition("/")[2]
    except ValueError:
        raise NotFetched("its next page is at no address") from None
    if there[:2] != here[:2] or not ends:
        raise NotFetched(f"its next page is at {there.hostname}{there.path[:80]}, which was not agreed")
    return urlunsplit((*here[:3], there.query, ""))


def digest_of(source: Source, folder: Path) -> str:
    """The SHA-256 of what came: of a document its own, of pages that of theirs, one after the other."""
    own = []
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            own.append(hashlib.file_digest(file, "sha256").hexdigest())
    return own[0] if source.kind == "file" else hashlib.sha256("".join(own).encode()).hexdigest()


def _believed(latest: str, before: Standing) -> str:
    """A time in the future counts as now: the next window would begin there, and miss all before it."""
    at, now = earliest(latest), datetime.fromisoformat(before.tried_at)
    return before.tried_at if at is not None and at > now else latest


def window(source: Source, since: str) -> str:
    """Where the next window begins: in UTC, whichever zone the server writes.

    Entries may be published out of order, and the same entry twice is once, so windows overlap.
    """
    at = earliest(since)
    return (
        source.begins
        if at is None or at.year < 1970
        else _wire(at - timedelta(minutes=source.overlap_minutes))
    )


def _wire(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _tried(
    source: Source, address: str, path: Path, version: ListSourcesVersion, wait: Wait, *, etag: str = ""
) -> Downloaded:
    """A document, in as many tries as policy allows."""
    longest = version.amount("longest_wait_seconds")
    for attempt in range(1, version.amount("tries") + 1):
        try:
            with path.open("w+b") as file:
                got = download(source, address, file, etag=etag)
                signed = None if got.unchanged else prove(source, file, got.sha256)
                return msgspec.structs.replace(got, made=signed or got.made)
        except NotFetched as fault:
            if not fault.again or attempt == version.amount("tries"):
                raise
            wait(min(longest, max(fault.wait, 2.0**attempt)))
    raise AssertionError("policy allows at least one try")

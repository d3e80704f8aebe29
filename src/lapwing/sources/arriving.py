"""A document, or all the pages of one, downloaded into a folder and proved."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from lapwing.exchange.hash_sets.ncmec_sharing import read_page
from lapwing.exchange.hash_sets.reading import Reading
from lapwing.exchange.unreadable import Unreadable
from lapwing.matching.listed import BadRecord, ListedFile
from lapwing.policy.topics import ListSourcesVersion
from lapwing.sources.configured import Source
from lapwing.sources.downloading import Downloaded, NotFetched, download
from lapwing.sources.paging import Note, Window, all_pages, begun, page_name
from lapwing.sources.proving import prove
from lapwing.sources.standing import Run, Standing

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
    source: Source,
    before: Standing,
    folder: Path,
    version: ListSourcesVersion,
    wait: Wait,
    *,
    run: Run | None = None,
    note: Note,
) -> Arrived:
    """Fetch what a source has now; nothing, where the server knows it by `before.etag`.

    `run` is how far an earlier fetch of pages came, and `note` writes down how far this one does.
    Raises NotFetched, BadSources, Unreadable, OSError.
    """
    if source.kind == "file":
        got = _tried(source, source.address, folder / page_name(1), version, wait, etag=before.etag)
        return Arrived(got.sha256, got.etag, got.made, unchanged=got.unchanged)
    pages = Window(source, folder, lambda at, path: _tried(source, at, path, version, wait).size, note)
    latest = all_pages(pages, begun(source, before, run, folder))
    return Arrived(digest_of(source, folder), latest=latest)


def digest_of(source: Source, folder: Path) -> str:
    """The SHA-256 of what came: of a document its own, of pages that of theirs, one after the other."""
    own = []
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            own.append(hashlib.file_digest(file, "sha256").hexdigest())
    return own[0] if source.kind == "file" else hashlib.sha256("".join(own).encode()).hexdigest()


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

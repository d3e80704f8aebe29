"""A document, or all the pages of one, downloaded into a folder and proved."""

import hashlib
import time
from collections.abc import Callable, Iterator
from datetime import UTC, timedelta
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from msgspec import Struct

from lapwing.exchange.hash_sets.ncmec_sharing import read_page
from lapwing.exchange.hash_sets.reading import BadEntries, Reading
from lapwing.exchange.instants import later, parse_instant
from lapwing.matching.listed import BadRecord, ListedFile
from lapwing.policy.topics import ListSourcesVersion
from lapwing.sources.configured import Source
from lapwing.sources.downloading import Downloaded, NotFetched, download
from lapwing.sources.proving import prove
from lapwing.sources.standing import Standing

MOST_PAGES = 100_000

Wait = Callable[[float], None]


class Arrived(Struct, frozen=True):
    """What came: pages in a folder, in order of name. `unchanged`: nothing did, it is what was had before."""

    sha256: str = ""
    etag: str = ""
    last_modified: str = ""
    latest: str = ""  # of a paged source: its latest entry's time, as the server gave it
    unchanged: bool = False


def arrive(
    source: Source, before: Standing, folder: Path, version: ListSourcesVersion, wait: Wait
) -> Arrived:
    """Fetch what a source has now. Raises NotFetched, BadSources, Unreadable."""
    if source.kind == "ncmec":
        return _pages(source, before, folder, version, wait)
    got = _tried(source, source.address, folder / page_name(1), version, wait, etag=before.etag)
    return Arrived(got.sha256, got.etag, got.last_modified, unchanged=got.unchanged)


def entries(source: Source, folder: Path) -> Iterator[ListedFile]:
    """The entries of what came. Raises Unreadable, BadEntries at the end when some cannot be taken."""
    for page in sorted(folder.iterdir()):
        with page.open("rb") as stream:
            if source.kind == "ncmec":
                found = read_page(stream).entries
                yield from (one for one in found if isinstance(one, ListedFile))
                if bad := [one for one in found if isinstance(one, BadRecord)]:
                    raise BadEntries(len(bad))
            else:
                yield from Reading(
                    stream,
                    form=source.format or None,
                    mapping=source.mapping,
                    kind=source.type or None,
                    urls=source.urls,
                )


def page_name(number: int) -> str:
    """The name of a page's file: they sort as they came."""
    return f"{number:08}.page"


def _pages(
    source: Source, before: Standing, folder: Path, version: ListSourcesVersion, wait: Wait
) -> Arrived:
    """Every page of the window that begins a while before the latest entry that is known."""
    address = source.address.replace("{since}", window(source, before.since))
    seen: set[str] = set()
    latest, digest = before.since, hashlib.sha256()
    until = time.monotonic() + source.longest_seconds
    while address not in seen:
        seen.add(address)
        if len(seen) > MOST_PAGES or time.monotonic() > until:
            raise NotFetched(f"its pages do not end: {len(seen):,} were read")
        path = folder / page_name(len(seen))
        digest.update(_tried(source, address, path, version, wait).sha256.encode())
        with path.open("rb") as stream:
            page = read_page(stream)
        latest = later(latest, page.latest) if latest else page.latest
        if not page.next:
            return Arrived(digest.hexdigest(), latest=latest)
        following = urljoin(address, page.next)
        if urlsplit(following)[:2] != urlsplit(address)[:2]:
            raise NotFetched(f"its next page is on {urlsplit(following).hostname}, which was not agreed")
        address = following
    raise NotFetched("its pages go round: one names a page before it as the next")


def window(source: Source, since: str) -> str:
    """Where the next window begins: in UTC, whichever zone the server writes.

    Entries may be published out of order, and the same entry twice is once, so windows overlap.
    """
    if not since:
        return source.begins
    at = parse_instant(since).utc
    if at is None:
        raise NotFetched(f"its latest entry's time, {since[:40]!r}, has no zone that is known")
    begins = at.astimezone(UTC) - timedelta(minutes=source.overlap_minutes)
    return begins.strftime("%Y-%m-%dT%H:%M:%SZ")


def _tried(
    source: Source, address: str, path: Path, version: ListSourcesVersion, wait: Wait, *, etag: str = ""
) -> Downloaded:
    """A document, in as many tries as policy allows."""
    longest = version.amount("longest_wait_seconds")
    for attempt in range(1, version.amount("tries") + 1):
        try:
            with path.open("w+b") as file:
                got = download(source, address, file, etag=etag)
                if not got.unchanged:
                    prove(source, file, got.sha256)
                return got
        except NotFetched as fault:
            if not fault.again or attempt == version.amount("tries"):
                raise
            wait(min(longest, max(fault.wait, 2.0**attempt)))
    raise AssertionError("policy allows at least one try")

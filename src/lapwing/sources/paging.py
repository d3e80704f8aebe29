"""The pages of a window of NCMEC's hash sharing: each is on the disk before the next is asked for.

All of them are one version, or none. A fetch that is cut off, by its publisher or by a kill, is gone on with
at the page that it was at: a page is never skipped, and what a first window of years brought is not lost.
"""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urljoin, urlsplit, urlunsplit

from msgspec import Struct
from msgspec.structs import replace

from lapwing.exchange.hash_sets.ncmec_sharing import read_page
from lapwing.exchange.instants import earliest, later
from lapwing.sources.configured import MIB, Source
from lapwing.sources.downloading import NotFetched
from lapwing.sources.standing import Run, Standing

MOST_PAGES = 100_000
LONGEST_RUN = timedelta(days=1)  # a link to the next page may have lapsed

Fetch = Callable[[str, Path], int]  # the document at an address into a file: its size
Note = Callable[[Run], None]


class Window(Struct, frozen=True):
    """The pages of one, and where they lie."""

    source: Source
    folder: Path
    fetch: Fetch
    note: Note  # write down how far it is


def page_name(number: int) -> str:
    """The name of a page's file: they sort as they came."""
    return f"{number:08}.page"


def begun(source: Source, before: Standing, run: Run | None, folder: Path) -> Run:
    """The run to go on with, where there is one that may be; or else a new one, and no pages."""
    now = datetime.fromisoformat(before.tried_at)
    if (
        run is not None
        and run.source == source.address
        and timedelta(0) <= now - datetime.fromisoformat(run.begun_at) <= LONGEST_RUN
        and all((folder / page_name(number)).is_file() for number in range(1, run.pages + 1))
    ):
        return run
    for left in folder.iterdir():
        left.unlink()
    address = source.address.replace("{since}", window(source, before.since))
    return Run(source.address, before.tried_at, address.replace("{until}", _wire(now)), latest=before.since)


def all_pages(of: Window, run: Run) -> str:
    """Ask for page after page until the last is there. The latest time that they name.

    Raises NotFetched, Unreadable, OSError.
    """
    until = time.monotonic() + of.source.longest_seconds
    seen: set[str] = set()
    while run.next:
        if run.next in seen:
            raise NotFetched("its pages go round: one names a page before it as the next")
        if run.pages >= MOST_PAGES:
            raise NotFetched(f"its pages do not end: {run.pages:,} were read")
        if time.monotonic() > until:
            raise NotFetched(f"{run.pages:,} pages came in time, and it is gone on with there", again=True)
        seen.add(run.next)
        run = _one(of, run)
    return _believed(run)


def _one(of: Window, run: Run) -> Run:
    """The next page, on the disk, and the run that has it."""
    path = of.folder / page_name(run.pages + 1)
    size = run.size + of.fetch(run.next, path)
    if size > of.source.largest_mib * MIB:
        raise NotFetched(f"its pages have more than {of.source.largest_mib:,} MiB")
    with path.open("rb") as stream:
        page = read_page(stream)
        os.fsync(stream.fileno())
    run = replace(
        run,
        next=following(run.next, page.next) if page.next else "",
        pages=run.pages + 1,
        size=size,
        latest=later(run.latest, page.latest),
    )
    of.note(run)
    return run


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


def window(source: Source, since: str) -> str:
    """Where the next window begins: in UTC, whichever zone the server writes.

    Entries may be published out of order, and the same entry twice is once, so windows overlap.
    """
    at = earliest(since)
    if at is None or at.year < 1970:
        return source.begins
    return _wire(at - timedelta(minutes=source.overlap_minutes))


def _believed(run: Run) -> str:
    """A time past the end of the window counts as that: the next would begin there, and miss all before."""
    at = earliest(run.latest)
    return run.begun_at if at is not None and at > datetime.fromisoformat(run.begun_at) else run.latest


def _wire(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

"""One document over HTTP, into a file, within limits: whole, or an error that says why not."""

import hashlib
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import BinaryIO
from urllib.parse import urljoin, urlsplit

import urllib3
from msgspec import Struct
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from lapwing.sources.configured import MIB, Source, check_address

AGAIN = (429, 500, 502, 503, 504)  # may be better a little later
REDIRECTS = (301, 302, 303, 307, 308)
MOST_REDIRECTS = 3
BLOCK = 65_536


class NotFetched(Exception):
    """A document did not come, or not whole. `again` says that another try may help, after `wait` seconds."""

    def __init__(self, sentence: str, *, again: bool = False, wait: float = 0.0) -> None:
        self.again = again
        self.wait = wait
        super().__init__(sentence)


class Downloaded(Struct, frozen=True):
    """What came, beside the bytes. `unchanged`: nothing did, as it is the document that was had before."""

    sha256: str = ""
    etag: str = ""
    last_modified: str = ""
    unchanged: bool = False


def download(
    source: Source,
    address: str,
    into: BinaryIO,
    *,
    etag: str = "",
    clock: Callable[[], float] = time.monotonic,
) -> Downloaded:
    """Write the document at an address into a file. Raises NotFetched, BadSources.

    Redirects are followed on the same host alone, never from https to http. A body shorter than it promised,
    one that stalls, goes on too long or is too large (unpacked) is no document.
    """
    headers = {**source.headers(), "accept-encoding": "identity", **({"if-none-match": etag} if etag else {})}
    until = clock() + source.longest_seconds
    timeout = urllib3.Timeout(connect=source.stalled_seconds, read=source.stalled_seconds)
    with urllib3.PoolManager(timeout=timeout) as pool:
        for _ in range(MOST_REDIRECTS + 1):
            answer = _asked(pool, address, headers)
            try:
                if answer.status not in REDIRECTS:
                    return _taken(answer, into, source, until, clock)
                address = _followed(address, answer.headers.get("location", ""))
            finally:
                answer.release_conn()
                answer.close()
    raise NotFetched(f"it was sent on more than {MOST_REDIRECTS} times")


def _asked(pool: urllib3.PoolManager, address: str, headers: dict[str, str]) -> BaseHTTPResponse:
    try:
        return pool.request(
            "GET", address, headers=headers, preload_content=False, redirect=False, retries=False
        )
    except HTTPError as error:
        raise NotFetched(f"{urlsplit(address).hostname} did not answer: {_said(error)}", again=True) from None


def _followed(address: str, location: str) -> str:
    to = urljoin(address, location)
    here, there = urlsplit(address), urlsplit(to)
    if not location or here.hostname != there.hostname or (here.scheme, there.scheme) == ("https", "http"):
        raise NotFetched(f"it was sent on to {there.scheme}://{there.hostname}, which was not agreed")
    try:
        check_address(to)
    except ValueError as error:
        raise NotFetched(f"it was sent on, and {error}") from None
    return to


def _taken(
    answer: BaseHTTPResponse, into: BinaryIO, source: Source, until: float, clock: Callable[[], float]
) -> Downloaded:
    etag, modified = (answer.headers.get(name, "")[:200] for name in ("etag", "last-modified"))
    if answer.status == 304:
        return Downloaded(unchanged=True)
    if answer.status != 200:
        wait = _retry_after(answer.headers.get("retry-after", ""))
        raise NotFetched(f"it was answered with {answer.status}", again=answer.status in AGAIN, wait=wait)
    digest, size = hashlib.sha256(), 0
    try:
        while block := answer.read1(BLOCK, decode_content=True):
            size += len(block)
            if size > source.largest_mib * MIB:
                raise NotFetched(f"it has more than {source.largest_mib:,} MiB")
            if clock() > until:
                raise NotFetched(f"it took more than {source.longest_seconds:,} seconds", again=True)
            digest.update(block)
            into.write(block)
    except (HTTPError, OSError) as error:
        raise NotFetched(f"it was cut short: {_said(error)}", again=True) from None
    into.flush()
    return Downloaded(digest.hexdigest(), etag, modified)


def _retry_after(text: str) -> float:
    return float(text) if text.isdecimal() and len(text) < 7 else 0.0


def older(one: str, other: str) -> bool:
    """Whether one Last-Modified is before the other. What cannot be read is not."""
    try:
        return parsedate_to_datetime(one) < parsedate_to_datetime(other)
    except (TypeError, ValueError):
        return False


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]

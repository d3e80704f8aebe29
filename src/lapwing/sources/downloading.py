"""One document over HTTP, into a file, within limits: whole, or an error that says why not."""

import hashlib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import BinaryIO
from urllib.parse import urljoin, urlsplit

from msgspec import Struct
from urllib3.response import HTTPResponse

from lapwing.sources import credentials
from lapwing.sources.configured import MIB, Source, check_address
from lapwing.sources.connecting import FAULTS, Deadline, connected, why
from lapwing.sources.unpacking import BLOCK, NotPacked, unpacked

AGAIN = (429, 500, 502, 503, 504)  # may be better a little later
REDIRECTS = (301, 302, 303, 307, 308)
MOST_REDIRECTS = 3
LONGEST_WAIT = 86_400.0  # seconds: a server that asks for more is not believed
NO_LISTS = (
    "text/html",
    "application/xhtml",
    "application/pdf",
    "image/",
    "video/",
    "audio/",
    "font/",
    "multipart/",
)


class NotFetched(Exception):
    """A document did not come, or not whole. `again` says that another try may help, after `wait` seconds."""

    def __init__(self, sentence: str, *, again: bool = False, wait: float = 0.0) -> None:
        self.again = again
        self.wait = wait
        super().__init__(sentence)


class Downloaded(Struct, frozen=True):
    """What came, beside the bytes. `unchanged`: nothing did, as it is the document that was had before.

    `made` is the time that it claims to be of, in UTC; None where it claims none.
    """

    sha256: str = ""
    size: int = 0
    etag: str = ""
    made: datetime | None = None
    unchanged: bool = False


def download(source: Source, address: str, into: BinaryIO, *, etag: str = "") -> Downloaded:
    """Write the document at an address into a file. Raises NotFetched, BadSources, OSError for the file.

    Redirects are followed on the same host alone, never from https to http. A body shorter than it promised,
    one that stalls, goes on too long or is too large (unpacked) is no document.
    """
    headers = {
        **credentials.headers(source),
        "accept-encoding": "identity",
        **({"if-none-match": etag} if etag else {}),
    }
    deadline = Deadline(source.longest_seconds)
    try:
        for _ in range(MOST_REDIRECTS + 1):
            with _answered(source, address, headers, deadline) as answer:
                if answer.status not in REDIRECTS:
                    return _taken(answer, into, source, asked_for_news=bool(etag), deadline=deadline)
                address = _followed(address, answer.headers.get("location", ""))
    finally:
        deadline.close()
    raise NotFetched(f"it was sent on more than {MOST_REDIRECTS} times")


@contextmanager
def _answered(
    source: Source, address: str, headers: dict[str, str], deadline: Deadline
) -> Iterator[HTTPResponse]:
    """The head of an answer; its body is read inside."""
    parts = urlsplit(address)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with connected(address, deadline, source.stalled_seconds, source.authorities) as connection:
        try:
            connection.request("GET", target, headers=headers, preload_content=False)
            answer = connection.getresponse()
        except FAULTS as error:
            trusted = not isinstance(error, ssl.SSLCertVerificationError)
            said = f"{parts.hostname} did not answer: {why(error)}"
            raise NotFetched(_late(source, deadline) or said, again=trusted) from None
        try:
            if deadline.passed:  # a head that breaks off counts as a whole one
                raise NotFetched(_late(source, deadline), again=True)
            yield answer
        finally:
            answer.close()  # it may have a hold on the socket that the connection has let go of


def _followed(address: str, location: str) -> str:
    try:
        to = urljoin(address, location)
        here, there = urlsplit(address), urlsplit(to)
        check_address(to)
        if not location or here.netloc != there.netloc or (here.scheme, there.scheme) == ("https", "http"):
            raise NotFetched(f"it was sent on to {there.scheme}://{there.hostname}, which was not agreed")
    except ValueError as error:
        raise NotFetched(f"it was sent on, and {error}") from None
    return to


def _taken(
    answer: HTTPResponse, into: BinaryIO, source: Source, *, asked_for_news: bool, deadline: Deadline
) -> Downloaded:
    if answer.status == 304 and asked_for_news:
        return Downloaded(unchanged=True)
    if answer.status != 200:
        wait = _retry_after(answer.headers)
        raise NotFetched(f"it was answered with {answer.status}", again=answer.status in AGAIN, wait=wait)
    _check_head(answer, source)
    digest, size = hashlib.sha256(), 0
    for block in _unpacked(answer, _blocks(answer, source, deadline)):
        size += len(block)
        if size > source.largest_mib * MIB:
            raise NotFetched(f"it has more than {source.largest_mib:,} MiB")
        digest.update(block)
        into.write(block)
    into.flush()
    etag = answer.headers.get("etag", "")[:200]
    return Downloaded(digest.hexdigest(), size, etag, http_time(answer.headers.get("last-modified", "")))


def _check_head(answer: HTTPResponse, source: Source) -> None:
    kind = answer.headers.get("content-type", "").strip().lower()
    if kind.startswith(NO_LISTS):
        raise NotFetched(f"it is {kind.partition(';')[0][:40]}, which is no list")
    encoding = answer.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip", "x-gzip"):
        raise NotFetched(f"it is packed as {encoding[:20]!r}, which was not asked for")
    if not source.proved and not answer.chunked and "content-length" not in answer.headers:
        raise NotFetched("it does not say where it ends: nobody could tell that it is whole")


def _blocks(answer: HTTPResponse, source: Source, deadline: Deadline) -> Iterator[bytes]:
    while True:
        try:
            block = answer.read1(BLOCK, decode_content=False)
        except FAULTS as error:
            raise NotFetched(
                _late(source, deadline) or f"it was cut short: {why(error)}", again=True
            ) from None
        if not block:
            break
        yield block
    if deadline.passed:
        raise NotFetched(_late(source, deadline), again=True)


def _unpacked(answer: HTTPResponse, blocks: Iterator[bytes]) -> Iterator[bytes]:
    if answer.headers.get("content-encoding", "identity").strip().lower() == "identity":
        yield from blocks
        return
    try:
        yield from unpacked(blocks)
    except NotPacked as fault:
        raise NotFetched(f"it was cut short: {fault}", again=True) from None


def _late(source: Source, deadline: Deadline) -> str:
    return f"it took more than {source.longest_seconds:,} seconds" if deadline.passed else ""


def _retry_after(headers: Mapping[str, str]) -> float:
    """The seconds that a server asks for: a number, or a time, which is by its own clock; 0 for no sense."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdecimal():
        return min(float(text[:9]), LONGEST_WAIT)
    then, now = http_time(text), http_time(headers.get("date", ""))
    if then is None or now is None:
        return 0.0
    return min(max((then - now).total_seconds(), 0.0), LONGEST_WAIT)


def http_time(text: str) -> datetime | None:
    """A time of a header, in UTC; None for none, or one that cannot be read."""
    try:
        found = parsedate_to_datetime(text[:100])
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None

"""Bodies of requests, read as they come: never more in memory than a block, or a document within its limit.

Django would hold a form in memory or on disk in the clear, so nothing here touches `request.POST`: the bytes
are pulled from the server one block at a time, and an upload's go straight to be sealed.
"""

from collections.abc import Iterator
from urllib.parse import parse_qs

from django.http import HttpRequest
from msgspec import Struct
from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from lapwing_web.intake.actions import answers

BLOCK = 256 * 2**10  # bytes pulled at a time
DOCUMENT = 16 * 2**20  # of a document of a report, or of a file's details
FIELD = 4 * 2**10  # of a form's field that is not a file
MOST_PARTS = 20
HEADER = 8 * 2**10  # of one header line of a part: names of files can be long


class Part(Struct):
    """One part of a multipart form. `blocks` must be read to its end before the next part is asked for."""

    name: str
    file_name: str | None  # as sent: text, never a path
    media_type: str
    blocks: Iterator[bytes]


def blocks(request: HttpRequest) -> Iterator[bytes]:
    """The body's bytes as they come. Raises BadFile when there are fewer than were announced."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise answers.BadRequest("Send it as it is: no Content-Encoding is read here.")
    source = request.environ["wsgi.input"]  # type: ignore[attr-defined]
    announced = _announced(request)
    left = announced
    while left is None or left:
        try:
            block = source.read(BLOCK if left is None else min(BLOCK, left))
        except OSError as error:
            raise answers.BadFile("The connection ended before the whole request had come.") from error
        if not block:
            break
        yield block
        left = None if left is None else left - len(block)
    if left:
        raise answers.BadFile(f"The connection ended {left:,} bytes before the request did.")


def _announced(request: HttpRequest) -> int | None:
    """Content-Length; None where the body comes in chunks and its length is not known."""
    stated = str(request.META.get("CONTENT_LENGTH") or "")
    if stated.isascii() and stated.isdecimal():
        return int(stated[:18])
    return None if request.headers.get("Transfer-Encoding") else 0


def document(request: HttpRequest) -> bytes:
    """The whole body, of at most DOCUMENT bytes. Raises TooLarge."""
    limit = f"A document may be {DOCUMENT // 2**20} MiB long, and this is longer."
    if (_announced(request) or 0) > DOCUMENT:
        raise answers.TooLarge(limit)
    held = bytearray()
    for block in blocks(request):
        held += block
        if len(held) > DOCUMENT:
            raise answers.TooLarge(limit)
    return bytes(held)


def field(request: HttpRequest, name: str) -> str:
    """The value of one field of a small form, urlencoded or multipart. Raises BadRequest without it."""
    kind, _ = parse_options_header(request.headers.get("Content-Type", ""))
    if kind.lower() == "multipart/form-data":
        values = [text(part) for part in parts(request) if part.name == name or _drained(part)]
    else:
        values = _urlencoded(request, name)
    if len(values) != 1:
        raise answers.BadRequest(f"The form should have one field “{name}”, and it has {len(values)}.")
    return values[0]


def _urlencoded(request: HttpRequest, name: str) -> list[str]:
    held = bytearray()
    for block in blocks(request):
        held += block
        if len(held) > FIELD * MOST_PARTS:
            raise answers.TooLarge("The form is longer than any that is read here.")
    try:
        return parse_qs(held.decode(), max_num_fields=MOST_PARTS).get(name, [])
    except ValueError as error:
        raise answers.BadRequest(f"The form cannot be read: {error}.") from error


def parts(request: HttpRequest) -> Iterator[Part]:
    """The parts of a multipart form in the order they come in. Raises BadFile for one that is broken."""
    kind, options = parse_options_header(request.headers.get("Content-Type", ""))
    if kind.lower() != "multipart/form-data" or not options.get("boundary"):
        raise answers.BadRequest("Send this as multipart/form-data, with its boundary.")
    events = _events(request, options["boundary"])
    for event in events:
        if isinstance(event, MultipartSegment):
            inside = _payload(events)
            yield Part(event.name or "", event.filename, event.content_type or "", inside)
            for _ in inside:  # what the caller left of it
                pass


def _payload(events: "Iterator[MultipartSegment | bytes | bytearray | None]") -> Iterator[bytes]:
    for event in events:
        if event is None:
            return
        assert isinstance(event, bytes | bytearray)
        yield bytes(event)


def _events(request: HttpRequest, boundary: str) -> "Iterator[MultipartSegment | bytes | bytearray | None]":
    try:
        with PushMultipartParser(
            boundary, max_header_size=HEADER, max_header_count=16, max_segment_count=MOST_PARTS
        ) as parser:
            for block in blocks(request):
                yield from parser.parse(block)
                if parser.closed:
                    break
    except MultipartError as error:
        raise answers.BadFile(f"The form’s parts are not as they should be: {error}.") from error


def text(part: Part) -> str:
    """The value of a part that is not a file. Raises TooLarge."""
    held = b""
    for block in part.blocks:
        held += block
        if len(held) > FIELD:
            raise answers.TooLarge(f"The field “{part.name[:40]}” is longer than {FIELD} bytes.")
    return held.decode("utf-8", "replace").strip()


def _drained(part: Part) -> bool:
    for _ in part.blocks:
        pass
    return False

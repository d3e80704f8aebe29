"""What arrives, read: each report of each file, or the reason there is none. Touches no database."""

import hashlib
import re
import zlib
from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from lapwing import exchange
from lapwing.report import Report
from lapwing_web.intake.actions.gather import HEAD, Item
from lapwing_web.intake.models import reading

REFERENCE, NAME = 200, 255  # characters a column holds
DOCUMENT = re.compile(rb"\s*[<{\[]")
UTF_16_OR_32 = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff", b"<\x00", b"\x00<", b"{\x00", b"\x00{")
NOT_TEXT = bytes(set(range(32)) - set(b"\t\n\r\f")) + b"\x7f"


class Bytes(Struct):
    """A file's bytes, ready to be kept. `packed` is None when they are not to be kept."""

    sha256: str
    size: int | None
    packed: bytes | None = None


class Arrival(Struct):
    """One report of one file, or one failure to read one."""

    name: str
    bytes: Bytes
    position: int = 0
    reference: str = ""  # of the report, given by the documents beside it
    report: Report | None = None
    content_sha256: str = ""  # of the normalised report
    reason: str = ""  # why there is no report
    at: datetime | None = None  # when it was handed over; None: now
    submission: int | None = None  # the key of the one with which it was handed over


def arrivals(item: Item) -> Iterator[Arrival]:
    """Every report in the item, in order; at least one Arrival, whatever it holds."""
    for arrival in _arrivals(item):
        arrival.at, arrival.submission = item.at, item.submission
        yield arrival


def _arrivals(item: Item) -> Iterator[Arrival]:
    name = storable(item.name, NAME, end=True)
    if not isinstance(item.content, bytes):
        kept = Bytes(item.sha256, item.size)
        yield Arrival(name, kept, reason=item.refused or "There was nothing to read.")
        return
    kept = Bytes(hashlib.sha256(item.content).hexdigest(), len(item.content))
    if may_keep(item.content):
        kept.packed = zlib.compress(item.content)
    for position, found in enumerate(reading.reports_in(item.content)):
        if isinstance(found, Report) and found.fragment and not (found.reference or item.reference):
            reason = "It holds details of a file and names no report."
            yield Arrival(name, kept, position, reason=reason)
        elif isinstance(found, Report):
            if kept.packed is None:
                kept.packed = zlib.compress(item.content)
            sha256 = exchange.content_sha256(found)
            yield Arrival(name, kept, position, item.reference, found, sha256)
        else:
            yield Arrival(name, kept, position, reason=_reason(found.reason, kept))


# how the reason of a rejection begins that is nobody's fault outside
UNPROCESSED = "It was read but could not be processed"


def failed(arrival: Arrival, error: Exception) -> Arrival:
    """The same arrival as a rejection: it was read, and then the rules or the database could not take it."""
    said = storable(str(error), 300) or "no message"
    reason = f"{UNPROCESSED} ({type(error).__name__}: {said}). Tell the maintainers."
    return Arrival(
        arrival.name,
        arrival.bytes,
        arrival.position,
        reason=reason,
        at=arrival.at,
        submission=arrival.submission,
    )


def may_keep(content: bytes) -> bool:
    """Whether these bytes may be kept in the clear: text may; whatever may be a picture, a film or an archive
    may not.
    """
    head = content[:HEAD].removeprefix(b"\xef\xbb\xbf")
    if b"<svg" in head[:1024].lower():
        return False
    if DOCUMENT.match(head) or content.startswith(UTF_16_OR_32):
        return True
    return b"\0" not in content and len(head.translate(None, NOT_TEXT)) >= 0.99 * len(head)


def storable(text: str, length: int, *, end: bool = False) -> str:
    """Text that both engines store alike: no NUL, no lone surrogate, at most `length` characters (the last
    ones if `end`).
    """
    if text.isprintable() and len(text) <= length:
        return text  # nothing of the kind, which is nearly always
    clean = text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
    if len(clean) <= length:
        return clean
    return "…" + clean[1 - length :] if end else clean[: length - 1] + "…"


def reference_of(arrival: Arrival) -> str:
    """What the report is kept under: the sender's reference, or one from its content."""
    assert arrival.report is not None
    given = kept_reference(arrival.report.reference.strip() or arrival.reference)
    return given or f"sha256:{arrival.content_sha256[:32]}"


def kept_reference(stated: str) -> str:
    """A sender's own reference as it is kept and found again, however long it is."""
    given = storable(stated.strip(), 10_000)
    if len(given) <= REFERENCE:
        return given
    return f"{given[:120]}… sha256:{hashlib.sha256(given.encode()).hexdigest()}"


def _reason(reason: str, kept: Bytes) -> str:
    said = storable(reason, 2000)
    if kept.packed is None:
        said += " It is not text, so its bytes are not kept here: only its name, size and SHA-256."
    return said

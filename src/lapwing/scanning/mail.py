"""Messages as the internet sends them (RFC 5322, MIME), and mailboxes of many (mbox, RFC 4155).

A message of a mailbox is an item, and looked into as one that lies in a file of its own. Of a message the
parts that are no text to read are items, also those of messages that it carries. Python's own parser reads
it.
"""

import io
import re
from collections.abc import Iterator
from email import message_from_binary_file
from email.header import decode_header, make_header
from email.message import Message
from typing import Any, BinaryIO

from msgspec import Struct

from lapwing.hashing.failures import CannotHash
from lapwing.scanning.found import Found, Locator, Step
from lapwing.scanning.parts import Budget, Kept, Opening, buffered, part_of, size_of

MAIL_NAMES = re.compile(rb"\.(?:eml|emlx|mht|mhtml)\Z", re.I)
MBOX_NAMES = re.compile(rb"(?:\.mbox|\.mbx|(?:\A|/)mbox)\Z", re.I)
LONGEST = 1 << 27  # bytes of one message
NESTED = 8  # messages carried by one another
_FIELD = re.compile(rb"([!-9;-~]{1,76}):")
_FIELDS = {b"date", b"message-id", b"mime-version", b"received", b"content-type", b"subject", b"to"}
_FIRST = re.compile(rb"\A(?:\d{1,10} *\r?\n)?(?=[!-9;-~]{1,76}:)")  # Apple's `.emlx` says its length first
_SEPARATOR = re.compile(rb"(?:\A|\n)(From [^\n]{0,200}\d{4}[^\n]{0,40}\n)(?=>?[!-9;-~]{1,76}:)")
_PIECE, _SEAM = 1 << 20, 1 << 10  # bytes of a mailbox searched at once, and of them again with the next
_messages: Kept[tuple[list["_Carried"], bool]] = Kept()
_mailboxes: Kept[BinaryIO] = Kept()


class _Carried(Struct, frozen=True):
    """A part of a message: what it is called, below the messages that it lies in."""

    name: str
    part: Any


def is_mail(name: bytes, head: bytes) -> bool:
    """Whether a file which begins so is one message: by the fields it begins with, of which From is one."""
    if (first := _FIRST.match(head)) is None:
        return False
    names: set[bytes] = set()
    for line in head[first.end() : 1 << 14].split(b"\n"):
        if line in (b"", b"\r"):
            break
        field = _FIELD.match(line)
        if field is None and line[:1] not in (b" ", b"\t") and len(names) < 2:
            return False
        names.add(field.group(1).lower() if field else b"")
    return b"from" in names and len(names & _FIELDS) >= 2


def is_mailbox(name: bytes, head: bytes) -> bool:
    """Whether a file which begins so is a mailbox: a line that says from whom and when, then a message."""
    return head.startswith(b"From ") and _SEPARATOR.match(head) is not None


def walk_mailbox(opening: Opening, outer: Locator, path: bytes) -> Iterator[Found]:
    """Every message, in the order it lies."""
    file = _mailboxes.of(outer, lambda: buffered(opening(outer)))
    budget = Budget(size_of(file))
    for number, (start, size) in enumerate(_lying(file, size_of(file)), 1):
        budget.take(size)
        below = b"message-%06d.eml" % number
        step = Step("mbox", below, number, f"{start}+{size}")
        yield Found(path=path + b"/" + below, locator=(*outer, step), parent=path, size=size)


def open_mailbox(opening: Opening, outer: Locator, step: Step) -> BinaryIO:
    """One message: a part of it."""
    start, _, size = step.part.partition("+")
    return part_of(_mailboxes.of(outer, lambda: buffered(opening(outer))), int(start), int(size))


def walk_mail(opening: Opening, outer: Locator, path: bytes) -> Iterator[Found]:
    """Every part that is no text to read, with what it is called as it is."""
    carried, whole = _carried(opening, outer)
    for number, one in enumerate(carried):
        below = f"{number + 1}/{one.name}" if one.name else f"{number + 1}"
        at = below.encode("utf-8", "replace")
        step = Step("mail", at, number)
        yield Found(path=path + b"/" + at, locator=(*outer, step), parent=path, size=len(_content(one)))
    if not whole:
        raise CannotHash("too_deep", f"more than {NESTED} messages in one another")


def open_mail(opening: Opening, outer: Locator, step: Step) -> BinaryIO:
    """One part."""
    return io.BytesIO(_content(_carried(opening, outer)[0][step.number]))


def _lying(file: BinaryIO, end: int) -> Iterator[tuple[int, int]]:
    """Where each message begins, and its size."""
    begun = None
    for stop, start in _starts(file):
        if begun is not None:
            yield begun, stop - begun
        begun = start
    if begun is not None:
        yield begun, end - begun


def _starts(file: BinaryIO) -> Iterator[tuple[int, int]]:
    """Where the separator before each message begins, and where the message does."""
    file.seek(0)
    piece, before = file.read(_PIECE), 0
    while piece:
        more = file.read(_PIECE - _SEAM)
        most = len(piece) - (_SEAM if more else 0)
        for found in _SEPARATOR.finditer(piece):
            if found.start(1) < most and (found.start(1) > 0 or before == 0):
                yield before + found.start(1), before + found.end(1)
        # the last byte again, which may be the end of the line before a separator
        before, piece = before + most - 1, piece[most - 1 :] + more if more else b""


def _carried(opening: Opening, outer: Locator) -> tuple[list[_Carried], bool]:
    """The parts, and whether they are all."""

    def read() -> tuple[list[_Carried], bool]:
        file = buffered(opening(outer))
        if (size := size_of(file)) > LONGEST:
            raise CannotHash("too_large", f"a message of {size} bytes")
        first = _FIRST.match(file.read(1 << 10))
        file.seek(first.end() if first else 0)
        try:
            found = list(_parts(message_from_binary_file(file)))
            return [one for one in found if one is not None], None not in found
        except RecursionError:
            raise CannotHash("too_deep", "parts of a message in one another") from None

    return _messages.of(outer, read)


def _parts(whole: "Message[Any, Any]") -> Iterator[_Carried | None]:
    """The parts that are no text to read, from first to last; None for what is too deep to be looked into."""
    waiting: list[tuple[Any, int]] = [(whole, 0)]
    while waiting:
        part, depth = waiting.pop()
        if part.is_multipart():
            depth += part.get_content_maintype() == "message"
            if depth > NESTED:
                yield None
                continue
            waiting += [(one, depth) for one in reversed(part.get_payload())]
        elif (name := _name(part)) or part.get_content_maintype() != "text":
            yield _Carried(name, part)


def _name(part: "Message[Any, Any]") -> str:
    """What a part is called, for whoever reads the list."""
    said = ""
    try:
        said = part.get_filename("") or ""
        return str(make_header(decode_header(said)))
    except Exception:  # a name in an alphabet that nobody knows: as it stands
        return str(said)


def _content(one: _Carried) -> bytes:
    content = one.part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""

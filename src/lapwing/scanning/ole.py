"""OLE compound files: the Office of before 2007, Outlook's messages, Windows' Thumbs.db, and others.

olefile (the extra `scanning`) reads the file system that such a file is. What is listed is pictures, videos,
attachments and files that hold others; other streams are a part of the file that they lie in.
"""

import io
import re
import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

from msgspec import Struct

from lapwing.hashing.failures import CannotHash
from lapwing.scanning.blips import bitmap_file, blips, drawing_of, is_locked
from lapwing.scanning.found import Found, Locator, Step
from lapwing.scanning.parts import Budget, Kept, Opening, buffered, is_carried, size_of

NAMES = re.compile(rb"(?:\.(?:doc|dot|xls|xlt|ppt|pot|pps|vsd|pub|msg|oft)|thumbs\.db)\Z", re.I)
MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LONGEST = 1 << 29  # bytes of one stream
_DRAWINGS = {"pictures", "data", "worddocument"}  # streams that blips lie in as they are
_WORKBOOKS = {"workbook", "book"}
_OBJECT = "\x01ole10native"
_ATTACHED = "__substg1.0_37010102"  # [MS-OXMSG] 2.2.2: the bytes of an attachment
_ATTACHED_NAMES = ("__substg1.0_3707001F", "__substg1.0_3704001F", "__substg1.0_3707001E")
_THUMBNAIL = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n")
_THUMBNAIL_NAME = re.compile(r"\d+(?:_[0-9a-f]+)?\Z")
_THUMBNAIL_HEADER = 64  # bytes that may lie before the picture of a thumbnail
_DRAWN, _BITMAP = "drawn", "bitmap"
_SHOW_LOCKED = 0xF3D1C4DF  # [MS-PPT] 2.3.2: the headerToken of an encrypted document
_files: Kept[Any] = Kept()
_streams: Kept[bytes] = Kept()


class _Lying(Struct, frozen=True):
    """A file in a stream: what it is called, where it lies, and in which way."""

    name: str
    start: int
    size: int
    way: str = ""  # "drawn" of a workbook's drawings; "bitmap"


def is_ole(name: bytes, head: bytes) -> bool:
    """Whether a file which begins so is a compound file."""
    return head.startswith(MARK)


def walk_ole(opening: Opening, outer: Locator, path: bytes) -> Iterator[Found]:
    """Every picture, attachment and embedded file, stream by stream."""
    file = _opened(opening, outer)
    names = file.listdir()
    _refuse_locked(file, names)
    budget = Budget(size_of(file.fp))
    for number, stream in enumerate(names):
        for one in _lying(file, stream, _content(file, stream)):
            budget.take(one.size)
            below = "/".join([*stream, one.name] if one.name else stream).encode("utf-8", "surrogatepass")
            yield Found(
                path=path + b"/" + below,
                locator=(*outer, Step("ole", below, number, f"{one.start}+{one.size}+{one.way}")),
                parent=path,
                size=None if one.way.endswith(_BITMAP) else one.size,
                rewritten=one.way.endswith(_BITMAP),
            )


def open_ole(opening: Opening, outer: Locator, step: Step) -> BinaryIO:
    """One file in a stream."""
    start, size, way = step.part.split("+")
    drawn = way.startswith(_DRAWN)

    def read() -> bytes:
        file = _opened(opening, outer)
        content = _content(file, file.listdir()[step.number])
        return drawing_of(content) if drawn else content

    stream = _streams.of((*outer, Step("ole", b"", step.number, way[: len(_DRAWN)] if drawn else "")), read)
    content = stream[int(start) : int(start) + int(size)]
    return io.BytesIO(bitmap_file(content) if way.endswith(_BITMAP) else content)


def _opened(opening: Opening, outer: Locator) -> Any:
    try:
        import olefile
    except ImportError:
        raise CannotHash("no_scanning") from None
    try:
        return _files.of(outer, lambda: olefile.OleFileIO(buffered(opening(outer))))
    except olefile.OleFileError as error:
        raise CannotHash("damaged", str(error)[:200]) from error


def _content(file: Any, stream: list[str]) -> bytes:
    """All of a stream. Raises CannotHash."""
    if (size := file.get_size(stream)) > LONGEST:
        raise CannotHash("too_large", f"a stream of {size} bytes")
    content: bytes = file.openstream(stream).read()
    return content


def _refuse_locked(file: Any, names: list[list[str]]) -> None:
    """Raises CannotHash for a document that is encrypted, in each of the four ways."""
    whole = {stream[0].lower(): stream for stream in names if len(stream) == 1}
    if "encryptedpackage" in whole:
        raise CannotHash("encrypted")
    flags = _content(file, whole["worddocument"])[11:12] if "worddocument" in whole else b""
    if flags and flags[0] & 1:  # [MS-DOC] 2.5.2: fEncrypted
        raise CannotHash("encrypted")
    if "current user" in whole:
        token = _content(file, whole["current user"])[12:16]
        if token == struct.pack("<I", _SHOW_LOCKED):
            raise CannotHash("encrypted")
    for name in _WORKBOOKS & whole.keys():
        if is_locked(_content(file, whole[name])):
            raise CannotHash("encrypted")


def _lying(file: Any, stream: list[str], content: bytes) -> Iterator[_Lying]:
    """The files that lie in a stream."""
    name = stream[-1].lower()
    if is_carried(content[:1024]) or (name == _ATTACHED and content):
        yield _Lying(_attached_name(file, stream) if name == _ATTACHED else "", 0, len(content))
    elif _THUMBNAIL_NAME.match(name):
        if (begin := _THUMBNAIL.search(content, 0, _THUMBNAIL_HEADER)) is not None:
            yield _Lying("", begin.start(), len(content) - begin.start())
    elif name == _OBJECT:
        yield from _packaged(content)
    elif name in _DRAWINGS or name in _WORKBOOKS:
        drawn = _DRAWN if name in _WORKBOOKS else ""
        for number, one in enumerate(blips(drawing_of(content) if drawn else content), 1):
            yield _Lying(f"{number}", one.start, one.size, drawn + (_BITMAP if one.bitmap else ""))


def _attached_name(file: Any, stream: list[str]) -> str:
    """What an attachment of a message was called, for whoever reads the list."""
    for name in _ATTACHED_NAMES:
        beside = [*stream[:-1], name]
        if file.exists(beside):
            form = "utf-16-le" if name.endswith("F") else "cp1252"
            return _content(file, beside)[:1000].decode(form, "replace").rstrip("\0")
    return ""


def _packaged(content: bytes) -> Iterator[_Lying]:
    """The file that Windows' packager put into a document: label and path, a copy's path, size, bytes."""
    at = 6
    label_end = content.find(b"\0", at)
    at = content.find(b"\0", label_end + 1) + 5
    if label_end < 0 or at < 5 or at + 4 > len(content):
        return
    (length,) = struct.unpack_from("<I", content, at)
    at += 4 + length
    if at + 4 > len(content):
        return
    (size,) = struct.unpack_from("<I", content, at)
    yield _Lying(
        content[6:label_end][:255].decode("cp1252", "replace"), at + 4, min(size, len(content) - at - 4)
    )

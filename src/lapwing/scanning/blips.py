"""Pictures that the Office of before 2007 put into its documents: the blips of OfficeArt, and of Excel.

As [MS-ODRAW] 2.2.23 to 2.2.31 has them: a header of 8 bytes (version and instance, type, length), one
identifier of 16 bytes, or two where the instance is odd, a byte that says nothing, and the picture's file as
it was put in. Metafiles (EMF, WMF, PICT) are not looked for. Excel cuts its drawings into records
([MS-XLS] 2.4.171).
"""

import re
import struct
from collections.abc import Iterator

from msgspec import Struct

from lapwing.hashing.recognising import picture_format

_HEADER = re.compile(
    rb"(?:[\xa0\xb0]\x46|[\x20\x30]\x6e)[\x1d\x2a]\xf0"  # JPEG, of RGB and of CMYK
    rb"|[\x00\x10]\x6e\x1e\xf0"  # PNG
    rb"|[\x40\x50]\x6e\x29\xf0"  # TIFF
    rb"|[\x80\x90]\x7a\x1f\xf0",  # a bitmap without the header that a file of it has
)
_DIB = b"\x1f\xf0"
_IDENTIFIER = 16
_DRAWING_GROUP, _CONTINUE, _FILE_PASS = 0xEB, 0x3C, 0x2F
_INFO_HEADERS = range(12, 125)
_COLOURS = {1: 2, 4: 16, 8: 256}


class Blip(Struct, frozen=True):
    """Where a picture lies in a stream. A `bitmap` is one that has lost the header of its file."""

    start: int
    size: int
    bitmap: bool


def blips(content: bytes) -> Iterator[Blip]:
    """Every picture of a stream, none of them in another."""
    at = 0
    while (header := _HEADER.search(content, at)) is not None:
        at = header.start() + 1
        instance, _, length = struct.unpack_from(
            "<HHI", content.ljust(header.start() + 8, b"\0"), header.start()
        )
        before = _IDENTIFIER * (1 + (instance >> 4 & 1)) + 1
        start, end = header.start() + 8 + before, min(header.start() + 8 + length, len(content))
        bitmap = header.group()[2:] == _DIB
        head = content[start : start + 64]
        if start < end and (picture_format(head) is not None or (bitmap and _is_bitmap(head))):
            yield Blip(start, end - start, bitmap)
            at = end


def _is_bitmap(head: bytes) -> bool:
    return len(head) >= 40 and struct.unpack_from("<I", head)[0] in _INFO_HEADERS


def bitmap_file(content: bytes) -> bytes:
    """The header that a bitmap lost, worked out again, and the bitmap: a file that nobody has ever had."""
    size, _, _, _, depth, packing, _, _, _, used = struct.unpack_from("<IiiHHIIiiI", content.ljust(40, b"\0"))
    colours = 4 * (min(used, 256) or _COLOURS.get(depth, 0))
    masks = 12 if packing == 3 and size == 40 else 0
    return struct.pack("<2sIHHI", b"BM", 14 + len(content), 0, 0, 14 + size + masks + colours) + content


def drawing_of(workbook: bytes) -> bytes:
    """What Excel says of its drawings, put together out of the records that it was cut into."""
    return b"".join(_drawing_records(workbook))


def is_locked(workbook: bytes) -> bool:
    """Whether a workbook is encrypted: it says so in one of its first records."""
    first = list(zip(_records(workbook), range(8), strict=False))
    return any(kind == _FILE_PASS for (kind, _, _), _ in first)


def _drawing_records(workbook: bytes) -> Iterator[bytes]:
    inside = False
    for kind, start, end in _records(workbook):
        inside = kind == _DRAWING_GROUP or (inside and kind == _CONTINUE)
        if inside:
            yield workbook[start:end]


def _records(workbook: bytes) -> Iterator[tuple[int, int, int]]:
    at = 0
    while at + 4 <= len(workbook):
        kind, length = struct.unpack_from("<HH", workbook, at)
        yield kind, at + 4, min(at + 4 + length, len(workbook))
        at += 4 + length

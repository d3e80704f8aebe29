"""How the pixels of a JPEG lie, by its EXIF. To have Pillow open it for that costs a tenth of decoding it."""

import struct

_EXIF = b"Exif\0\0"
_TAG = 0x0112
_SHORT = 3  # the type of the tag's value
_MOST_SEGMENTS = 1000
_MOST_ENTRIES = 1000


def jpeg_orientation(content: bytes) -> int:
    """1 to 8; 1 where nothing is said or what is said cannot be read, as every viewer has it."""
    try:
        block = exif_block(content)
        found = _orientation(block) if block else 1
    except (struct.error, IndexError):
        return 1
    return found if 1 <= found <= 8 else 1


def exif_block(content: bytes) -> bytes | None:
    """The TIFF structure of the first EXIF segment before the picture itself; None where there is none.

    Raises IndexError or struct.error for a file whose segments cannot be told.
    """
    at = 2
    for _ in range(_MOST_SEGMENTS):
        while content[at] == 0xFF and content[at + 1] == 0xFF:  # filling
            at += 1
        if content[at] != 0xFF:
            raise IndexError("bytes between two segments")
        marker = content[at + 1]
        if marker in (0xD9, 0xDA):  # the end, or the picture's own bytes
            return None
        (length,) = struct.unpack_from(">H", content, at + 2)
        if marker == 0xE1 and content.startswith(_EXIF, at + 4):
            return content[at + 4 + len(_EXIF) : at + 2 + length]
        at += 2 + length
    return None


def _orientation(block: bytes) -> int:
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
    if order is None:
        return 1
    (first,) = struct.unpack_from(order + "I", block, 4)
    (count,) = struct.unpack_from(order + "H", block, first)
    for number in range(min(count, _MOST_ENTRIES)):
        tag, kind, values, value = struct.unpack_from(order + "HHIH", block, first + 2 + 12 * number)
        if tag == _TAG:
            return int(value) if (kind, values) == (_SHORT, 1) else 1
    return 1

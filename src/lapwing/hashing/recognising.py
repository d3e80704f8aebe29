"""Whether a file is a picture or a video, by its first bytes; its name only says what was promised."""

import re

HEAD = 4096  # bytes that are enough to tell

# What is read, by the name that Pillow has for the decoder. Anything else has no decoder here, on purpose:
# each is a door for hostile bytes.
_PICTURES: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"\xff\xd8\xff"), "JPEG"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "PNG"),
    (re.compile(rb"GIF8[79]a"), "GIF"),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "WEBP"),
    (re.compile(rb"II[*+]\0|MM\0[*+]"), "TIFF"),
    (re.compile(rb"BM.{8}.{4}[\x0c-\x7c]\0\0\0", re.DOTALL), "BMP"),
    (re.compile(rb".{4}ftyp(?:avif|avis)", re.DOTALL), "AVIF"),
    (re.compile(rb".{4}ftyp(?:mif1|msf1).{4}(?:.{4}){0,15}?(?:avif|avis)", re.DOTALL), "AVIF"),
    (re.compile(rb".{4}ftyp(?:hei[cmsx]|hev[cmsx]|mif1|msf1)", re.DOTALL), "HEIF"),
)
_OTHER_PICTURES = (
    (re.compile(rb"\xff\x0a|\0\0\0\x0cJXL \r\n\x87\n"), "JPEG XL"),
    (re.compile(rb"\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51"), "JPEG 2000"),
    (re.compile(rb"8BPS"), "PSD"),
    (re.compile(rb"\0\0[\x01\x02]\0.\0", re.DOTALL), "ICO"),
)
_VIDEOS = (
    (re.compile(rb".{4}ftyp(?!M4[AB] )|.{4}(?:moov|mdat|wide)", re.DOTALL), "MP4"),
    (re.compile(rb"\x1a\x45\xdf\xa3"), "Matroska"),
    (re.compile(rb"RIFF.{4}AVI ", re.DOTALL), "AVI"),
    (re.compile(rb"FLV\x01"), "FLV"),
    (re.compile(rb"\0\0\x01[\xba\xb3]"), "MPEG"),
    (re.compile(rb"\x47.{187}\x47.{187}\x47", re.DOTALL), "MPEG-TS"),
    (re.compile(rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11"), "ASF"),
)
_NAMED_PICTURE = re.compile(
    rb"\.(?:jpe?g|jpe|jfif|png|apng|gif|webp|tiff?|bmp|dib|heic|heif|avif)\Z", re.IGNORECASE
)
_NAMED_VIDEO = re.compile(rb"\.(?:mp4|m4v|mov|mkv|webm|avi|flv|mpe?g|m2?ts|wmv|3gp)\Z", re.IGNORECASE)


def picture_format(head: bytes) -> str | None:
    """The decoder that reads a file which begins so; None when it is no picture that is read."""
    return _first(_PICTURES, head)


def other_picture_format(head: bytes) -> str | None:
    """The name of a kind of picture that is not read; None when it is none of those."""
    return _first(_OTHER_PICTURES, head)


def is_video(head: bytes) -> bool:
    """Whether a file which begins so is a video, and no picture."""
    return picture_format(head) is None and _first(_VIDEOS, head) is not None


def named_kind(path: bytes) -> str | None:
    """`picture` or `video` when the name ends like one's."""
    if _NAMED_PICTURE.search(path):
        return "picture"
    return "video" if _NAMED_VIDEO.search(path) else None


def _first(table: tuple[tuple[re.Pattern[bytes], str], ...], head: bytes) -> str | None:
    return next((name for pattern, name in table if pattern.match(head)), None)

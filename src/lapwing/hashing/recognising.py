"""Whether a file is a picture or a video, by its first bytes; its name only says what was promised."""

import re

HEAD = 65536  # bytes that are enough to tell, also for whoever looks for what holds files

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
    (
        re.compile(rb"\0\0(?:\x01\0[^\0]\0.{3}\0[\0\x01]\0|\x02\0[^\0]\0.{3}\0)", re.DOTALL),
        "ICO",
    ),  # icon, cursor
    # Cameras' own formats. Those of Adobe, Nikon, Sony and Pentax, and Canon's CR2, are TIFF, and read as
    # such: what is decoded of them is the picture that the camera put in for viewers.
    (re.compile(rb".{4}ftypcrx ", re.DOTALL), "CR3"),  # Canon
    (re.compile(rb"II\x1a\0\0\0HEAPCCDR"), "CRW"),
    (re.compile(rb"FUJIFILMCCD-RAW"), "RAF"),
    (re.compile(rb"IIR[OS].\0\0\0|MMOR\0\0\0", re.DOTALL), "ORF"),  # Olympus
    (re.compile(rb"IIU\0.\0\0\0", re.DOTALL), "RW2"),  # Panasonic
    (re.compile(rb"FOVb"), "X3F"),  # Sigma
)
_VIDEOS = (
    (
        re.compile(rb".{4}ftyp(?!M4[AB] |crx )|.{4}(?:moov|mdat|wide)|\0\0..(?:free|skip|pnot)", re.DOTALL),
        "MP4",
    ),
    (re.compile(rb"\x1a\x45\xdf\xa3"), "Matroska"),
    (re.compile(rb"RIFF.{4}AVI ", re.DOTALL), "AVI"),
    (re.compile(rb"FLV\x01"), "FLV"),
    (re.compile(rb"\0\0\x01[\xba\xb3]"), "MPEG"),
    (re.compile(rb"\x47.{187}\x47.{187}\x47", re.DOTALL), "MPEG-TS"),
    (re.compile(rb".{4}\x47.{191}\x47.{191}\x47", re.DOTALL), "MPEG-TS"),  # of camcorders and Blu-ray
    (re.compile(rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11"), "ASF"),
    (re.compile(rb"OggS.{24}(?:\x80theora|fishead|\x01video)", re.DOTALL), "Ogg"),
    (re.compile(rb"\.RMF\0"), "RealMedia"),
    (re.compile(rb"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02"), "MXF"),
)
# What else a device is full of, and what holds other files.
_OTHERS = (
    (re.compile(rb"%PDF-"), "PDF"),
    (re.compile(rb"PK\x03\x04|PK\x05\x06|PK\x07\x08"), "ZIP"),
    (re.compile(rb"7z\xbc\xaf\x27\x1c"), "7Z"),
    (re.compile(rb"Rar!\x1a\x07"), "RAR"),
    (re.compile(rb"\x1f\x8b\x08"), "GZIP"),
    (re.compile(rb"BZh[1-9]"), "BZIP2"),
    (re.compile(rb"\xfd7zXZ\0"), "XZ"),
    (re.compile(rb"\x28\xb5\x2f\xfd"), "ZSTD"),
    (re.compile(rb".{257}ustar", re.DOTALL), "TAR"),
    (re.compile(rb"SQLite format 3\0"), "SQLITE"),
    (re.compile(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "OLE"),
    (re.compile(rb"EVF\t\r\n\xff\0"), "E01"),
    (re.compile(rb"\x7fELF"), "ELF"),
    (re.compile(rb"MZ"), "EXE"),
    (re.compile(rb"bplist0"), "BPLIST"),
    (re.compile(rb"ID3|\xff[\xfb\xf3\xf2]"), "MP3"),
    (re.compile(rb"OggS"), "OGG"),
    (re.compile(rb"fLaC"), "FLAC"),
    (re.compile(rb"RIFF.{4}WAVE", re.DOTALL), "WAV"),
    (re.compile(rb".{4}ftypM4[AB] ", re.DOTALL), "M4A"),
    (re.compile(rb"<\?xml"), "XML"),
    (re.compile(rb"<!doctype html|<html", re.IGNORECASE), "HTML"),
)
MEDIA_TYPES = {
    "JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp", "TIFF": "image/tiff",
    "BMP": "image/bmp", "AVIF": "image/avif", "HEIF": "image/heif", "JPEG XL": "image/jxl",
    "JPEG 2000": "image/jp2", "PSD": "image/vnd.adobe.photoshop", "ICO": "image/vnd.microsoft.icon",
    "CR3": "image/x-canon-cr3", "CRW": "image/x-canon-crw", "RAF": "image/x-fuji-raf",
    "ORF": "image/x-olympus-orf", "RW2": "image/x-panasonic-rw2", "X3F": "image/x-sigma-x3f",
    "MP4": "video/mp4", "Matroska": "video/x-matroska", "AVI": "video/x-msvideo", "FLV": "video/x-flv",
    "MPEG": "video/mpeg", "MPEG-TS": "video/mp2t", "ASF": "video/x-ms-asf", "Ogg": "video/ogg",
    "RealMedia": "application/vnd.rn-realmedia", "MXF": "application/mxf",
    "PDF": "application/pdf", "ZIP": "application/zip", "7Z": "application/x-7z-compressed",
    "RAR": "application/vnd.rar", "GZIP": "application/gzip", "BZIP2": "application/x-bzip2",
    "XZ": "application/x-xz", "ZSTD": "application/zstd", "TAR": "application/x-tar",
    "SQLITE": "application/vnd.sqlite3", "OLE": "application/x-ole-storage", "E01": "application/x-ewf",
    "ELF": "application/x-elf", "EXE": "application/vnd.microsoft.portable-executable",
    "BPLIST": "application/x-plist", "MP3": "audio/mpeg", "OGG": "audio/ogg", "FLAC": "audio/flac",
    "WAV": "audio/wav", "M4A": "audio/mp4", "XML": "text/xml", "HTML": "text/html",
}  # fmt: skip
_NAMED_PICTURE = re.compile(
    rb"\.(?:jpe?g|jpe|jfif|png|apng|gif|webp|tiff?|bmp|dib|heic|heif|hif|avif|dng|cr[23w]|nef|nrw|arw"
    rb"|sr2|raf|orf|rw2|pef|srw|x3f)\Z",
    re.IGNORECASE,
)
_NAMED_VIDEO = re.compile(
    rb"\.(?:mp4|m4v|mov|mkv|webm|avi|flv|mpe?g|m2?ts|wmv|asf|3g[p2]|ogv|rmvb?|mxf|vob)\Z", re.IGNORECASE
)


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


def media_type(head: bytes) -> str | None:
    """The media type of a file that begins so; None where its bytes do not say."""
    name = (
        picture_format(head) or other_picture_format(head) or _first(_VIDEOS, head) or _first(_OTHERS, head)
    )
    return MEDIA_TYPES.get(name or "")


def _first(table: tuple[tuple[re.Pattern[bytes], str], ...], head: bytes) -> str | None:
    return next((name for pattern, name in table if pattern.match(head)), None)

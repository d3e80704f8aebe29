"""A VICS 2.0 case: what was found in a scan, for graders' own tools. Its grades come back as a VICS document.

`Category` is 0, not categorised, unless a VICS list says otherwise: no other dialect's is turned into one.
"""

from collections.abc import Iterable
from typing import Any, BinaryIO

import msgspec
from msgspec import Struct

from lapwing.exchange.hash_sets.vics import CONTEXT

CASE_CONTEXT = CONTEXT.replace("#Media", "#Case")


class CaseFile(Struct, frozen=True):
    """One place where a content lies. Times are ISO 8601 as the device has them, "" where it has none."""

    path: str
    created: str = ""
    written: str = ""
    accessed: str = ""
    unallocated: bool = False


class CaseMedia(Struct, frozen=True):
    """One content: hashes in hexadecimal, and everywhere it lies."""

    number: int
    category: int
    md5: str
    sha1: str
    size: int
    media_type: str
    files: list[CaseFile]
    exif: dict[str, str] = {}


def write_case(number: str, media: Iterable[CaseMedia], stream: BinaryIO) -> int:
    """Write a case, as it is read: any number of media. Returns how many."""
    case = msgspec.json.encode({"CaseID": number, "CaseNumber": number, "SourceApplicationName": "Lapwing"})
    stream.write(b'{"@odata.context":' + msgspec.json.encode(CASE_CONTEXT) + b',"value":[' + case[:-1])
    stream.write(b',"Media":[')
    written = 0
    for one in media:
        stream.write((b"," if written else b"") + b"\n" + msgspec.json.encode(_media(one)))
        written += 1
    stream.write(b"\n]}]}\n")
    return written


def _media(one: CaseMedia) -> dict[str, Any]:
    return {
        "MediaID": one.number,
        "Category": one.category,
        "MD5": one.md5.upper(),
        "SHA1": one.sha1.upper(),
        "MediaSize": one.size,
        "MimeType": one.media_type,
        "MediaFiles": [_file(one.md5, file) for file in one.files],
        **({"Exifs": [_exif(*pair) for pair in one.exif.items()]} if one.exif else {}),
    }


def _file(md5: str, file: CaseFile) -> dict[str, Any]:
    folder, _, name = file.path.rpartition("/")
    times = {"Created": file.created, "Written": file.written, "Accessed": file.accessed}
    return {
        "MD5": md5.upper(),
        "FileName": name,
        "FilePath": folder,
        "Unallocated": file.unallocated,
        **{name: time for name, time in times.items() if time},
    }


def _exif(name: str, value: str) -> dict[str, str]:
    return {"PropertyName": name, "PropertyValue": value}

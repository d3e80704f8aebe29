"""Apple's property lists that hold files: pages that Safari saved (`.webarchive`), what applications keep.

By plistlib, of the standard library: binary ones and XML. Only a list that shows a picture or a video in its
beginning, or is longer than that, is looked into: a telephone has ten thousands of others.
"""

import plistlib
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any, BinaryIO
from xml.parsers.expat import ExpatError

from lapwing.hashing.failures import CannotHash
from lapwing.hashing.recognising import HEAD
from lapwing.scanning.found import Found, Locator, Step
from lapwing.scanning.parts import MOST, Kept, Opening, buffered, is_carried

NAMES = re.compile(rb"\.webarchive\Z", re.I)
_LARGEST = 128 << 20  # bytes of a list, which is read whole
_XML = re.compile(rb"\s*(?:<\?xml[^>]*>)?\s*(?:<!--.*?-->\s*)?(?:<!DOCTYPE plist|<plist)", re.S)
_PICTURE = re.compile(
    rb"\xff\xd8\xff|\x89PNG\r\n|GIF8[79]a|WEBP|ftyp|II\*\0|MM\0\*|%PDF-|PK\x03\x04|moov|mdat"
)
_lists: Kept[list[tuple[bytes, bytes]]] = Kept()


def is_property_list(name: bytes, head: bytes) -> bool:
    """Whether a file which begins so is a property list that may hold a file."""
    more = len(head) >= HEAD
    if head.startswith(b"bplist0"):
        return more or _PICTURE.search(head) is not None
    return _XML.match(head) is not None and (more or b"<data>" in head)


def walk_property_list(opening: Opening, outer: Locator, path: bytes) -> Iterator[Found]:
    """Every value that is a file, by its address where it has one, and else by what leads to it."""
    for number, (where, content) in enumerate(_held(opening, outer)):
        step = Step("plist", where, number)
        at = path + b"/" + where
        yield Found(path=at, locator=(*outer, step), parent=path, size=len(content))


def open_property_list(opening: Opening, outer: Locator, step: Step) -> BinaryIO:
    """One of them."""
    return BytesIO(_held(opening, outer)[step.number][1])


def _held(opening: Opening, outer: Locator) -> list[tuple[bytes, bytes]]:
    def read() -> list[tuple[bytes, bytes]]:
        with buffered(opening(outer)) as file:
            content = file.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise CannotHash("too_large", "a property list of more than 128 MB")
        try:
            said = plistlib.loads(content)
        except (plistlib.InvalidFileException, ExpatError, ValueError, RecursionError, LookupError) as error:
            raise CannotHash("damaged", "a property list that cannot be read") from error
        return list(_files(said))

    return _lists.of(outer, read)


def _files(said: Any) -> Iterator[tuple[bytes, bytes]]:
    """Values that are files. One that stands in the list twice, as a whole or by its holder, comes once."""
    waiting: list[tuple[str, Any]] = [("", said)]
    seen: set[int] = set()
    while waiting:
        where, value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if len(seen) > MOST:
            raise CannotHash("bomb")
        if isinstance(value, bytes):
            if is_carried(value[:HEAD]):
                yield where.encode("utf-8", "surrogatepass"), value
        elif isinstance(value, dict):
            url = value.get("WebResourceURL")
            named = {"WebResourceData": url} if isinstance(url, str) and url else {}
            waiting += [(named.get(key, f"{where}/{key}".lstrip("/")), one) for key, one in value.items()]
        elif isinstance(value, list):
            waiting += [(f"{where}/{number}".lstrip("/"), one) for number, one in enumerate(value)]

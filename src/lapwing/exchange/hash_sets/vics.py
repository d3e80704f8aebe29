"""Project VIC's VICS in JSON, 1.2, 1.3 and 2.0: hash sets and cases, of any length.

Only `Category` carries a verdict: `IsPrecategorized` and `TotalMediaFiles` are known to be wrong and are not
read. Source: the published data models as the handbook gives them, with the traps that it lists.
"""

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import ijson
import msgspec

from lapwing.exchange.hash_sets.form import Entries, HashSet
from lapwing.exchange.unreadable import Malformed, Unreadable
from lapwing.hashing import HASH_TYPES
from lapwing.matching.listed import BadRecord, ListedFile, value_of

DIALECT = "vics"
CONTEXT = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/Default/$metadata#Media"
KINDS = {"MD5": "md5", "SHA1": "sha1", "SHA256": "sha256", "PhotoDNA": "photodna"}
DEEPEST, MOST_VALUES = 16, 100_000  # of one record
LARGEST_VALUE = 16 * 2**20  # bytes without the end of a value: a publisher's fault or an attack
_MARKS = (b"odata.metadata", b"@odata.context", b"ProjectVic")
_BOM = b"\xef\xbb\xbf"


def _recognises(head: bytes) -> bool:
    text = head.removeprefix(_BOM).lstrip()
    return text.startswith(b"{") and any(mark in text for mark in _MARKS)


class _Bounded:
    """A stream that loses its byte order mark, and raises when a single value never ends."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._since = 0
        self._begun = False

    def read(self, size: int = -1) -> bytes:
        block = self._stream.read(65536 if size < 0 else min(size, 65536)) if size else b""
        if not self._begun and block:
            self._begun = True
            block = block.removeprefix(_BOM) or self._stream.read(65536)
        self._since += len(block)
        if self._since > LARGEST_VALUE:
            raise Unreadable(f"A single value has more than {LARGEST_VALUE:,} bytes.")
        return block

    def moved(self) -> None:
        """A value has ended."""
        self._since = 0


def _read(stream: BinaryIO) -> Entries:
    for number, media in enumerate(_media(stream), 1):
        try:
            yield _entry(media)
        except ValueError as error:
            yield BadRecord(f"Media no. {number:,}", str(error))


def _media(stream: BinaryIO) -> Iterator[dict[str, Any]]:
    """Every Media object: those of `value` in a hash set, those of a Case's `Media` in a case."""
    bounded = _Bounded(stream)
    try:
        yield from _walk(bounded)
    except ijson.IncompleteJSONError as error:
        raise Malformed(f"It ends or breaks in the middle: {_said(error)}.") from None
    except ijson.JSONError as error:
        raise Malformed(f"It is not JSON: {_said(error)}.") from None
    except UnicodeDecodeError:
        raise Malformed("It is not UTF-8.") from None


def _said(error: Exception) -> str:
    return str(error).splitlines()[0][:200] if str(error) else "no reason is given"


class _Building:
    """One Media being put together, within limits."""

    def __init__(self, level: int) -> None:
        self.level = level  # how many things were open when it began
        self._builder = ijson.ObjectBuilder()
        self._values = 0

    def take(self, event: str, value: Any, level: int) -> None:
        """The next event. Raises Unreadable past the limits."""
        self._values += 1
        if level - self.level > DEEPEST or self._values > MOST_VALUES:
            raise Unreadable(f"A Media is nested deeper than {DEEPEST} or has over {MOST_VALUES:,} values.")
        self._builder.event(event, value)

    @property
    def made(self) -> dict[str, Any]:
        """What was put together."""
        found: dict[str, Any] = self._builder.value
        return found


def _walk(bounded: _Bounded) -> Iterator[dict[str, Any]]:
    """One Media at a time, wherever it stands. What turns out to be a Case is let go of, and walked into."""
    path: list[str] = []  # the keys of the objects that are open, "" for an array
    building: _Building | None = None
    listed = False
    for event, value in ijson.basic_parse(bounded, use_float=True):
        bounded.moved()
        if building is None and event == "start_map" and _is_media(path):
            building = _Building(len(path))
        if event == "map_key":
            path[-1] = value
        elif event in ("start_map", "start_array"):
            if building is not None and path[building.level :] == ["Media"] and event == "start_array":
                building = None  # it is a Case
            path.append("" if event == "start_array" else "?")
            listed = listed or _is_media(path)
        elif event in ("end_map", "end_array"):
            path.pop()
        elif not path:
            raise Unreadable("It is JSON, and not an object as VICS is.")
        if len(path) > 2 * DEEPEST:
            raise Unreadable(f"It is nested deeper than {2 * DEEPEST}.")
        if building is not None:
            building.take(event, value, len(path))
            if event == "end_map" and len(path) == building.level:
                yield building.made
                building = None
    if not listed:  # an error's JSON, say: it is no empty list
        raise Unreadable("It has neither a value nor a Media that is a list, as VICS has.")


def _is_media(path: list[str]) -> bool:
    """`value[]` of a hash set; `Media[]` of a case, which itself stands in `value[]` or is the document."""
    return path == ["value", ""] or (path[-2:] == ["Media", ""] and len(path) <= 5)


def _entry(media: dict[str, Any]) -> ListedFile:
    """What a Media says. ValueError: one of its hashes is none, or it has no hash at all."""
    hashes = {}
    for wire, kind in KINDS.items():
        text = media.get(wire)
        if text in (None, ""):
            continue
        if not isinstance(text, str):
            raise ValueError(f"its {wire} is not text")
        hashes[kind] = value_of(kind, text)
    if not hashes:
        raise ValueError(f"it has none of {', '.join(KINDS)}")
    return ListedFile(
        hashes=hashes,
        identity=_short(media.get("MediaID")),
        category=_short(media.get("Category")),
        dialect=DIALECT,
        media=_media_kind(media.get("MimeType")),
    )


def _short(value: Any) -> str:
    """A number or a word as text; "" for null and for what is neither."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return (
        str(value).strip()[:200]
        if isinstance(value, (str, int, float)) and not isinstance(value, bool)
        else ""
    )


def _media_kind(mime: Any) -> str:
    kind = mime.partition("/")[0].strip().lower() if isinstance(mime, str) else ""
    return kind if kind in ("image", "video") else ""


def write(entries: Iterable[ListedFile], stream: BinaryIO) -> int:
    """A VICS 2.0 hash set, as graders' tools read it: hexadecimal in upper case. Returns how many.

    Withdrawn entries and those with no hash that VICS has are left out: VICS cannot say either.
    """
    stream.write(b'{"@odata.context":' + msgspec.json.encode(CONTEXT) + b',"value":[')
    number = 0
    for entry in entries:
        hashes = {
            wire: _written(kind, entry.hashes[kind]) for wire, kind in KINDS.items() if kind in entry.hashes
        }
        if entry.withdrawn or not hashes:
            continue
        number += 1
        media: dict[str, Any] = {"MediaID": number, "Category": _category(entry), **hashes}
        stream.write((b"," if number > 1 else b"") + b"\n" + msgspec.json.encode(media))
    stream.write(b"\n]}\n")
    return number


def _category(entry: ListedFile) -> int:
    """A VICS category as it was. Any other dialect's is 0, not categorised: none is turned into another."""
    return int(entry.category) if entry.dialect == DIALECT and entry.category.isdecimal() else 0


def _written(kind: str, value: bytes) -> str:
    text = HASH_TYPES[kind].text(value)
    return text if kind == "photodna" else text.upper()


VICS = HashSet("vics", _recognises, _read, write, frozenset(KINDS.values()))

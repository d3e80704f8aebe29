"""JSON read safely: bounded, no key twice, no number that is none; and faults placed by path and byte.

`values` reads with the standard library, which is quick enough and sees repeated keys. Where something is
wrong, the text is walked token by token to say where: only a bad document pays for it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from lapwing.exchange.unreadable import Malformed, Unreadable

LARGEST_COUNT = 2_000_000  # commas and brackets in a document
LONGEST_TEXT = 8 * 2**20  # characters of one text
DEEPEST = 64  # values inside one another

Path = tuple[str | int, ...]

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_SPACE = re.compile(r"[ \t\r\n]*")
_SIMPLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ESCAPE = re.compile(
    r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}|u([0-9a-fA-F]{4})|.)", re.DOTALL
)


class _Refused(Exception):
    """Something the scanner met that is not to be read. What and where is found by walking."""


class Document:
    """A JSON document as text, able to say where something in it is."""

    def __init__(self, data: bytes) -> None:
        mark, encoding = next(((m, e) for m, e in _BOMS if data.startswith(m)), (b"", "utf-8"))
        self._skipped, self._encoding = len(mark), encoding
        try:
            text = data[len(mark) :].decode(encoding)
        except UnicodeDecodeError as error:
            where = f"byte {len(mark) + error.start}"
            raise Malformed(f"It is not {encoding.upper()}: {error.reason}.", where) from None
        self.text = _ESCAPE.sub(_storable, text) if "\\u" in text else text

    def place(self, start: int, path: Path) -> str:
        """Where `path` is in the value that starts at character `start`: `$.reportId, byte 210`."""
        at, missing = start, True
        for found, position in _walk(self.text, start):
            if found == path:
                at, missing = position, False
                break
        if missing and path:
            return self.place(start, path[:-1])
        return self.said(start, at, path)

    def said(self, start: int, at: int, path: Path) -> str:
        """A path and a byte as people read them; with the line when the document holds several values."""
        line = f"line {self.text.count(chr(10), 0, start) + 1}, " if self.text[:start].strip() else ""
        offset = self._skipped + len(self.text[:at].encode(self._encoding, "replace"))
        return f"{line}{written(path)}, byte {offset}"


def _storable(match: re.Match[str]) -> str:
    """An escape, unless it stands for NUL or half a character, which nothing can store: those become
    U+FFFD.
    """
    lone = match[2] or ""
    half = lone[:1] in ("d", "D") and lone[1] in "89abcdefABCDEF"
    return "\\ufffd" if half or lone == "0000" else match[0]


def written(path: Path) -> str:
    """A path as people write it: `$.uploadedFiles[2].viewedByEsp`."""
    steps = (
        f"[{step}]"
        if isinstance(step, int)
        else f".{step}"
        if _SIMPLE.fullmatch(step)
        else f"[{step[:60]!r}]"
        for step in path
    )
    return "$" + "".join(steps)


def values(document: Document) -> Iterator[tuple[Any, int]]:
    """Each value in the document with the character it starts at: one, or several with space or lines between
    them.
    """
    text = document.text
    if text.count(",") + text.count("[") + text.count("{") > LARGEST_COUNT:
        raise Unreadable(f"It holds more than {LARGEST_COUNT:,} values.", "byte 0")
    if len(text) > LONGEST_TEXT:
        _refuse_long_texts(document)
    at = _space(text, 0)
    if at == len(text):
        raise Malformed("It holds nothing but space.", "byte 0")
    while at < len(text):
        try:
            value, end = _decode(text, at)
        except json.JSONDecodeError as error:
            path = _open_at(text, at, error.pos)
            raise Malformed(f"It is not JSON: {error.msg}.", document.said(at, error.pos, path)) from None
        except _Refused as refusal:
            sentence, position, path = _refused(text, at, str(refusal))
            raise Unreadable(sentence, document.said(at, position, path)) from None
        except RecursionError:
            raise Unreadable(f"Values stand more than {DEEPEST} deep.", document.said(at, at, ())) from None
        except ValueError:  # a number of more digits than Python converts
            raise Unreadable("A number has too many digits.", document.said(at, at, ())) from None
        yield value, at
        at = _space(text, end)


def _refuse_long_texts(document: Document) -> None:
    for match in _TOKEN.finditer(document.text):
        if match.end() - match.start() > LONGEST_TEXT:
            place = document.said(0, match.start(), _open_at(document.text, 0, match.start()))
            raise Unreadable(f"A text is longer than {LONGEST_TEXT:,} characters.", place)


def _space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(pairs)
    if len(held) != len(pairs):
        raise _Refused("key")
    return held


def _no_number(name: str) -> NoReturn:
    raise _Refused(name)


def _finite(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _no_number(digits)


_decode = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_no_number, parse_float=_finite
).raw_decode


def _walk(text: str, start: int) -> Iterator[tuple[Path, int]]:
    """The path and position of every value, from character `start`; a repeated key gives its path again."""
    path: list[str | int | None] = []
    expects_key = False
    for match in _TOKEN.finditer(text, start):
        piece = match[0]
        if piece in "}]":
            if not path:
                return
            path.pop()
            expects_key = False
        elif piece == ",":
            if path and isinstance(path[-1], int):
                path[-1] += 1
            else:
                expects_key = True
        elif piece == ":":
            expects_key = False
        elif expects_key and path:
            path[-1] = _text_of(piece)
        else:
            yield tuple("" if step is None else step for step in path), match.start()
            if piece in "{[":
                path.append(None if piece == "{" else 0)
                expects_key = piece == "{"
        if not path and piece not in "{[":
            return


def _text_of(piece: str) -> str:
    try:
        return str(json.loads(piece))
    except ValueError:
        return piece.strip('"')


def _open_at(text: str, start: int, position: int) -> Path:
    """The path of the last value that starts at or before `position`."""
    last: Path = ()
    for path, at in _walk(text, start):
        if at > position:
            break
        last = path
    return last


def _refused(text: str, start: int, what: str) -> tuple[str, int, Path]:
    """What the scanner met, and where."""
    seen: set[Path] = set()
    for path, at in _walk(text, start):
        if what != "key" and text.startswith(what, at):
            return f"{what} is not a number that can be kept.", at, path
        if what == "key" and path in seen:
            return "This field is given twice.", at, path
        seen.add(path)
    return (
        ("A field is given twice." if what == "key" else f"{what} is not a number that can be kept."),
        start,
        (),
    )


def depth_of(value: Any, deepest: int = DEEPEST) -> int:
    """How deep `value` goes, counted no further than `deepest`."""
    depth, level = 0, [value]
    while level and depth <= deepest:
        inside = [one for one in level if isinstance(one, dict | list)]
        level = [one for held in inside for one in (held.values() if isinstance(held, dict) else held)]
        depth += 1
    return depth

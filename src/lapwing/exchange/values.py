"""Kinds of value a format carries as text: how each is read, and written again.

A reader is given text that is not empty and raises ValueError with the end of a sentence that says what is
wrong (`“abc” is not a whole number`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Literal

from msgspec import Struct

from lapwing.exchange.instants import parse_instant
from lapwing.report import Instant

_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(?:Z|[+-]\d\d:\d\d)?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,10}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(\d{1,20}(\.\d{0,20})?|\.\d{1,20})([eE][+-]?\d{1,3})?", re.ASCII)
_LARGEST = 2**31 - 1  # XML Schema's int
_SIZE = re.compile(r"\+?\d{1,19}", re.ASCII)
_LARGEST_SIZE = 2**63 - 1  # bytes: XML Schema's long


class Kind(Struct, frozen=True):
    """One kind of value. `json` names its type in a JSON document; `codes` are the values it knows, if it
    lists any.
    """

    read: Callable[[str], Any]
    write: Callable[[Any], str]
    json: Literal["string", "boolean", "integer"] = "string"
    codes: tuple[str, ...] = ()
    closed: bool = False  # no value but those
    format: str = ""
    range: tuple[int, int] | None = None  # of a whole number
    about: str = ""


def quoted(text: str) -> str:
    """Text to name in a sentence: shortened, so that a message stays a message."""
    return f"“{text}”" if len(text) <= 60 else f"“{text[:57]}…”"


def _prose(text: str) -> str:
    return "" if text.isspace() else text


def _boolean(text: str) -> bool:
    try:
        return _BOOLEANS[text.strip().lower()]
    except KeyError:
        raise ValueError(f"{quoted(text)} is neither true nor false") from None


def _whole(text: str) -> int:
    stated = text.strip()
    if not _WHOLE.fullmatch(stated) or abs(int(stated)) > _LARGEST:
        raise ValueError(f"{quoted(text)} is not a whole number")
    return int(stated)


def _size(text: str) -> int:
    stated = text.strip()
    if not _SIZE.fullmatch(stated) or int(stated) > _LARGEST_SIZE:
        raise ValueError(f"{quoted(text)} is not a whole number of bytes")
    return int(stated)


def _date(text: str) -> date:
    match = _DATE.fullmatch(text.strip())
    try:
        return date.fromisoformat(match[1] if match else "")
    except ValueError:
        raise ValueError(f"{quoted(text)} is not a date") from None


def _moment(text: str) -> Instant:
    instant = parse_instant(text)
    if instant.utc is None and instant.local is None:
        raise ValueError(f"{quoted(text)} is not a date and time")
    return instant


def _decimal(text: str) -> str:
    if not _DECIMAL.fullmatch(text.strip()):
        raise ValueError(f"{quoted(text)} is not a number")
    return text.strip()


def _original(instant: Instant) -> str:
    return instant.original


def _boolean_text(value: bool) -> str:
    return "true" if value else "false"


TEXT = Kind(str.strip, str)  # a line: a name, an identifier, an address
PROSE = Kind(_prose, str)  # kept to the last space
BOOLEAN = Kind(_boolean, _boolean_text, json="boolean")
WHOLE = Kind(_whole, str, json="integer", range=(-_LARGEST, _LARGEST))
SIZE = Kind(_size, str, json="integer", range=(0, _LARGEST_SIZE))  # bytes: a film passes what an int holds
DECIMAL = Kind(_decimal, str)
DATE = Kind(_date, date.isoformat, format="date")
INSTANT = Kind(
    parse_instant, _original
)  # a time that cannot be read is kept as it is: that is a fact about it
MOMENT = Kind(_moment, _original)  # a time that must be readable


def codes(table: Mapping[str, str], *, closed: bool = False) -> Kind:
    """Wire codes for our own, whatever their case. A code not in the table is kept as given, or refused if
    `closed`.
    """
    ours = {wire.casefold(): own for wire, own in table.items()}
    theirs: dict[str, str] = {}
    for wire, own in table.items():
        theirs.setdefault(own, wire)

    def read(text: str) -> str:
        stated = text.strip()
        own = ours.get(stated.casefold())
        if own is None and closed:
            raise ValueError(f"{quoted(text)} is not one of: {'; '.join(table)}")
        return stated if own is None else own

    def write(value: str) -> str:
        return theirs.get(value, value)

    return Kind(read, write, codes=tuple(table), closed=closed)

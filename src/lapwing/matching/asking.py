"""What is asked of lists about one hashed file, and what is said of each entry that answers."""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct

from lapwing.hashing import DIGESTS, HASH_TYPES
from lapwing.hashing.file_lines import Line
from lapwing.matching.known_lists import Match

BATCH = 4096  # queries asked at once


class Asked(Struct, frozen=True):
    """One hash to look for, and what to say of it where it is found."""

    query: str
    kind: str
    value: bytes
    beside: dict[str, Any] = {}


def asked_of(line: Line) -> Iterator[Asked]:
    """Every hash of a file, as a line of `lapwing hash` has them. Raises ValueError for one that is none."""
    for kind in (*DIGESTS, "photodna"):
        text = getattr(line, kind)
        if text:
            yield Asked(line.path, kind, HASH_TYPES[kind].parse(text))
    beside = {"low_quality": True} if line.low_quality else {}
    for way, text in enumerate(line.turned or ([line.pdq] if line.pdq else [])):
        turned = {"turned": way} if way else {}
        yield Asked(line.path, "pdq", HASH_TYPES["pdq"].parse(text), beside | turned)
    if line.vpdq:
        yield Asked(line.path, "vpdq", msgspec.json.encode(line.vpdq))


def said_of(asked: Asked, match: Match) -> dict[str, Any]:
    """A match as it is printed. `entry` is its publisher's name for it, else its hash."""
    shared = {} if match.shared is None else {"shared": round(match.shared, 1)}
    return {
        "query": asked.query,
        "type": match.hash_type,
        "value": match.value if match.hash_type != "vpdq" else None,
        "entry": match.identity or match.listed or match.value,
        "list": match.list_name,
        "version": match.version,
        "distance": match.distance,
        "category": match.category,
        "dialect": match.dialect,
        **shared,
        **asked.beside,
    }

"""The log of lists handed on: to whom, what for, and the checksum of what they got. Lines are only added.

Lists of hashes can be personal data (the regulator's view of 2019): each export is a disclosure.
"""

from pathlib import Path

import msgspec
from msgspec import Struct

from lapwing.matching.durable import add_line

LOG = "disclosures.jsonl"


class Disclosure(Struct, frozen=True):
    """One list, handed on once."""

    list_name: str
    version: int
    entries: int
    form: str
    to: str
    purpose: str
    by: str
    at: str  # ISO 8601 with its zone
    sha256: str  # of what was handed on
    left_out: int | None = None  # entries not in it, or without their rule; None before they were counted


def record_disclosure(lists: Path, disclosure: Disclosure) -> None:
    """Add a line, which is on the disk when this returns. Raises ValueError for an empty field, OSError."""
    for name in ("to", "purpose"):
        if not getattr(disclosure, name).strip():
            raise ValueError(f"say {'who gets it' if name == 'to' else 'what for'}")
    add_line(lists / LOG, msgspec.json.encode(disclosure))


def disclosures(lists: Path) -> list[Disclosure]:
    """Every line. Raises OSError, msgspec.DecodeError for one that was damaged."""
    path = lists / LOG
    lines = path.read_bytes().splitlines() if path.exists() else []
    return [msgspec.json.decode(line, type=Disclosure) for line in lines]

"""What a list may have of an entry, in one table: every kind of hash, and rules about URLs.

The value of a rule is its canonical text (url_rules.py). A list finds it by the SHA-256 of that text, as it
finds any exact hash, and keeps the text to show it.
"""

import hashlib
from collections.abc import Callable

from msgspec import Struct

from lapwing.hashing import HASH_TYPES
from lapwing.matching.url_rules import RULES


class ListedKind(Struct, frozen=True):
    """A kind of value that an entry may have, as bytes."""

    name: str
    exactly: bool  # an equal value is a match; others are compared by distance
    text: Callable[[bytes], str]


LISTED: dict[str, ListedKind] = {
    **{name: ListedKind(name, kind.compared == "exactly", kind.text) for name, kind in HASH_TYPES.items()},
    "vpdq": ListedKind("vpdq", False, bytes.decode),  # the text that is exchanged, as bytes
    **{name: ListedKind(name, True, bytes.decode) for name in RULES},
}


def rule_key(value: bytes) -> bytes:
    """What stands for a rule, in the index of its kind: 32 bytes."""
    return hashlib.sha256(value).digest()

"""The kinds of hash there are, in one table: a list, a report and an upload all name them the same way."""

import hashlib
from collections.abc import Callable
from typing import Protocol

from msgspec import Struct


class Hashing(Protocol):
    """A hash in the making, as hashlib has it."""

    def update(self, data: bytes, /) -> None:
        """Take the next bytes."""

    def digest(self) -> bytes:
        """The hash of every byte taken."""

    def hexdigest(self) -> str:
        """The same in lower-case hex."""


class HashType(Struct, frozen=True):
    """A kind of exact hash: equal hashes mean the same file, and nothing is said of files that look alike."""

    name: str
    size: int  # bytes; the hex is twice as long
    new: Callable[[], Hashing]


def _md5() -> Hashing:
    return hashlib.md5(usedforsecurity=False)  # lists and companies use it: it names a file, it guards none


def _sha1() -> Hashing:
    return hashlib.sha1(usedforsecurity=False)


HASH_TYPES: dict[str, HashType] = {
    "md5": HashType("md5", 16, _md5),
    "sha1": HashType("sha1", 20, _sha1),
    "sha256": HashType("sha256", 32, hashlib.sha256),
}

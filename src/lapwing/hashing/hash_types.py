"""The kinds of hash there are, in one table: a list, a report and an upload all name them the same way."""

import hashlib
from collections.abc import Callable
from typing import Any, Literal, Protocol

from msgspec import Struct

from lapwing.hashing import photodna, vpdq


class Hashing(Protocol):
    """A hash in the making, as hashlib has it."""

    def update(self, data: bytes, /) -> None:
        """Take the next bytes."""

    def digest(self) -> bytes:
        """The hash of every byte taken."""

    def hexdigest(self) -> str:
        """The same in lower-case hex."""


class HashType(Struct, frozen=True):
    """A kind of hash: what it is of, how its values are compared, and how they are read and written."""

    name: str
    of: Literal["file", "picture", "video"]
    compared: Literal["exactly", "by distance", "by shared frames"]  # equal exact hashes: the same file
    size: int | None  # bytes of a value, None where values differ in length
    parse: Callable[[str], Any]  # the value of a text, as lists have it; raises ValueError
    text: Callable[[Any], str]
    new: Callable[[], Hashing] | None = None  # for a hash of the file's bytes as they pass


def _md5() -> Hashing:
    return hashlib.md5(usedforsecurity=False)  # lists and companies use it: it names a file, it guards none


def _sha1() -> Hashing:
    return hashlib.sha1(usedforsecurity=False)


def _hexadecimal(size: int) -> Callable[[str], bytes]:
    def parse(text: str) -> bytes:
        if len(text) != 2 * size or not text.isascii() or not text.isalnum():
            raise ValueError(f"it is not {2 * size} hexadecimal digits")
        return bytes.fromhex(text)

    return parse


def _of_file(name: str, size: int, new: Callable[[], Hashing]) -> HashType:
    return HashType(name, "file", "exactly", size, _hexadecimal(size), bytes.hex, new)


HASH_TYPES: dict[str, HashType] = {
    "md5": _of_file("md5", 16, _md5),
    "sha1": _of_file("sha1", 20, _sha1),
    "sha256": _of_file("sha256", 32, hashlib.sha256),
    "pdq": HashType("pdq", "picture", "by distance", 32, _hexadecimal(32), bytes.hex),
    "vpdq": HashType("vpdq", "video", "by shared frames", None, vpdq.parse, vpdq.text),
    "photodna": HashType("photodna", "picture", "exactly", photodna.SIZE, photodna.parse, photodna.text),
}


class Digest(Struct, frozen=True):
    """A kind that is worked out while a file's bytes pass: `new` makes it, its value has `size` bytes."""

    name: str
    size: int
    new: Callable[[], Hashing]


DIGESTS: dict[str, Digest] = {
    kind.name: Digest(kind.name, kind.size, kind.new)
    for kind in HASH_TYPES.values()
    if kind.new is not None and kind.size is not None
}

"""A file that was found somewhere, and how any process can open it again."""

from typing import Final

import msgspec
from msgspec import Struct

from lapwing.hashing.failures import Failure

# Each is accounted for, and none of them is opened: why something that was seen is not hashed.
EXCLUDED: dict[str, str] = {
    "symbolic_link": "it is a symbolic link, and what it leads to is listed where it lies",
    "hard_link": "it is another name of a file that is listed",
    "pipe": "it is a pipe",
    "socket": "it is a socket",
    "device": "it is a device",
    "extent": "it is a part of a disk that is listed where the descriptor beside it lies",
    "other": "it is no regular file",
    "known_good": "it is on a list of files that are known to be harmless",
}
TIMES: Final = ("modified", "accessed", "changed", "created", "deleted")


class Step(Struct, frozen=True, array_like=True):
    """One step on the way to a file: the kind of place it lies in, and where in that place."""

    place: str  # a name of PLACES
    at: bytes  # its path there
    number: int = 0  # what else tells it apart: its inode, its number in an archive
    part: str = ""  # of an image, say: which partition; of a file with several contents: which


BESIDE: Final = "~"  # in the part of a step to a log: after it, the number of the database in the same folder
FOLDER: Final = "@"  # in that to a file of an image that may be one of several: after it, its folder's number

Locator = tuple[Step, ...]
"""From outside in: the first step is a path of this machine, each next one lies in the one before."""


class Found(Struct, frozen=True, kw_only=True):
    """Something that lies in a place: a file to hash, or what is `excluded`, or a `failure`, and why.

    `path` is from the source on, through everything it lies in: `DCIM/old.zip/2019/a.jpg`. It is only ever
    shown and compared, and nothing is opened by it. A name that climbs (`../a`) stands in it as it is.
    """

    path: bytes
    locator: Locator  # no two things that are found have the same
    parent: bytes | None = None  # the path of the file that it lies in; None where that is a folder
    size: int | None = None  # bytes, as the place says
    inode: int | None = None
    deleted: bool | None = None  # None: the place cannot say
    rewritten: bool = False  # its bytes are not those that lie there: made so that it can be looked at
    # By a name of TIMES, as ISO 8601: with `Z` where the place keeps UTC, and with no zone where it keeps a
    # clock's time without saying whose (FAT, zip).
    times: dict[str, str] = {}
    excluded: str | None = None  # a name of EXCLUDED
    failure: Failure | None = None

    def __post_init__(self) -> None:
        if self.excluded is not None and self.excluded not in EXCLUDED:
            raise ValueError(f"there is no rule {self.excluded!r}")
        if unknown := set(self.times) - set(TIMES):
            raise ValueError(f"there is no time {min(unknown)!r}")


_LOCATOR = msgspec.msgpack.Decoder(Locator)
_FOUND = msgspec.msgpack.Decoder(Found)
_ENCODER = msgspec.msgpack.Encoder()


def packed(locator: Locator) -> bytes:
    """A locator as bytes, the same for the same one: what a file is known by in a scan's state."""
    return _ENCODER.encode(locator)


def locator_of(packed: bytes) -> Locator:
    """The locator that `packed` gave."""
    return _LOCATOR.decode(packed)


def found_packed(found: Found) -> bytes:
    """What was found, as a worker says it."""
    return _ENCODER.encode(found)


def found_of(packed: bytes) -> Found:
    """What `found_packed` gave."""
    return _FOUND.decode(packed)

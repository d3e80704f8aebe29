"""What is said of each file of a batch: by its content and its path alone, the same on every machine."""

import hashlib

import msgspec
from msgspec import UNSET, Struct

from lapwing.batch.listing import Entry
from lapwing.hashing import file_lines
from lapwing.hashing.failures import Failure
from lapwing.hashing.pool import FileHashes

ENCODER = msgspec.json.Encoder()


class BatchLine(file_lines.Line, frozen=True, kw_only=True):
    """A line as `lapwing hash` has it, without the time: a copy of the source gives the same bytes."""

    type: str | None  # by its content
    excluded: str | None  # a name of `lapwing.scanning.found.EXCLUDED`


class Placed(Struct, frozen=True):
    """What says where a line belongs: its content, or its path where nothing is known of its content."""

    sha256: str | None
    path: str
    path_hex: str = ""


PLACED = msgspec.json.Decoder(Placed)
LINES = msgspec.json.Decoder(BatchLine)
Key = tuple[str, bytes]
"""Lines are in order of these: the SHA-256, or "" of what has none; then the line itself."""


def line_of(entry: Entry, found: FileHashes) -> BatchLine:
    """The line of a file that was worked on."""
    line = msgspec.structs.asdict(file_lines.line_of(found))
    path, in_hex = file_lines.shown(entry.path)
    line |= {"path": path, "path_hex": in_hex, "modified_ns": UNSET}
    return BatchLine(**line, type=found.media_type, excluded=entry.excluded)


def unopened(entry: Entry) -> BatchLine:
    """The line of what is excluded, or could not even be looked at."""
    failure = Failure("unreadable", entry.fault) if entry.fault else None
    return line_of(entry, FileHashes(b"", None, None, None, None, None, None, failure))


def shard_of(placed: Placed, digits: int) -> str:
    """The shard that a line belongs to: the first digits of the SHA-256 of the content.

    Where there is none, of the path, so that however many those are, no shard has them all.
    """
    if placed.sha256 is not None:
        return placed.sha256[:digits]
    path = bytes.fromhex(placed.path_hex) if placed.path_hex else placed.path.encode()
    return hashlib.sha256(path).hexdigest()[:digits]


def shards(digits: int) -> list[str]:
    """The names of all shards, in order."""
    return [f"{number:0{digits}x}" for number in range(16**digits)]

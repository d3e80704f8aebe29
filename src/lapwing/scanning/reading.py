"""A scan's results read back from whoever brings them: strictly, by the line, and with its counts checked."""

import hashlib
from collections.abc import Iterator
from typing import BinaryIO, TypeVar

import msgspec
from msgspec import Struct

from lapwing.exchange.unreadable import Unreadable
from lapwing.scanning.items import Item
from lapwing.scanning.stacks import Stack
from lapwing.scanning.summary import Summary

LARGEST_SUMMARY = 4 * 2**20  # bytes
LONGEST_LINE = 8 * 2**20  # bytes: of a video's frames, or of a stack with very many members
BLOCK = 2**20
EXACT = ("md5", "sha1", "sha256")
M = TypeVar("M")


def read_summary(stream: BinaryIO) -> Summary:
    """A `summary.json`. Raises Unreadable, with where, for anything else."""
    content = stream.read(LARGEST_SUMMARY + 1)
    if len(content) > LARGEST_SUMMARY:
        raise Unreadable(f"summary.json is larger than {LARGEST_SUMMARY:,} bytes.")
    try:
        summary = msgspec.json.decode(content, type=Summary)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise Unreadable(f"summary.json is not a scan’s: {error}.") from None
    if min(summary.seen, summary.hashed, summary.excluded, summary.failed, summary.waiting) < 0:
        raise Unreadable("summary.json counts fewer than no files.")
    return summary


def read_items(stream: BinaryIO) -> Iterator[Item]:
    """The lines of an `items.jsonl`. Raises Unreadable, with the line, for one that is no item."""
    return _lines(stream, "items.jsonl", Item)


def read_stacks(stream: BinaryIO) -> Iterator[Stack]:
    """The lines of a `stacks.jsonl`. Raises Unreadable, with the line, for one that is no stack."""
    return _lines(stream, "stacks.jsonl", Stack)


def _lines(stream: BinaryIO, name: str, kind: type[M]) -> Iterator[M]:
    decoder, number = msgspec.json.Decoder(kind), 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise Unreadable(f"{name}, line {number:,}: it is longer than {LONGEST_LINE:,} bytes.")
        if not line.endswith(b"\n"):
            raise Unreadable(f"{name}, line {number:,}: it breaks off. The file was not copied whole.")
        try:
            yield decoder.decode(line)
        except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError) as error:
            raise Unreadable(f"{name}, line {number:,}: {error}.") from None


class Tally(Struct):
    """What the items come to, to be compared with what the summary says."""

    seen: int = 0
    hashed: int = 0
    excluded: int = 0
    failed: int = 0
    waiting: int = 0
    matched: int = 0

    def add(self, item: Item) -> None:
        """One item more."""
        self.seen += 1
        self.matched += bool(item.matches)
        if item.excluded is not None:
            self.excluded += 1
        elif item.sha256 is not None:
            self.hashed += 1
        elif item.waiting is None:
            self.failed += 1
        else:
            self.waiting += 1

    def check(self, summary: Summary) -> None:
        """Raise Unreadable where the two do not agree, or a file is not accounted for."""
        for name in self.__struct_fields__:
            here, said = getattr(self, name), getattr(summary, name)
            if here != said:
                raise Unreadable(
                    f"items.jsonl has {here:,} files {name}, and summary.json says {said:,}: "
                    "they are not of one scan, or not whole."
                )
        if self.seen != self.hashed + self.excluded + self.failed + self.waiting:
            raise Unreadable("summary.json does not account for every file that was seen.")


def known(item: Item) -> bool:
    """Whether the item is on a list by a hash of its bytes, so that nobody has to look at it."""
    return any(match.type in EXACT for match in item.matches)


def fingerprint(*streams: BinaryIO | None) -> str:
    """The SHA-256 of several files together, from their beginnings; each is rewound."""
    whole = hashlib.sha256()
    for stream in streams:
        if stream is None:
            whole.update(b"-")
            continue
        stream.seek(0)
        part = hashlib.sha256()
        while block := stream.read(BLOCK):
            part.update(block)
        whole.update(part.digest())
        stream.seek(0)
    return whole.hexdigest()

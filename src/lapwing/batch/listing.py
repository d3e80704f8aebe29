"""A source's files as one file of names, divided into parts: what there is to do, whoever does it."""

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from lapwing.matching.durable import replace_file
from lapwing.scanning import folders
from lapwing.scanning.found import Locator, Step
from lapwing.sources import object_store

LISTING = "listing.bin"
PART = 500  # entries of the smallest part
PARTS = 1024  # at most, or nearly: each is opened for each shard
FEW = 200_000  # entries, up to which one hexadecimal digit of a hash names a shard
_LENGTH = struct.Struct("<I")
_ENCODER = msgspec.msgpack.Encoder()


class Entry(Struct, frozen=True, array_like=True):
    """Something that was seen in the source, by its path there."""

    path: bytes
    number: int = 0  # its inode: another file in its place is not taken for it
    mark: str = ""  # an object's ETag, for the same
    size: int | None = None
    excluded: str | None = None  # a name of `lapwing.scanning.found.EXCLUDED`
    fault: str | None = None  # why it could not even be looked at


class Listing(Struct, frozen=True):
    """What the listing has: how many entries, where its parts begin, and how many digits name a shard."""

    entries: int
    starts: list[int]  # in the file of names
    part: int  # entries of each part but the last
    digits: int

    @property
    def shards(self) -> int:
        """How many shards the results have."""
        return int(16**self.digits)


_ENTRY = msgspec.msgpack.Decoder(Entry)


def write_listing(source: bytes, folder: Path) -> Listing:
    """List the source, and keep the names. In memory there is a number for every PART of them.

    Raises OSError, `object_store.Unreachable`: a listing that breaks off is none.
    """
    begins: list[int] = []
    entries = 0

    def write(file: BinaryIO) -> None:
        nonlocal entries
        at = 0
        for entry in entries_of(source):
            if entries % PART == 0:
                begins.append(at)
            data = _ENCODER.encode(entry)
            file.write(_LENGTH.pack(len(data)) + data)
            at, entries = at + _LENGTH.size + len(data), entries + 1

    replace_file(folder / LISTING, write, mode=0o600)
    step = max(1, -(-len(begins) // PARTS))
    return Listing(entries, begins[::step], PART * step, 1 if entries <= FEW else 2)


def read_part(folder: Path, listing: Listing, number: int) -> Iterator[Entry]:
    """The entries of one part. Raises OSError."""
    left = min(listing.part, listing.entries - number * listing.part)
    with open(folder / LISTING, "rb") as file:
        file.seek(listing.starts[number])
        for _ in range(left):
            (length,) = _LENGTH.unpack(file.read(_LENGTH.size))
            yield _ENTRY.decode(file.read(length))


def entries_of(source: bytes) -> Iterator[Entry]:
    """Everything in a folder that is no folder itself, or every object of a store; nothing is opened."""
    if (place := object_store.Place.of(source)) is not None:
        for one in object_store.listed(place):
            yield Entry(one.path, mark=one.mark, size=one.size)
        return
    for found in folders.walk(source):
        fault = found.failure.detail if found.failure else None
        yield Entry(found.path, found.inode or 0, "", found.size, found.excluded, fault)


def locator(source: bytes, entry: Entry) -> Locator:
    """How any process opens it again."""
    if (place := object_store.Place.of(source)) is not None:
        return (Step(object_store.PLACE, place.address(entry.path), 0, entry.mark),)
    return (Step("folder", os.path.join(source, entry.path), entry.number),)

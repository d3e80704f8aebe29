"""What a batch is of, and its manifest: what is done, so that the next run goes on from there."""

from pathlib import Path

import msgspec
from msgspec import Struct

from lapwing.batch.listing import Listing
from lapwing.hashing.limits import Limits
from lapwing.matching.durable import replace_file

MANIFEST = "manifest.json"
VERSION = 1  # of the folder


class Options(Struct, frozen=True):
    """What decides what is found."""

    turned: bool = False
    video: bool = False
    limits: Limits = Limits()


class Job(Struct, frozen=True):
    """All that somebody needs to do a part or a shard of it, in any process that sees the folders."""

    folder: Path
    source: bytes
    options: Options
    listing: Listing


class Manifest(Struct, frozen=True, kw_only=True):
    """What is done of a job. Each part and shard says so itself, by being there."""

    version: int = VERSION
    source: str
    source_hex: str
    options: Options
    listing: Listing | None = None
    gathered: bool = False  # all parts are hashed, and all shards are there
    lists: str | None = None  # the lists that the matches are of, at their versions

    def write(self, folder: Path) -> "Manifest":
        """Put it in the place of what was there."""
        data = msgspec.json.format(msgspec.json.encode(self)) + b"\n"
        replace_file(folder / MANIFEST, lambda file: file.write(data), mode=0o600)
        return self


def read_manifest(folder: Path, source: bytes, options: Options) -> Manifest:
    """The manifest of a folder, a new one where there is none.

    Raises ValueError where the folder holds a batch of something else, or made with other options.
    """
    mine = Manifest(source=source.decode(errors="replace"), source_hex=source.hex(), options=options)
    try:
        data = (folder / MANIFEST).read_bytes()
    except FileNotFoundError:
        return mine
    try:
        there = msgspec.json.decode(data, type=Manifest)
    except ValueError as error:
        raise ValueError(f"{folder / MANIFEST} is no manifest of a batch: {error}") from None
    if there.version != VERSION:
        raise ValueError(f"{folder} is of another version of Lapwing ({there.version}, not {VERSION})")
    if there.source_hex != mine.source_hex:
        raise ValueError(f"{folder} holds a batch of {there.source}: give another folder")
    if there.options != options:
        raise ValueError(f"{folder} holds a batch made with other options: give another folder")
    return there

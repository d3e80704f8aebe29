"""What the parts have, gathered by content: a file for each shard, in order."""

import hashlib
from collections.abc import Iterable, Iterator
from heapq import merge
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from lapwing.batch.job import Job
from lapwing.batch.lines import PLACED, Key, shards
from lapwing.batch.parts import head_of, path_of
from lapwing.matching.durable import replace_file

FOLDER = "hashes"
BLOCKS = 8 << 20  # bytes in hand of all parts: a shard that has nearly everything takes no more memory
LEAST = 4096  # bytes read of a part at once


class Shard(Struct, frozen=True):
    """A shard that is there: how many lines, how many contents among them, and the SHA-256 of its bytes."""

    name: str
    lines: int
    contents: int
    sha256: str


class Span(Struct, frozen=True):
    """The lines of one shard in one part's file."""

    path: Path
    start: int
    size: int


Places = npt.NDArray[np.int64]  # (parts, shards, 2): where a shard's lines begin in a part, and their bytes


def shard_path(job: Job, name: str) -> Path:
    """Where a shard is."""
    return job.folder / FOLDER / f"{name}.jsonl"


def places_of(job: Job) -> Places:
    """Where in the parts the lines of each shard are."""
    places = np.zeros((len(job.listing.starts), job.listing.shards, 2), np.int64)
    for number in range(len(places)):
        head, begin = head_of(job, number)
        for shard, (start, size) in head.shards.items():
            places[number, int(shard, 16)] = begin + start, size
    return places


def gather_shards(job: Job, numbers: Iterable[int]) -> Iterator[Shard]:
    """Write these shards; one that is there is only counted, as parts do not change."""
    names, places = shards(job.listing.digits), places_of(job)
    for number in numbers:
        name = names[number]
        path = shard_path(job, name)
        if path.exists():
            yield _Counting(name).all(_keyed(Span(path, 0, path.stat().st_size), BLOCKS))
        else:
            spans = enumerate(places[:, number].tolist())
            yield _gather(
                job, name, [Span(path_of(job, part), start, size) for part, (start, size) in spans if size]
            )


class _Counting:
    """Counts the lines of a shard as they go by in order."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lines = self._contents = 0
        self._before = ""
        self._digest = hashlib.sha256()

    def line(self, key: Key) -> bytes:
        """Count one line, and give it back."""
        sha256, line = key
        self._lines += 1
        self._contents += sha256 != self._before
        self._before = sha256
        self._digest.update(line)
        return line

    def all(self, keys: Iterable[Key]) -> Shard:
        """Count these, and say what it comes to."""
        for key in keys:
            self.line(key)
        return Shard(self._name, self._lines, self._contents, self._digest.hexdigest())


def _gather(job: Job, name: str, spans: list[Span]) -> Shard:
    counting = _Counting(name)
    block_size = max(LEAST, BLOCKS // max(1, len(spans)))

    def write(file: BinaryIO) -> None:
        parts = (_keyed(span, block_size) for span in spans)
        file.writelines(map(counting.line, merge(*parts)))

    replace_file(shard_path(job, name), write, mode=0o600)
    return counting.all(())


def _keyed(span: Span, block_size: int) -> Iterator[Key]:
    """The lines of a span with what they are in order of, so many bytes at a time.

    No file is kept open: there may be a thousand.
    """
    rest, at, end = b"", span.start, span.start + span.size
    while at < end:
        with span.path.open("rb") as file:
            file.seek(at)
            block = file.read(min(block_size, end - at))
        if not block:
            raise OSError(0, "it is cut short", str(span.path))
        at += len(block)
        *whole, rest = (rest + block).split(b"\n")
        for line in whole:
            yield PLACED.decode(line).sha256 or "", line + b"\n"

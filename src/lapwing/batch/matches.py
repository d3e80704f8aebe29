"""What of a shard is on lists: a file of matches each. Copies lie together, and are asked once."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from lapwing.batch.job import Job
from lapwing.batch.lines import ENCODER, LINES, BatchLine, shards
from lapwing.batch.shards import shard_path
from lapwing.matching import KnownLists
from lapwing.matching.asking import BATCH, asked_of, said_of
from lapwing.matching.durable import replace_file
from lapwing.scanning.judging import Judging

FOLDER = "matches"
BATCHED = BATCH // 4  # files of which all hashes are asked at once


class Lists(Struct, frozen=True):
    """Which lists to compare with, and how near counts."""

    folder: Path
    names: tuple[str, ...]  # every list, where none is named
    distance: int

    def open(self) -> KnownLists:
        """The lists. Raises BadList, KeyError for one that is not there, ValueError for none at all."""
        known = KnownLists.open(self.folder).chosen(self.names)
        if not known.lists:
            raise ValueError(f"there is no list in {self.folder}: nothing can be found")
        return known

    def versions(self, known: KnownLists) -> str:
        """What they are, as text that differs as soon as one of them does."""
        return Judging(known, self.distance).versions


class Matched(Struct, frozen=True):
    """What was found: files, and files by list; matches in all."""

    files: int
    matches: int
    by_list: dict[str, int]


class _Said(Struct, frozen=True):
    list: str
    query: str
    query_hex: str = ""


_SAID = msgspec.json.Decoder(_Said)


def match_path(job: Job, name: str) -> Path:
    """Where a shard's matches are."""
    return job.folder / FOLDER / f"{name}.jsonl"


def match_shards(
    job: Job, lists: Lists, versions: str, threads: int, numbers: Iterable[int]
) -> Iterator[str]:
    """Compare these shards, and give the name of each when it is done.

    Raises ValueError where the lists are no longer those of `versions`.
    """
    known, names = lists.open(), shards(job.listing.digits)
    if (here := lists.versions(known)) != versions:
        raise ValueError(f"the lists have changed meanwhile: {here}, not {versions}")
    comparing = _Comparing(known, lists.distance, threads)
    for number in numbers:
        comparing.shard(job, names[number])
        yield names[number]


def counted(job: Job, name: str) -> Matched:
    """What of a shard was found, by its file of matches."""
    files = matches = 0
    by_list: Counter[str] = Counter()
    with match_path(job, name).open("rb") as file:
        rows = map(_SAID.decode, file)
        for _, said in groupby(rows, key=lambda row: (row.query, row.query_hex)):
            lists = [row.list for row in said]
            files, matches = files + 1, matches + len(lists)
            by_list.update(set(lists))
    return Matched(files, matches, dict(sorted(by_list.items())))


class _Comparing:
    def __init__(self, known: KnownLists, distance: int, threads: int) -> None:
        self._known, self._distance, self._threads = known, distance, threads

    def shard(self, job: Job, name: str) -> None:
        def write(out: BinaryIO) -> None:
            with shard_path(job, name).open("rb") as shard:
                hashed = (line for row in shard if (line := LINES.decode(row)).sha256)
                while batch := list(islice(hashed, BATCHED)):
                    out.writelines(ENCODER.encode(row) + b"\n" for row in self._found(batch))

        replace_file(match_path(job, name), write, mode=0o600)

    def _found(self, batch: list[BatchLine]) -> Iterator[dict[str, object]]:
        asked = [list(asked_of(line)) for line in batch]
        pairs = list(dict.fromkeys((one.kind, one.value) for ones in asked for one in ones))
        answers = self._known.match_many(pairs, self._distance, threads=self._threads)
        found = {pair: matches for pair, matches in zip(pairs, answers, strict=True) if matches}
        for line, ones in zip(batch, asked, strict=True):
            beside = {"query_hex": line.path_hex} if line.path_hex else {}
            for one in ones:
                for match in found.get((one.kind, one.value), ()):
                    yield said_of(one, match) | beside

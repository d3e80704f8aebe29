"""One part of a listing after the other: hashed, and written whole, with where each shard's lines stand."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from lapwing.batch.job import Job
from lapwing.batch.lines import ENCODER, BatchLine, Key, Placed, line_of, shard_of, unopened
from lapwing.batch.listing import Entry, locator, read_part
from lapwing.hashing.pool import FileHashes, HashingPool, Inside
from lapwing.hashing.worker_messages import Asked
from lapwing.matching.durable import replace_file
from lapwing.scanning.found import packed
from lapwing.scanning.outcomes import LONG
from lapwing.sources.object_store import Unreachable

FOLDER = "parts"
OPENER = "lapwing.batch.opening"


class Counts(Struct, frozen=True):
    """What became of files: `listed = hashed + excluded + failed`."""

    listed: int = 0
    hashed: int = 0
    excluded: int = 0
    failed: int = 0  # no hash of the bytes; a picture that cannot be decoded is hashed, and has a failure
    failures: dict[str, int] = {}  # by reason, of the hashed ones too
    rules: dict[str, int] = {}  # why they are excluded

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.listed + other.listed,
            self.hashed + other.hashed,
            self.excluded + other.excluded,
            self.failed + other.failed,
            _sum(self.failures, other.failures),
            _sum(self.rules, other.rules),
        )

    @property
    def conserved(self) -> bool:
        """Whether every file is accounted for."""
        return self.listed == self.hashed + self.excluded + self.failed


class Head(Struct, frozen=True):
    """The first line of a part's file: the counts, and for each shard the bytes of its lines after it."""

    counts: Counts
    shards: dict[str, tuple[int, int]]


HEAD = msgspec.json.Decoder(Head)


def path_of(job: Job, number: int) -> Path:
    """Where a part is, once it is done."""
    return job.folder / FOLDER / f"{number:05}.jsonl"


def head_of(job: Job, number: int) -> tuple[Head, int]:
    """The head of a part that is done, and where its lines begin. Raises FileNotFoundError."""
    with path_of(job, number).open("rb") as file:
        line = file.readline()
    return HEAD.decode(line), len(line)


def hash_parts(job: Job, workers: int, numbers: Iterable[int]) -> Iterator[Counts]:
    """Hash these parts of the listing, and give the counts of each as it is there.

    Raises `Unreachable` when a store stops answering: what depended on it is not written down as a failure.
    """
    options = job.options
    parts = _Parts(job, numbers)
    with HashingPool(
        workers, options.limits, turned=options.turned, video=options.video, opener=OPENER
    ) as pool:
        for answer in pool.answers(parts.wanted()):
            if isinstance(answer, FileHashes):
                parts.take(answer)
            yield from parts.written()
        yield from parts.written()


class _Part:
    """A part in hand."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.lines: list[BatchLine] = []
        self.left = 0
        self.all_asked = False


class _Parts:
    """Asks for the files of parts, and writes each part when its last file is there."""

    def __init__(self, job: Job, numbers: Iterable[int]) -> None:
        self._job = job
        self._numbers = numbers
        self._in_hand: dict[bytes, tuple[_Part, Entry]] = {}
        self._whole: list[_Part] = []

    def wanted(self) -> Iterator[Asked]:
        job, options = self._job, self._job.options
        for number in self._numbers:
            part = _Part(number)
            for entry in read_part(job.folder, job.listing, number):
                if entry.excluded is not None or entry.fault is not None:
                    part.lines.append(unopened(entry))
                    continue
                where = packed(locator(job.source, entry))
                self._in_hand[where] = part, entry
                part.left += 1
                yield Asked(where, options.turned, options.video, alone=(entry.size or 0) >= LONG)
            part.all_asked = True
            self._close(part)

    def take(self, answer: FileHashes | Inside) -> None:
        assert isinstance(answer, FileHashes)
        if answer.failure is not None and answer.failure.reason == "unreachable":
            raise Unreachable(answer.failure.sentence)
        part, entry = self._in_hand.pop(answer.path)
        part.lines.append(line_of(entry, answer))
        part.left -= 1
        self._close(part)

    def _close(self, part: _Part) -> None:
        if part.all_asked and not part.left:
            self._whole.append(part)

    def written(self) -> Iterator[Counts]:
        """Write what is whole."""
        while self._whole:
            part = self._whole.pop()
            yield write_part(self._job, part.number, part.lines)


def write_part(job: Job, number: int, lines: list[BatchLine]) -> Counts:
    """Write a part, all of it or nothing: its head, then its lines by shard and in order."""
    by_shard: dict[str, list[Key]] = {}
    for line in lines:
        placed = Placed(line.sha256, line.path, line.path_hex or "")
        shard = shard_of(placed, job.listing.digits)
        by_shard.setdefault(shard, []).append((line.sha256 or "", ENCODER.encode(line) + b"\n"))
    blocks = {shard: b"".join(line for _, line in sorted(by_shard[shard])) for shard in sorted(by_shard)}
    counts, at, places = counts_of(lines), 0, {}
    for shard, block in blocks.items():
        places[shard] = at, len(block)
        at += len(block)

    def write(file: BinaryIO) -> None:
        file.write(ENCODER.encode(Head(counts, places)) + b"\n")
        file.writelines(blocks.values())

    replace_file(path_of(job, number), write, mode=0o600)
    return counts


def counts_of(lines: Iterable[BatchLine]) -> Counts:
    """What became of these files."""
    listed = hashed = excluded = failed = 0
    failures: Counter[str] = Counter()
    rules: Counter[str] = Counter()
    for line in lines:
        listed += 1
        hashed += line.sha256 is not None
        excluded += line.excluded is not None
        failed += line.sha256 is None and line.failure is not None
        if line.failure is not None:
            failures[line.failure.reason] += 1
        if line.excluded is not None:
            rules[line.excluded] += 1
    return Counts(listed, hashed, excluded, failed, dict(failures), dict(rules))


def _sum(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return dict(sorted((Counter(one) + Counter(other)).items()))

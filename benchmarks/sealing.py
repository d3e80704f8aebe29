"""Megabytes a second of hashing and sealing an upload, against its limits measured in the same run.

Beside each, the processor time it took, which other work on the machine changes less than the clock's. The
limits: the same blocks only hashed (MD5, SHA-1 and SHA-256, one after the other as hashlib does, and as
the vault does it in threads), only sealed, and only written to the same disk with the same fsync. The rounds
take turns, so that whatever else the machine does falls on all of them. The aim is 80% of the slower of
hashing and writing.

    python -m benchmarks.sealing --megabytes 512 --rounds 7 --block 65536
"""

import argparse
import hashlib
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from lapwing.hashing import Digesting
from lapwing.vault import Identities, stage
from lapwing.vault.age_format import seal

MB = 10**6


class Rounds:
    """The five ways to spend the same bytes."""

    def __init__(self, size: int, block: int, folder: Path) -> None:
        self.block = os.urandom(block)
        self.count = max(1, size // block)
        self.folder = folder
        self.recipients = Identities.generate().recipients

    @property
    def size(self) -> int:
        return self.count * len(self.block)

    def blocks(self) -> Iterator[bytes]:
        for _ in range(self.count):
            yield self.block

    def hash_in_a_row(self) -> None:
        hashes = [hashlib.md5(usedforsecurity=False), hashlib.sha1(usedforsecurity=False), hashlib.sha256()]
        for block in self.blocks():
            for one in hashes:
                one.update(block)

    def hash_in_threads(self) -> None:
        with Digesting() as digesting:
            for block in self.blocks():
                digesting.update(block)
            digesting.finish()

    def seal_only(self) -> None:
        seal(_Blocks(self.blocks()), _Nowhere(), self.recipients)

    def write_only(self) -> None:
        path = self.folder / "written"
        with path.open("wb", buffering=0) as file:
            for block in self.blocks():
                file.write(block)
            os.fsync(file.fileno())
        path.unlink()

    def hash_and_seal(self) -> None:
        stage(self.blocks(), recipients=self.recipients, folder=self.folder).discard()


class _Blocks:
    """Blocks as a stream."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks, self._block, self._at = blocks, b"", 0

    def read(self, size: int) -> bytes:
        if self._at >= len(self._block):
            self._block, self._at = next(self._blocks, b""), 0
        piece = self._block[self._at : self._at + size]
        self._at += len(piece)
        return piece


class _Nowhere:
    """A stream that keeps nothing."""

    def write(self, data: bytes) -> int:
        return len(data)

    def flush(self) -> None:
        pass


class Seen(NamedTuple):
    """One round of one way."""

    rate: float  # megabytes (10^6 bytes) of plain bytes a second
    processor: float  # milliseconds of processor, of all threads, a megabyte


def measured(rounds: Rounds, way: Callable[[], None]) -> Seen:
    """Do it once."""
    begun, processor = time.perf_counter(), time.process_time()
    way()
    megabytes = rounds.size / MB
    return Seen(
        megabytes / (time.perf_counter() - begun), 1000 * (time.process_time() - processor) / megabytes
    )


def main() -> None:
    """Measure, and print a line a way and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument(
        "--block", type=int, default=65536, help="bytes in a block, as a server hands them on"
    )
    parser.add_argument("--folder", type=Path, help="on the disk to be measured (default: the temporary one)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        rounds = Rounds(given.megabytes * MB, given.block, Path(name))
        ways = [
            rounds.hash_in_a_row,
            rounds.hash_in_threads,
            rounds.seal_only,
            rounds.write_only,
            rounds.hash_and_seal,
        ]
        seen: dict[str, list[Seen]] = {way.__name__: [] for way in ways}
        for _ in range(given.rounds):
            for way in ways:
                seen[way.__name__].append(measured(rounds, way))
    for label, all_seen in seen.items():
        rates, spent = [one.rate for one in all_seen], [one.processor for one in all_seen]
        print(
            f"{label:16} {statistics.median(rates):6.0f} MB/s  ({min(rates):.0f} to {max(rates):.0f})"
            f"  processor {statistics.median(spent):.2f} ms/MB ({min(spent):.2f} to {max(spent):.2f})"
        )
    report(seen)


def report(seen: dict[str, list[Seen]]) -> None:
    """The ratios: round by round, as both were measured under the same load."""
    for limit in ("hash_in_a_row", "hash_in_threads"):
        ratios = [
            whole.rate / min(hashed.rate, written.rate)
            for whole, hashed, written in zip(
                seen["hash_and_seal"], seen[limit], seen["write_only"], strict=True
            )
        ]
        print(
            f"hash_and_seal is {statistics.median(ratios):.0%} of the slower of {limit} and write_only "
            f"({min(ratios):.0%} to {max(ratios):.0%}); aim 80%"
        )


if __name__ == "__main__":
    main()

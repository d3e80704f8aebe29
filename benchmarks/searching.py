"""Queries a second of the search for near hashes, against the libraries one could take instead, in one run.

Every index has the same random hashes of 256 bits and is asked the same queries, half of them planted at 0 to
40 bits from an entry, on one thread unless --threads says otherwise. The rounds take turns, so that whatever
else the machine does falls on all of them; a ratio is of one round, and its spread is over the rounds. The
time is the thread's own on the processor, or by the clock where there are several threads. What each finds
is compared with the plain scan, and the scan with NumPy.

    make .venv/peers
    python -m benchmarks.searching --entries 1000000 --rounds 7
    python -m benchmarks.searching --entries 10000000 --rounds 5 --peers multihash
"""

import argparse
import gc
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lapwing.matching import kernels
from lapwing.matching.near_index import NearIndex
from lapwing.native import PATHS

Rows = npt.NDArray[np.uint8]
Pairs = set[tuple[int, int]]
Ask = Callable[[Rows], Pairs | None]
DISTANCE = 31
CHECKED = 400  # queries whose answers are compared with the scan's


class Contender:
    """An index of the hashes: how long it took to build, what it takes of memory, and how to ask it."""

    def __init__(
        self,
        name: str,
        build: Callable[[], tuple[Ask, int]],
        asked: int,
        clock: Callable[[], float],
    ) -> None:
        gc.collect()
        self.clock = clock
        before, started = _resident(), clock()
        self.ask, size = build()
        self.seconds = clock() - started
        self.size = size or _resident() - before  # the peers do not say: what the process has grown by
        self.name, self.asked = name, asked
        self.rates: list[float] = []

    def round(self, queries: Rows) -> None:
        """Ask it `asked` queries and note the rate."""
        started = self.clock()
        self.ask(queries[: self.asked])
        self.rates.append(min(self.asked, len(queries)) / (self.clock() - started))


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def data(entries: int, queries: int, seed: int = 4) -> tuple[Rows, Rows]:
    """Random hashes; queries in a random order, half planted at 0 to 40 bits from an entry."""
    random = np.random.default_rng(seed)
    hashes = random.integers(0, 256, (entries, 32), dtype=np.uint8)
    asked = random.integers(0, 256, (queries, 32), dtype=np.uint8)
    planted = np.flatnonzero(random.random(queries) < 0.5)
    keys = random.random((len(planted), 256))
    changed = np.argsort(np.argsort(keys, axis=1), axis=1) < random.integers(0, 41, len(planted))[:, None]
    asked[planted] = hashes[random.integers(0, entries, len(planted))] ^ np.packbits(changed, axis=1)
    return hashes, asked


def _lapwing(hashes: Rows, threads: int, path: str) -> tuple[Ask, int]:
    index = NearIndex.build(hashes, threads=threads, path=path)

    def ask(queries: Rows) -> Pairs | None:
        found = index.search(queries, DISTANCE, threads=threads, path=path)
        return _pairs(found) if len(queries) <= CHECKED else None

    return ask, index.size


def _scan(hashes: Rows, path: str) -> tuple[Ask, int]:
    words = hashes.view(np.uint64)

    def ask(queries: Rows) -> Pairs | None:
        return _pairs(kernels.scan(words, queries.view(np.uint64), DISTANCE, 1 << 24, path))

    return ask, hashes.nbytes


def _pairs(found: kernels.Found) -> Pairs:
    return set(zip(found.queries.tolist(), found.entries.tolist(), strict=True))


def _faiss(hashes: Rows, make: Callable[[Any], Any], *, with_ids: bool) -> tuple[Ask, int]:
    import faiss  # type: ignore[import-not-found]

    index = make(faiss)
    if with_ids:
        index = faiss.IndexBinaryIDMap2(index)
        index.add_with_ids(hashes, np.arange(len(hashes)))
    else:
        index.add(hashes)

    def ask(queries: Rows) -> Pairs | None:
        limits, _, entries = index.range_search(queries, DISTANCE + 1)  # it means less than
        return set(
            zip(
                np.repeat(np.arange(len(queries)), np.diff(limits).astype(int)).tolist(),
                entries.tolist(),
                strict=True,
            )
        )

    return ask, 0


def _multihash(faiss: Any) -> Any:
    index = faiss.IndexBinaryMultiHash(256, 16, 16)
    index.nflip = DISTANCE // 16  # as python-threatexchange sets it
    return index


def _hash24(faiss: Any) -> Any:
    index = faiss.IndexBinaryHash(256, 24)
    index.nflip = 2
    return index


def _threatexchange(hashes: Rows) -> tuple[Ask, int]:
    from threatexchange.signal_type.pdq.pdq_index import PDQIndex  # type: ignore[import-not-found]

    index = PDQIndex.build((bytes(row).hex(), number) for number, row in enumerate(hashes))

    def ask(queries: Rows) -> Pairs | None:
        return {
            (number, match.metadata)
            for number, row in enumerate(queries)
            for match in index.query(bytes(row).hex())
        }

    return ask, 0


def _usearch(hashes: Rows) -> tuple[Ask, int]:
    from usearch.index import MetricKind, ScalarKind, search  # type: ignore[import-not-found]

    def ask(queries: Rows) -> Pairs | None:
        matches = search(hashes, queries, 50, MetricKind.Hamming, exact=True, dtype=ScalarKind.B1, threads=1)
        near = matches.distances <= DISTANCE
        return set(zip(np.nonzero(near)[0].tolist(), matches.keys[near].tolist(), strict=True))

    return ask, 0


PEERS: dict[str, tuple[str, Callable[[Rows], tuple[Ask, int]], int]] = {
    "multihash": (
        "faiss IndexBinaryMultiHash 16x16, IDMap2",
        lambda hashes: _faiss(hashes, _multihash, with_ids=True),
        400,
    ),
    "flat": (
        "faiss IndexBinaryFlat",
        lambda hashes: _faiss(hashes, lambda faiss: faiss.IndexBinaryFlat(256), with_ids=False),
        400,
    ),
    "hash24": (
        "faiss IndexBinaryHash 24 bits, 2 flips",
        lambda hashes: _faiss(hashes, _hash24, with_ids=False),
        2000,
    ),
    "threatexchange": ("threatexchange PDQIndex", _threatexchange, 100),
    "usearch": ("usearch, exact", _usearch, 20),
}


def main() -> None:
    """Build what was asked for, ask in turns, and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=100_000, help="in one batch")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=1, help="of Lapwing's; the peers have one")
    parser.add_argument("--peers", nargs="*", default=list(PEERS), choices=list(PEERS))
    options = parser.parse_args()
    hashes, queries = data(options.entries, options.queries)
    _one_thread(options.peers)
    path = PATHS[-1]
    clock = time.thread_time if options.threads == 1 else time.perf_counter
    contenders = [
        Contender(
            f"lapwing index, {path}", lambda: _lapwing(hashes, options.threads, path), options.queries, clock
        ),
        Contender(f"lapwing scan, {path}", lambda: _scan(hashes, path), CHECKED, clock),
    ]
    for key in options.peers:
        name, build, asked = PEERS[key]
        contenders.append(Contender(name, lambda build=build: build(hashes), asked, clock))  # type: ignore[misc]
    for number in range(options.rounds):
        for contender in contenders:
            contender.round(queries)
        print(f"round {number + 1}: " + ", ".join(f"{c.rates[-1]:,.0f}" for c in contenders), flush=True)
    _report(contenders, hashes, queries)


def _one_thread(peers: list[str]) -> None:
    if any(key in ("multihash", "flat", "hash24", "threatexchange") for key in peers):
        import faiss

        faiss.omp_set_num_threads(1)


def _report(contenders: list[Contender], hashes: Rows, queries: Rows) -> None:
    mine, scan = contenders[:2]
    truth = scan.ask(queries[:CHECKED]) or set()
    few = kernels.scan_numpy(hashes.view(np.uint64), queries[:5].view(np.uint64), DISTANCE, 1 << 24)
    assert {pair for pair in truth if pair[0] < 5} == _pairs(few), "the scan is not what NumPy says"
    print(f"\n{'':41}{'queries/s':>31}{'lapwing is so many times':>32}{'build s':>9}{'B/hash':>8}  recall")
    for one in contenders:
        ratios = [a / b for a, b in zip(mine.rates, one.rates, strict=True)]
        asked = min(one.asked, CHECKED)
        found = one.ask(queries[:asked]) or set()
        sought = {pair for pair in truth if pair[0] < asked}
        print(
            f"{one.name:41}{_spread(one.rates, 0):>31}{_spread(ratios, 1):>32}"
            f"{one.seconds:>9.1f}{one.size / len(hashes):>8.0f}"
            f"  {len(found & sought) / len(sought):.3f} of {len(sought)}, {len(found - sought)} wrong"
        )


def _spread(values: list[float], digits: int) -> str:
    middle, least, most = (f"{f(values):,.{digits}f}" for f in (statistics.median, min, max))
    return f"{middle} ({least} to {most})"


if __name__ == "__main__":
    main()

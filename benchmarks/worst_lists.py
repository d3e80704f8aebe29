"""Lists that are bad for the index: the time of a search over the time of a plain scan of the same list.

Each list of `tests/lapwing/matching/near_lists.py` is searched one query at a time and 100 at once, on one
thread; the search and the scan take turns. Both are made to find the same.

    python -m benchmarks.worst_lists --entries 1000000
"""

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
from tests.lapwing.matching.near_lists import worst_lists

from lapwing.matching.kernels import Found, scan
from lapwing.matching.near_index import MOST, NearIndex

ONE_BY_ONE, AT_ONCE, DISTANCE = 36, 100, 31


def main() -> None:
    """Print a line for each list."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    print("list | one at a time: median, worst | 100 at once: least, most | matches of the 100")
    for name, rows in worst_lists(arguments.entries).items():
        index = NearIndex.build(rows, threads=2)
        drawn = np.random.default_rng(6)
        queries = rows[drawn.integers(0, len(rows), AT_ONCE)].copy()
        queries[::3, 0] ^= 3
        queries[::2] = drawn.integers(0, 256, queries[::2].shape, np.uint8)
        alone = [ratio(index, queries[at : at + 1])[0] for at in range(ONE_BY_ONE)]
        together = [ratio(index, queries) for _ in range(arguments.rounds)]
        ratios = [one for one, _ in together]
        single = f"{statistics.median(alone):.2f}, {max(alone):.2f}"
        batch = f"{min(ratios):.2f}, {max(ratios):.2f}"
        print(f"{name} | {single} | {batch} | {together[0][1]:,}", flush=True)


def ratio(index: NearIndex, queries: np.ndarray) -> tuple[float, int]:
    """The search's time over the scan's, and how many they found."""
    words = queries.view(np.uint64)
    searched, found = seconds(lambda: index.search(queries, DISTANCE))
    scanned, same = seconds(lambda: scan(index.hashes, words, DISTANCE, MOST))
    assert len(found) == len(same)
    return searched / scanned, len(found)


def seconds(act: Callable[[], Found]) -> tuple[float, Found]:
    """The quicker of two, of the processor: the first may find the list out of the cache."""
    taken = []
    for _ in range(2):
        started = time.thread_time()
        found = act()
        taken.append(time.thread_time() - started)
    return min(taken), found


if __name__ == "__main__":
    main()

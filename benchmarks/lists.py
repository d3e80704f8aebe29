"""A list on the disk: how long it takes to open, to look in, to change and to merge, in one run.

Entries have a random MD5 and a random PDQ. Opening and looking are done by new processes, --rounds of them,
on a list whose pages the machine has in memory. 20,000 MD5s are asked, each again and again, and a set of
Python's that holds those alone is asked beside it. A change is 500 entries more and 500 withdrawn.

    python -m benchmarks.lists --entries 10000000
    python -m benchmarks.lists --entries 100000000 --only pdq --rounds 1
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from lapwing.matching.changing import Origin, bring_in, commit_counted, layer_name
from lapwing.matching.hash_list import HashList
from lapwing.matching.keeping import merge
from lapwing.matching.layer import Notes, layer_arrays
from lapwing.matching.layer_file import write_layer
from lapwing.matching.listed import ListedFile
from lapwing.matching.versions import Version

NAME, MARK = "made", ("made", "1")
ORIGIN = Origin("benchmark", "benchmark", "2026-01-05T09:00:00+00:00")
ASKED = 20_000


def main() -> None:
    """Make the list and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=("md5", "pdq"), help="entries have this kind alone")
    parser.add_argument("--open", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.open:
        print(json.dumps(opened(arguments.open)))
        return
    kinds = [arguments.only] if arguments.only else ["md5", "pdq"]
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        lists = Path(folder)
        seconds, size = timed(lambda: make(lists, arguments.entries, kinds))
        print(f"{arguments.entries:,} entries with {' and '.join(kinds)}: made in {seconds:.1f} s,")
        print(f"  {size / arguments.entries:.0f} bytes an entry on the disk")
        rounds = [again(lists) for _ in range(arguments.rounds)]
        for name in rounds[0]:
            values = [one[name] for one in rounds]
            print(f"  {name}: {statistics.median(values):,.2f} ({min(values):,.2f}-{max(values):,.2f})")
        if arguments.only != "md5":
            change_and_merge(lists)


def make(lists: Path, count: int, kinds: list[str]) -> int:
    """A list of so many entries, of arrays alone: 100 million through Python would take half an hour."""
    drawn = np.random.default_rng(7)
    columns: dict[str, Any] = {
        "entry.identity": np.zeros(0, np.uint8),
        "entry.ends": np.zeros(count, np.uint64),
        "entry.mark": np.zeros(count, np.uint16),
        "entry.media": np.zeros(count, np.uint8),
        "entry.key": drawn.integers(0, 2**63, (count, 2), np.uint64),
    }
    for kind, length in (("md5", 16), ("pdq", 32)):
        if kind in kinds:
            columns[f"{kind}.values"] = drawn.integers(0, 256, (count, length), np.uint8)
            columns[f"{kind}.entries"] = np.arange(count, dtype=np.uint32)
    (lists / NAME).mkdir()
    file_name = layer_name(1, "whole")
    arrays = layer_arrays(columns, threads=2, aside=lists / NAME)
    del columns
    write_layer(lists / NAME / file_name, arrays, msgspec.to_builtins(Notes(NAME, [MARK])))
    version = Version(NAME, 1, [file_name], 0, {}, count, 0, "benchmark", "benchmark", ORIGIN.at)
    commit_counted(lists / NAME, version)
    return (lists / NAME / file_name).stat().st_size


def again(lists: Path) -> dict[str, float]:
    """What a new process measures."""
    command = [sys.executable, "-m", "benchmarks.lists", "--open", str(lists)]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True).stdout))


def opened(lists: Path) -> dict[str, float]:
    """In a new process: opening, looking, and what it takes of memory."""
    seconds, known = timed(lambda: HashList.open(lists, NAME))
    said = {"opening, ms": seconds * 1000}
    layer, drawn = known.layers[0], np.random.default_rng(8)
    if "md5" in layer.exact:
        index = layer.exact["md5"]
        rows = index.values[drawn.integers(0, len(index), ASKED)]
        alone = [row.tobytes() for row in rows]
        held = set(alone)
        for name, ask in {
            "one MD5 of the index, microseconds": lambda: [index.find(value) for value in alone],
            "one MD5 of the list, microseconds": lambda: [known.find("md5", value) for value in alone],
            "one MD5 of a set of 20,000, microseconds": lambda: [value in held for value in alone],
            "MD5s at once, microseconds each": lambda: index.find_many(rows),
        }.items():
            said[name] = best(ask) / ASKED * 1e6
    if "pdq" in layer.near:
        hashes = layer.near["pdq"].hashes.view(np.uint8)
        near = np.ascontiguousarray(hashes[drawn.integers(0, len(hashes), 1000)])
        near[:, 0] ^= 7
        first, found = timed(lambda: known.near(near[:1]))
        assert len(found) >= 1
        said["the first PDQ, ms"] = first * 1000
        said["PDQs of 1,000, a second"] = 1000 / best(lambda: known.near(near), 3)
    said["memory of its own, MiB"] = own_memory()
    return said


def own_memory() -> float:
    """MiB of this process that are not pages of a file, which others share and the machine may take back."""
    with open("/proc/self/status") as status:
        lines = dict(line.split(":", 1) for line in status if ":" in line)
    return int(lines["RssAnon"].split()[0]) / 1024


def change_and_merge(lists: Path) -> None:
    """A small change, and then the merge."""

    def entries() -> Iterator[ListedFile]:
        drawn = np.random.default_rng(9)
        for row in drawn.integers(0, 256, (500, 32), np.uint8):
            yield ListedFile({"pdq": row.tobytes()})
        hashes = HashList.open(lists, NAME).layers[0].near["pdq"].hashes.view(np.uint8)
        for row in hashes[:500]:
            yield ListedFile({"pdq": row.tobytes()}, withdrawn=True)

    seconds, version = timed(lambda: bring_in(lists, NAME, entries(), origin=ORIGIN, how="changes"))
    assert (version.added, version.gone) == (500, 500)
    print(f"  a change of 500 more and 500 withdrawn, in effect after {seconds:.2f} s")
    seconds, _ = timed(lambda: merge(lists, NAME, threads=2))
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"  merged in {seconds:.1f} s; {most:.1f} GiB at most, from the making on")


def timed(act: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds by the clock, and what it gave."""
    started = time.perf_counter()
    given = act()
    return time.perf_counter() - started, given


def best(act: Callable[[], Any], times: int = 5) -> float:
    """Seconds of the quickest of some."""
    return min(timed(act)[0] for _ in range(times))


if __name__ == "__main__":
    main()

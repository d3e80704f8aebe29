"""`lapwing batch hash` over benign pictures: local processes and Spark against a plain loop in one process.

Makes pictures, then in each run: a loop that reads, hashes and looks at each one; the whole command with the
local engine; and, where pyspark and Java are here, the whole command on Spark, with its start. Checks that
both engines wrote the same bytes. Prints seconds and ratios, the median with the least and the most.

    python -m benchmarks.batch --pictures 4000 --runs 3
"""

import argparse
import importlib.util
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.scan import COMMAND, make_pictures

from lapwing.hashing.digesting import Digesting
from lapwing.hashing.limits import Limits
from lapwing.hashing.pictures import pdq_of_picture


def plain_loop(paths: list[Path]) -> float:
    """Seconds that one process takes for all of them, and nothing is written."""
    begun = time.perf_counter()
    for path in paths:
        content = path.read_bytes()
        with Digesting() as digesting:
            digesting.update(content)
            digesting.finish()
        pdq_of_picture(content, Limits())
    return time.perf_counter() - begun


def command(engine: str, source: Path, out: Path, workers: int) -> float:
    """Seconds of the whole command."""
    given = ["batch", "hash", source, "--out", out, "--engine", engine, "--workers", str(workers)]
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", COMMAND, *given],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - begun


def results(out: Path) -> list[bytes]:
    """What came out, and nothing of it is left."""
    found = [path.read_bytes() for path in [*sorted((out / "hashes").iterdir()), out / "summary.json"]]
    shutil.rmtree(out)
    return found


def said(values: list[float], form: str = ".1f") -> str:
    """The median, the least and the most."""
    return f"{statistics.median(values):{form}} ({min(values):{form}} to {max(values):{form}})"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=4000)
    parser.add_argument("--side", type=int, default=600, help="pixels: pictures are 4 by 3")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    spark = importlib.util.find_spec("pyspark") and shutil.which("java")
    engines = ["local", "spark"] if spark else ["local"]
    with tempfile.TemporaryDirectory(prefix="lapwing-batch-") as name:
        source, out = Path(name, "pictures"), Path(name, "out")
        paths = list(make_pictures(source, given.pictures, given.side))
        seconds: dict[str, list[float]] = {"plain loop": []} | {engine: [] for engine in engines}
        print(f"{len(paths):,} pictures, {given.workers} processes, {given.runs} runs", flush=True)
        for _ in range(given.runs):
            seconds["plain loop"].append(plain_loop(paths))
            wrote = []
            for engine in engines:
                seconds[engine].append(command(engine, source, out, given.workers))
                wrote.append(results(out))
            assert all(one == wrote[0] for one in wrote), "the engines do not agree"
        for what, values in seconds.items():
            ratios = [loop / value for loop, value in zip(seconds["plain loop"], values, strict=True)]
            print(f"  {what:12} {said(values)} s, {said(ratios, '.2f')} times as fast as the loop")


if __name__ == "__main__":
    main()

"""A scan of many pictures against the limit of the same run, and against a plain loop over threatexchange.

Makes benign pictures, then measures over all of them, with as many processes as the scan has: reading alone,
the exact hashes alone, decoding alone, decoding and PDQ alone; and the whole scan, from the command's start
to its last file, with the pictures' pages put out of the system's cache before each. Prints the slowest
stage's time as a share of the scan's, when the first known file was said and the memory of one of a quarter
of the pictures beside that of all of them.

By the clock that is worth something on an idle machine alone. The processors' own time, which what else runs
changes little, is printed beside it: of a stage, of the scan with all its processes, of the plain loop.

    python -m benchmarks.scan --pictures 20000
"""

import argparse
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import simplejpeg
from PIL import Image
from tests.lapwing.hashing.pictures import made
from tests.lapwing.matching.made_lists import change

from lapwing.hashing.digesting import Digesting
from lapwing.hashing.limits import Limits
from lapwing.hashing.pictures import pdq_of_picture
from lapwing.matching.listed import ListedFile

BASES = 12
FOLDERS = ("DCIM/100APPLE", "WhatsApp/Media", "Android/data/app/cache")
COMMAND = "import sys; from lapwing.cli import main; sys.exit(main(sys.argv[1:]))"
PEER = 200  # pictures that the plain loop is measured on


def make_pictures(folder: Path, count: int, side: int) -> Iterator[Path]:
    """JPEGs of generated waves and discs, each with a rectangle of its own."""
    bases = [Image.fromarray(made(side, side * 4 // 3, seed)) for seed in range(BASES)]
    for number in range(count):
        image = bases[number % BASES].copy()
        across, down = number * 7919 % side, number * 104729 % side
        shade = (number % 251, number * 3 % 251, number * 7 % 251)
        image.paste(shade, (across, down, across + side // 2, down + side // 2))
        path = folder / FOLDERS[number % 3] / str(number // 3000) / f"IMG_{number:05}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        image.save(path, "JPEG", quality=85)
        yield path


def read(path: Path) -> bytes:
    """The bytes alone."""
    return path.read_bytes()


def hashed(path: Path) -> None:
    """And the three exact hashes."""
    with Digesting() as digesting:
        digesting.update(path.read_bytes())
        digesting.finish()


def decoded(path: Path) -> None:
    """And the pixels."""
    simplejpeg.decode_jpeg(path.read_bytes(), "RGB")


def looked(path: Path) -> None:
    """And the PDQ."""
    pdq_of_picture(path.read_bytes(), Limits())


STAGES: dict[str, Callable[[Path], object]] = {
    "read": lambda path: len(read(path)),
    "read and hash": hashed,
    "read and decode": decoded,
    "read, decode and PDQ": looked,
}


class Took(NamedTuple):
    """Seconds by the clock, and of processors."""

    clock: float
    cpu: float


def _part(given: tuple[str, list[Path]]) -> float:
    begun = time.process_time()
    for path in given[1]:
        STAGES[given[0]](path)
    return time.process_time() - begun


def took(stage: str, paths: list[Path], workers: int) -> Took:
    """How long a stage takes for all of them, in so many processes that are there already, none of it in the
    system's cache: as cold as the scan finds them.
    """
    parts = [(stage, paths[number::workers]) for number in range(workers)]
    with get_context("fork").Pool(workers) as pool:
        pool.map(_part, [(stage, paths[:4])] * workers, chunksize=1)
        cold(paths)
        begun = time.perf_counter()
        cpu = sum(pool.map(_part, parts, chunksize=1))
        return Took(time.perf_counter() - begun, cpu)


def cold(paths: list[Path]) -> None:
    """Put what the files hold out of the system's cache. Their names stay in it."""
    for path in paths:
        with path.open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def scan(source: Path, lists: Path, workers: int) -> tuple[Took, float, int]:
    """The whole command, seconds until the first known file was said, most memory in MiB."""
    out = Path(tempfile.mkdtemp(prefix="lapwing-scan-"))
    given = ["scan", str(source), "--lists", str(lists), "--out", str(out / "out"), "--workers", str(workers)]
    try:
        begun = time.perf_counter()
        with subprocess.Popen(
            [sys.executable, "-c", COMMAND, *given],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env={name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        ) as running:
            assert running.stderr is not None
            first = 0.0
            for line in running.stderr:
                if re.match("First known match", line):
                    first = time.perf_counter() - begun
            _, status, used = os.wait4(running.pid, 0)
            running.returncode = os.waitstatus_to_exitcode(status)
        assert running.returncode == 0
        clock = time.perf_counter() - begun
        return Took(clock, used.ru_utime + used.ru_stime), first, used.ru_maxrss // 1024
    finally:
        shutil.rmtree(out)


def plain_loop(paths: list[Path]) -> Took | None:
    """Seconds a picture of what python-threatexchange gives, one after the other."""
    if not importlib.util.find_spec("threatexchange"):
        return None
    from threatexchange.signal_type.md5 import VideoMD5Signal
    from threatexchange.signal_type.pdq.pdq_hasher import pdq_from_bytes

    cold(paths[:PEER])
    begun, cpu = time.perf_counter(), time.process_time()
    for path in paths[:PEER]:
        content = path.read_bytes()
        pdq_from_bytes(content)
        VideoMD5Signal.hash_from_bytes(content)
    many = len(paths[:PEER])
    return Took((time.perf_counter() - begun) / many, (time.process_time() - cpu) / many)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=20_000)
    parser.add_argument("--side", type=int, default=600, help="pixels: pictures are 4 by 3")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lapwing-pictures-") as name:
        source, part, lists = Path(name, "all"), Path(name, "quarter"), Path(name, "lists")
        paths = list(make_pictures(source, given.pictures, given.side))
        quarter = list(make_pictures(part, given.pictures // 4, given.side))
        with Digesting() as digesting:
            digesting.update(paths[given.pictures // 6].read_bytes())
            known = bytes.fromhex(digesting.finish().sha256)
        change(lists, "known", [ListedFile({"sha256": known})])
        size = sum(path.stat().st_size for path in paths) / 1e6
        print(f"{len(paths):,} pictures, {size:,.0f} MB, {given.workers} processes", flush=True)
        before = {stage: took(stage, paths, given.workers) for stage in STAGES}
        small = scan(part, lists, given.workers)
        cold(paths)
        whole = scan(source, lists, given.workers)
        after = {stage: took(stage, paths, given.workers) for stage in STAGES}
        said(
            [(stage, before[stage], after[stage]) for stage in STAGES],
            whole[0],
            plain_loop(paths),
            len(paths),
        )
        print(f"  first known file after {whole[1]:.1f} s, none of the pictures in the cache")
        print(f"  memory of its main process: {small[2]} MiB of {len(quarter):,}, {whole[2]} MiB of all")


def said(stages: list[tuple[str, Took, Took]], whole: Took, loop: Took | None, many: int) -> None:
    """Print what it comes to: by the clock, and by the processors' own time."""
    for stage, one, other in stages:
        clock, cpu = (one.clock + other.clock) / 2, (one.cpu + other.cpu) / 2
        print(
            f"  {stage:24} {clock:7.2f} s ({one.clock:.2f} before, {other.clock:.2f} after), {cpu:.2f} CPU s"
        )
    clock = max((one.clock + other.clock) / 2 for _, one, other in stages)
    cpu = max((one.cpu + other.cpu) / 2 for _, one, other in stages)
    print(
        f"  {'the whole scan':24} {whole.clock:7.2f} s, {whole.cpu:.2f} CPU s:"
        f" {100 * clock / whole.clock:.0f}% of the slowest stage's rate, {100 * cpu / whole.cpu:.0f}% by CPU"
    )
    if loop is not None:
        print(
            f"  {loop.clock * many / whole.clock:.1f} times as fast as a plain loop over threatexchange,"
            f" which takes {loop.cpu * many / whole.cpu:.1f} times as much CPU"
        )


if __name__ == "__main__":
    main()

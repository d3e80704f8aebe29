"""A scan and a batch of very many tiny files: every one accounted for, and memory that stays flat.

Makes files of a few bytes, a thousand to a folder, in a folder that is removed afterwards, and runs the whole
command over a tenth of them and over all. Prints seconds, files a second and the most memory of the command's
own process, which is what could grow with the number of files: its workers have one file each.

    python -m benchmarks.tiny_files --files 1000000
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.scan import COMMAND

FOLDER = 1000  # files to a folder
SPARE = 2  # inodes that are to be free for each file that is made
VERBS = {"scan": ["scan", "--no-lists"], "batch": ["batch", "hash"]}


def make_files(folder: Path, count: int) -> None:
    """Files that hold their number; one in ten is a copy of another, and one in ten is empty."""
    for number in range(count):
        if number % FOLDER == 0:
            (folder / str(number // FOLDER)).mkdir(parents=True)
        content = b"" if number % 10 == 0 else b"%d\n" % (number // 10 if number % 10 == 1 else number)
        with open(folder / str(number // FOLDER) / f"{number}.txt", "wb", buffering=0) as file:
            file.write(content)


def run(verb: str, source: Path, out: Path, workers: int) -> tuple[float, int, dict[str, int]]:
    """Seconds, MiB of the process at most, and the counts that it wrote."""
    first, *rest = VERBS[verb]
    given = [first, *rest, str(source), "--out", str(out), "--workers", str(workers)]
    begun = time.perf_counter()
    with subprocess.Popen([sys.executable, "-c", COMMAND, *given], stdout=subprocess.DEVNULL) as running:
        most = 0
        while running.poll() is None:
            most = max(most, _resident(running.pid))
            time.sleep(0.1)
    seconds = time.perf_counter() - begun
    assert running.returncode == 0
    summary = json.loads((out / "summary.json").read_bytes())
    shutil.rmtree(out)
    return seconds, most >> 20, summary.get("counts", summary)


def _resident(pid: int) -> int:
    """Bytes of a process, without those it shares with the files it maps."""
    try:
        fields = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return 0
    return (int(fields[1]) - int(fields[2])) * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--verb", choices=[*VERBS, "both"], default="both")
    given = parser.parse_args()
    verbs = list(VERBS) if given.verb == "both" else [given.verb]
    with tempfile.TemporaryDirectory(prefix="lapwing-tiny-") as name:
        free = os.statvfs(name).f_favail
        if free < SPARE * given.files:
            sys.exit(f"{name} has {free:,} inodes left, too few for {given.files:,} files")
        make_files(Path(name, "tenth"), given.files // 10)
        make_files(Path(name, "all"), given.files)
        for verb in verbs:
            for part in ("tenth", "all"):
                seconds, most, counts = run(verb, Path(name, part), Path(name, "out"), given.workers)
                seen = counts.get("listed", counts.get("seen", 0))
                assert seen == counts["hashed"] == (given.files if part == "all" else given.files // 10)
                rate = seen / seconds
                print(
                    f"{verb}: {seen:,} files, {seconds:,.0f} s, {rate:,.0f} a second, {most} MiB at most",
                    flush=True,
                )


if __name__ == "__main__":
    main()

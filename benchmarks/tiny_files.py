"""A scan and a batch of very many tiny files: every one accounted for, and memory that stays flat.

Makes files of a few bytes, a thousand to a folder, in a folder that is removed afterwards, and runs the whole
command over a tenth of them and over all. Prints seconds, files a second and the most memory of the command's
own process, which is what could grow with the number of files: its workers have one file each. By the clock
that is worth something on an idle machine alone; what the command's own process and its workers had of the
processors, in milliseconds a file, is changed little by what else runs.

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
from typing import NamedTuple

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


class Used(NamedTuple):
    """What a run took."""

    seconds: float
    own: float  # seconds of processors, of the command's own process
    workers: float  # the same of its workers
    most: int  # bytes of its own process


def run(verb: str, source: Path, out: Path, workers: int) -> tuple[Used, dict[str, int]]:
    """What it took, and the counts that it wrote."""
    first, *rest = VERBS[verb]
    given = [first, *rest, str(source), "--out", str(out), "--workers", str(workers)]
    begun = time.perf_counter()
    with subprocess.Popen([sys.executable, "-c", COMMAND, *given], stdout=subprocess.DEVNULL) as running:
        most = 0
        while os.waitid(os.P_PID, running.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            most = max(most, _resident(running.pid))
            time.sleep(0.1)
        own = _processors(running.pid)  # it has ended, and is still there to be asked
        _, status, usage = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - begun
    used = Used(seconds, own, usage.ru_utime + usage.ru_stime - own, most)
    assert running.returncode == 0
    summary = json.loads((out / "summary.json").read_bytes())
    shutil.rmtree(out)
    return used, summary.get("counts", summary)


def _resident(pid: int) -> int:
    """Bytes of a process, without those it shares with the files it maps."""
    try:
        fields = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return 0
    return (int(fields[1]) - int(fields[2])) * os.sysconf("SC_PAGE_SIZE")


def _processors(pid: int) -> float:
    """Seconds of processors that a process had itself, without those that it started."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


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
                used, counts = run(verb, Path(name, part), Path(name, "out"), given.workers)
                seen = counts.get("listed", counts.get("seen", 0))
                assert seen == counts["hashed"] == (given.files if part == "all" else given.files // 10)
                own, workers = 1000 * used.own / seen, 1000 * used.workers / seen
                print(
                    f"{verb}: {seen:,} files, {used.seconds:,.0f} s, {seen / used.seconds:,.0f} a second,"
                    f" {own:.3f} ms of processors a file and {workers:.3f} of its workers,"
                    f" {used.most >> 20} MiB at most",
                    flush=True,
                )


if __name__ == "__main__":
    main()

"""Companies report over HTTP while processes of the site are killed at any moment; then everything that was
acknowledged is counted.

    python -m tests.killing --times 200 --workers 2

`DATABASE_URL` chooses the engine; `--workers` how many processes serve. Exit 1 when anything acknowledged
is missing, doubled or changed.
"""

import argparse
import hashlib
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from lxml import etree
from tests.company import Company, details, report, some_bytes
from tests.own_site import Site, make_site, make_template

LOST = (OSError, http.client.HTTPException, etree.XMLSyntaxError, KeyError, AssertionError)
SOON = 60.0  # seconds a site may take to answer again, and the worker to be through


class Acknowledged:
    """What companies were told is there: by report number, the SHA-256 of its files; and the unfinished."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.finished: dict[int, list[str]] = {}
        self.doubtful: dict[int, list[str]] = {}  # `finish` was sent, and its reply did not come

    def note(self, number: int, files: list[str], *, sure: bool) -> None:
        with self.lock:
            (self.finished if sure else self.doubtful)[number] = files
            if sure:
                self.doubtful.pop(number, None)


def reporting(company: Company, told: Acknowledged, numbers: "Numbers", stop: threading.Event) -> None:
    """One company's software: transaction after transaction; a lost reply is asked for again."""
    while not stop.is_set():
        document, contents = report(numbers.next()), [some_bytes(3000) for _ in range(random.randrange(3))]
        try:
            number = company.submit(document).number
            files = []
            for content in contents:
                sent = company.upload(number, content)
                assert sent.said["hash"] == hashlib.md5(content, usedforsecurity=False).hexdigest()
                assert company.fileinfo(details(number, sent.said["fileId"])).code == 0
                files.append(hashlib.sha256(content).hexdigest())
        except LOST:
            company.hang_up()
            time.sleep(0.05)
            continue
        finish(company, number, files, told, stop)
    company.hang_up()


def finish(
    company: Company, number: int, files: list[str], told: Acknowledged, stop: threading.Event
) -> None:
    """Finish, and ask again until there is an answer: 0 and 5102 both say that it is finished."""
    told.note(number, files, sure=False)
    while True:
        try:
            code = company.finish(number).code
        except LOST:
            company.hang_up()
            if stop.is_set():
                return
            time.sleep(0.05)
            continue
        if code in (0, 5102):
            told.note(number, files, sure=True)
        return


class Numbers:
    """1, 2, 3 … to several threads."""

    def __init__(self) -> None:
        self.lock, self.last = threading.Lock(), 0

    def next(self) -> int:
        with self.lock:
            self.last += 1
            return self.last


def kin(process: subprocess.Popen[str]) -> list[int]:
    """The process and all below it."""
    found, looked = [process.pid], 0
    while looked < len(found):
        for task in Path(f"/proc/{found[looked]}/task").glob("*/children"):
            found += [int(one) for one in task.read_text().split()]
        looked += 1
    return found


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def serving(port: int) -> list[int]:
    """The processes whose command line runs the server at that port."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"granian" in words and str(port).encode() in words:
            found.append(int(folder.name))
    return found


def resident(port: int) -> int:
    """Bytes resident of every process that serves at that port."""
    total = 0
    for pid in serving(port):
        try:
            total += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        except OSError:
            continue
    return total


def serve(site: Site, port: int, workers: int = 1) -> subprocess.Popen[str]:
    """Start the site with its worker and clocks, and wait until it answers."""
    process = site.start("serve", "--port", port, "--workers", workers)
    listening(port)
    return process


def listening(port: int) -> None:
    """Wait until something answers at the port. Raises AssertionError when nothing does in time."""
    until = time.monotonic() + SOON
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the site did not answer in time")


def kill_often(site: Site, port: int, times: int, seed: int, workers: int = 1) -> dict[str, int]:
    """Kill one process of the site, or all of them, `times` times; start again what does not by itself."""
    chance, done = random.Random(seed), {"one": 0, "all": 0}
    process = serve(site, port, workers)
    for _ in range(times):
        time.sleep(chance.uniform(0.05, 2.5))
        living = kin(process)
        whole = chance.random() < 0.3 or len(living) == 1
        for one in living if whole else [chance.choice(living)]:
            try:
                os.kill(one, signal.SIGKILL)
            except ProcessLookupError:
                continue
        done["all" if whole else "one"] += 1
        time.sleep(0.1)
        if process.poll() is not None or not answers(port):
            end(process)
            process = serve(site, port, workers)
    return done


def answers(port: int) -> bool:
    until = time.monotonic() + 5
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return True
        except OSError:
            time.sleep(0.05)
    return False


def end(process: subprocess.Popen[str]) -> None:
    for one in kin(process):
        try:
            os.kill(one, signal.SIGKILL)
        except ProcessLookupError:
            continue
    process.wait()


COUNT = """
import json
from lapwing_web.intake.models import Submission
from lapwing_web.intake.queries.reports import current_reports
from lapwing_web.intake.models import Report
from lapwing_web.jobs.models import Job
found = {}
for one in Submission.objects.exclude(report=None).select_related("report__provider"):
    value = current_reports([one.report])[one.report.pk]
    found[one.number] = [one.report.pk, sorted(f.hashes.get("sha256", "") for f in value.files)]
print(json.dumps({
    "found": found,
    "reports": Report.objects.count(),
    "finished": Submission.objects.filter(state="finished").count(),
    "jobs": Job.objects.filter(kind="hand on a submission").exclude(state="done").count(),
}))
"""


def settled(site: Site) -> dict[str, Any]:
    """What the database holds once the worker is through."""
    until = time.monotonic() + SOON
    while True:
        site.run("work", "--once")
        held: dict[str, Any] = json.loads(site.python(COUNT))
        if not held["jobs"] or time.monotonic() > until:
            return held
        time.sleep(1)


def faults(told: Acknowledged, held: dict[str, Any], site: Site) -> list[str]:
    """Everything that is not as companies were told."""
    found = {int(number): value for number, value in held["found"].items()}
    wrong = [f"report {n} was acknowledged and is not there" for n in told.finished if n not in found]
    wrong += [
        f"report {n} has files {found[n][1]}, not {sorted(files)}"
        for n, files in told.finished.items()
        if n in found and found[n][1] != sorted(files)
    ]
    wrong += [
        f"report {n} is there and nobody finished it"
        for n in found
        if n not in told.finished and n not in told.doubtful
    ]
    reports = [value[0] for value in found.values()]
    if len(set(reports)) != len(reports) or held["reports"] != len(reports):
        wrong.append(f"{len(reports)} submissions are {held['reports']} reports")
    if held["jobs"] or held["finished"] != len(found):
        wrong.append(
            f"{held['finished']} are finished, {held['jobs']} jobs are not done, {len(found)} are reports"
        )
    proof = site.run("reconcile", check=False)
    if proof.returncode:
        wrong.append(f"reconcile: {proof.stdout[-2000:]}{proof.stderr[-2000:]}")
    return wrong


def run(
    site: Site, times: int, companies: int = 3, seed: int = 1, workers: int = 1
) -> tuple[Acknowledged, list[str], dict[str, int]]:
    """Report and kill; then look. Returns what was acknowledged, what is wrong, and how often was killed."""
    printed = site.run("provider", "add", "Example Social", "--environment", "test").stdout
    said = dict(line.split(": ", 1) for line in printed.splitlines())
    port, stop, told, numbers = free_port(), threading.Event(), Acknowledged(), Numbers()
    threads = [
        threading.Thread(
            target=reporting,
            args=(Company(said["user name"], said["password"], ("127.0.0.1", port)), told, numbers, stop),
        )
        for _ in range(companies)
    ]
    for thread in threads:
        thread.start()
    try:
        killed = kill_often(site, port, times, seed, workers)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        for process in site.started:
            if process.poll() is None:
                end(process)
    wrong = orphans(port)
    return told, wrong + faults(told, settled(site), site), killed


def orphans(port: int) -> list[str]:
    """What still serves though all that started it is gone, and is killed now. What starts may notice yet."""
    until = time.monotonic() + SOON
    while (left := serving(port)) and time.monotonic() < until:
        time.sleep(0.1)
    for pid in left:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return [f"process {pid} went on serving when what had started it was gone" for pid in left]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--companies", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1, help="processes that serve")
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        make_template(Path(folder)) as template,
        make_site(Path(folder) / "site", template) as site,
    ):
        told, wrong, killed = run(
            site, arguments.times, arguments.companies, arguments.seed, arguments.workers
        )
    print(json.dumps({"killed": killed, "acknowledged": len(told.finished), "wrong": wrong[:20]}, indent=2))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

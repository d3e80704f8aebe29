"""The front door over HTTP, on a site of its own with real processes: accepted reports a second; the time an
escalated report takes to the queue while thousands of ordinary ones wait; megabytes a second of upload.

Beside each, in the same run, its limit: for reports, how many commits a second the same database does of one
small row (a report needs two: `submit` and `finish`); for uploads, what `benchmarks.uploading` says. Each
figure is the median of the runs, with the least and the most.

    python -m benchmarks.reporting --reports 2000 --runs 3
    python -m benchmarks.reporting --burst 50000          # one escalated report in the middle
    python -m benchmarks.reporting --reports 0 --upload 5120 --runs 1   # 5 GiB, and the memory it takes
    DATABASE_URL=postgres://postgres@127.0.0.1:5432/postgres python -m benchmarks.reporting
"""

import argparse
import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.uploading import MIB, spread, uploads
from tests.company import Company, report
from tests.killing import end, free_port, serve
from tests.own_site import Site, make_site, make_template


def account(site: Site) -> tuple[str, str]:
    """A new account: its user name and password."""
    printed = site.run("provider", "add", "Example Social", "--environment", "test").stdout
    said = dict(line.split(": ", 1) for line in printed.splitlines())
    return said["user name"], said["password"]


def sending(
    who: tuple[str, str], port: int, numbers: Iterator[int], clients: int, escalated: int = -1
) -> float:
    """Report all `numbers` from `clients` connections at once. Seconds taken; raises if any was not taken."""
    lock, wrong = threading.Lock(), []

    def client() -> None:
        company = Company(*who, ("127.0.0.1", port))
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            reply = company.submit(report(number, escalated=number == escalated))
            if reply.code or company.finish(reply.number).code:
                wrong.append(reply)

    threads = [threading.Thread(target=client) for _ in range(clients)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise SystemExit(f"{len(wrong)} reports were not taken: {wrong[0]}")
    return time.perf_counter() - begun


COMMITS = """
import time
from django.db import connection
from lapwing_web.moment import now
from lapwing_web.intake.models import PostcodeArea
with connection.cursor() as cursor:
    cursor.execute("CREATE TABLE bench_row (id INTEGER PRIMARY KEY, made TEXT)")
    begun = time.perf_counter()
    for number in range(300):
        cursor.execute("INSERT INTO bench_row VALUES (%s, %s)", [number, "x" * 200])
    print(300 / (time.perf_counter() - begun))
    cursor.execute("DROP TABLE bench_row")
"""


def reports(site: Site, who: tuple[str, str], port: int, count: int, runs: int, clients: int) -> None:
    """Accepted reports a second, and its limit."""
    rates, limits = [], []
    for run in range(runs):
        numbers = iter(range(run * count, (run + 1) * count))
        rates.append(count / sending(who, port, numbers, clients))
        limits.append(float(site.python(COMMITS)))
    ratio = [100 * rate / (limit / 2) for rate, limit in zip(rates, limits, strict=True)]
    print(
        f"reports accepted a second: {spread(rates)}; commits a second, one after another: {spread(limits)}"
    )
    print(f"  per cent of two commits a report: {spread(ratio)}")


ESCALATED = """
from lapwing_web.casework.models import Referral
from lapwing_web.intake.models import Submission
from lapwing_web.jobs.models import Job
one = Submission.objects.filter(escalated=True, state="finished").order_by("-id").first()
seen = None
if one and one.report_id:
    joined = Referral.objects.filter(joinings__report_id=one.report_id).first()
    entry = Job.objects.get(key=f"submission:{one.pk}")
    seen = (entry.done_at - one.ended_at).total_seconds() if joined else None
waiting = Job.objects.filter(lane="ordinary", state="waiting").count()
import json; print(json.dumps([seen, waiting]))
"""


def burst(site: Site, who: tuple[str, str], port: int, count: int, clients: int) -> None:
    """`count` reports as fast as they are taken, the middle one escalated: when it was in the queue."""
    taken = sending(who, port, iter(range(10_000_000, 10_000_000 + count)), clients, 10_000_000 + count // 2)
    seconds, waiting = json.loads(site.python(ESCALATED))
    print(
        f"burst of {count:,} reports taken in {taken:,.0f} s ({count / taken:,.0f} a second);"
        f" {waiting:,} wait then"
    )
    shown = "not there yet" if seconds is None else f"{seconds:.2f} s after it was finished"
    print(f"  the escalated one in the middle was in the queue {shown}")
    if seconds is None or seconds > 10:
        raise SystemExit(1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--burst", type=int, default=0)
    parser.add_argument("--upload", type=int, default=512, help="MiB of one upload; 0: none")
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        make_template(Path(folder)) as template,
        make_site(Path(folder) / "site", template) as site,
    ):
        who, port = account(site), free_port()
        process = serve(site, port)
        try:
            if arguments.reports:
                reports(site, who, port, arguments.reports, arguments.runs, arguments.clients)
            if arguments.upload:
                uploads(site, who, port, arguments.upload * MIB, arguments.runs)
            if arguments.burst:
                burst(site, who, port, arguments.burst, arguments.clients)
        finally:
            end(process)
    return 0


if __name__ == "__main__":
    sys.exit(main())

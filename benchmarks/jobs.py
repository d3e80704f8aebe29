"""Jobs a second asked for and done, and how soon an urgent job begins behind 50,000 ordinary ones.

    python -m benchmarks.jobs --runs 3 --postgres postgres://postgres@127.0.0.1:5432/postgres

Beside the rate, in the same run, its limit: the same effects, in commits of the same size, with no jobs. A
ratio of 1 would mean that asking, leasing and giving back cost nothing. An effect is one row of the audit.
The urgent job is asked for while a worker, a real process, is in the middle of the ordinary ones, several
times a run. Uses a database of its own: an SQLite file in a temporary folder, and with --postgres URL a
database made there and dropped again.
"""

import argparse
import json
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

from benchmarks.engines import on_each_engine

WAITING, URGENT, AT_ONCE = 50_000, 20, 200


def kinds() -> tuple[Any, ...]:
    """The one kind: an audit row a job, with the moment at which its handler began."""
    from lapwing_web.jobs.actions import Kind

    return (Kind("benchmark", effect, "ordinary", at_once=AT_ONCE),)


def effect(leased: Sequence[Any]) -> None:
    """The effect of a batch, in one transaction with the end of its jobs."""
    from lapwing_web.audit.actions import recorded
    from lapwing_web.jobs.actions import done

    began = time.time()
    with recorded():
        rows([one.key for one in leased], began)
        done(leased)


def rows(keys: Sequence[str], began: float) -> None:
    """The effect alone."""
    from lapwing_web.audit.actions import Entry, Rule, record_all

    record_all(Entry("benchmark", key, Rule("rule:benchmark"), new={"began": began}) for key in keys)


def work() -> None:
    """A worker, until it is told to end."""
    import django

    django.setup()
    from lapwing_web.commands import work as verb

    verb.KINDS = kinds()
    parser = argparse.ArgumentParser()
    verb.add_arguments(parser)
    sys.exit(verb.run(parser.parse_args([])))


def measure(count: int, runs: int) -> list[dict[str, Any]]:
    """Each run's rates, in jobs a second, and its urgent jobs' waits, in milliseconds."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    return [_rates(count, run) | {"waits": _waits(run)} for run in range(runs)]


def _rates(count: int, run: int) -> dict[str, float]:
    from django.db import transaction

    from lapwing_web.audit.actions import recorded
    from lapwing_web.commands.work import Worker
    from lapwing_web.jobs.actions import NewJob, enqueue, enqueue_many

    keys = [f"rate:{run}:{n}" for n in range(count)]
    began = time.perf_counter()
    for key in keys[: count // 10]:  # as a door does: one in a commit
        with transaction.atomic():
            enqueue("benchmark", key, {}, lane="ordinary")
    one_by_one = (count // 10) / (time.perf_counter() - began)
    began = time.perf_counter()
    with transaction.atomic():
        enqueue_many([NewJob("benchmark", key, {}, "ordinary") for key in keys[count // 10 :]])
    together = (count - count // 10) / (time.perf_counter() - began)
    worker = Worker(kinds(), ["ordinary"])
    began = time.perf_counter()
    while worker.batch():
        pass
    done = worker.done / (time.perf_counter() - began)
    assert worker.done == count
    began = time.perf_counter()
    for first in range(0, count, AT_ONCE):
        with recorded():
            rows(keys[first : first + AT_ONCE], 0.0)
    bare = count / (time.perf_counter() - began)
    return {"one_by_one": one_by_one, "together": together, "done": done, "bare": bare}


def _waits(run: int) -> list[float]:
    """From the commit of an urgent job to the moment its handler begins, in milliseconds."""
    from lapwing_web.audit.models import AuditEntry
    from lapwing_web.jobs.actions import NewJob, enqueue, enqueue_many
    from lapwing_web.jobs.models import Job

    enqueue_many([NewJob("benchmark", f"wait:{run}:{n}", {}, "ordinary") for n in range(WAITING)])
    worker = subprocess.Popen([sys.executable, "-c", "from benchmarks.jobs import work; work()"], stdout=-1)
    assert worker.stdout is not None
    worker.stdout.readline()
    asked = {}
    for n in range(URGENT):
        time.sleep(0.15)
        key = f"urgent:{run}:{n}"
        enqueue("benchmark", key, {}, lane="urgent")
        asked[key] = time.time()
    left = Job.objects.filter(state="waiting", lane="ordinary").count()
    assert left, "the ordinary jobs were over first: ask for more"
    while Job.objects.filter(state="done", key__in=asked).count() < URGENT:
        time.sleep(0.05)
    worker.send_signal(signal.SIGTERM)
    worker.wait()
    Job.objects.filter(state="waiting").delete()
    begun = AuditEntry.objects.filter(about__in=asked).values_list("about", "new")
    return [1000 * (json.loads(new)["began"] - asked[key]) for key, new in begun]


def show(engine: str, found: list[dict[str, Any]]) -> None:
    """The median of each with its spread."""
    for name, words in (
        ("one_by_one", "asked for, one a commit"),
        ("together", "asked for, all in a commit"),
        ("done", "done"),
        ("bare", "the same effects, no jobs"),
    ):
        some = [run[name] for run in found]
        spread = f"{min(some):,.0f} to {max(some):,.0f}"
        print(f"{engine:10} {words:28} {statistics.median(some):9,.0f} a second ({spread})")
    ratios = [run["done"] / run["bare"] for run in found]
    spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
    print(f"{engine:10} {'ratio to the effects alone':28} {statistics.median(ratios):9.2f} ({spread})")
    waits = sorted(wait for run in found for wait in run["waits"])
    late = waits[int(len(waits) * 0.95)]
    print(
        f"{engine:10} {'an urgent job begins after':28} {statistics.median(waits):9,.0f} ms (95% within "
        f"{late:,.0f}, worst {waits[-1]:,.0f}; {len(waits)} jobs behind {WAITING:,} ordinary)"
    )


def main() -> None:
    """Both engines, or SQLite alone."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--jobs", type=int, default=10_000, help="in a run (default 10,000)")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--postgres", metavar="URL", help="a server to make a database on")
    given = parser.parse_args()
    on_each_engine("jobs", given.postgres, given.jobs, given.runs, show)


if __name__ == "__main__":
    main()

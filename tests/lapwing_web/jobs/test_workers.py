"""Workers in real processes: killed at any moment, several at once, told to end, only slow, poisoned."""

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.own_site import Site

pytestmark = pytest.mark.durability
MODULE = "tests.lapwing_web.jobs.kinds"
ENQUEUE = """
from lapwing_web.jobs.actions import NewJob, enqueue_many
from django.db import transaction
with transaction.atomic():
    enqueue_many([NewJob({kind!r}, f"{kind}:{{n}}", {payload}, "ordinary") for n in range({count})])
"""
COUNTS = """
from lapwing_web.audit.models import AuditEntry
from lapwing_web.audit.queries import broken
from lapwing_web.jobs.models import Job
rows = AuditEntry.objects.filter(action="effect")
once = rows.values("about").distinct().count()
print(Job.objects.filter(state="done").count(), rows.count(), once, len(broken(AuditEntry.objects.all())))
"""

FAILED = """
from lapwing_web.jobs.models import Job
print(*Job.objects.filter(state="failed").values_list("key", flat=True))
"""


def ask(site: Site, kind: str, count: int, payload: str = "{}") -> None:
    site.python(ENQUEUE.format(kind=kind, count=count, payload=payload))


def counts(site: Site) -> list[int]:
    """Jobs done, effects, jobs with an effect, broken rows of the audit."""
    return [int(word) for word in site.python(COUNTS).split()]


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.01)


def line(worker: subprocess.Popen[str]) -> str:
    assert worker.stdout is not None
    return worker.stdout.readline().strip()


def test_every_effect_is_there_once_when_workers_are_killed(own_site: Site) -> None:
    count = 2000
    ask(own_site, "effect", count)
    for turn in range(4):  # three at once, killed when they have done a little more each time
        before = own_site.count("audit_auditentry")
        workers = [own_site.start_python(MODULE, "--later", turn) for _ in range(3)]
        until(lambda before=before, turn=turn: own_site.count("audit_auditentry") > before + 40 * turn)  # type: ignore[misc]
        for worker in workers:
            worker.send_signal(signal.SIGKILL)
            worker.wait()
        finished, effects, once, wrong = counts(own_site)
        assert finished == effects == once
        assert wrong == 0
    assert counts(own_site)[0] < count, "it was over before the last was killed: kill sooner"
    rest = [own_site.start_python(MODULE, "--later", 9, "--once") for _ in range(3)]
    assert [worker.wait(120) for worker in rest] == [0, 0, 0]
    assert counts(own_site) == [count, count, count, 0]
    assert '"holds": true' in own_site.run("reconcile").stdout


def test_a_worker_told_to_end_finishes_what_it_is_in(own_site: Site, tmp_path: Path) -> None:
    go = tmp_path / "go"
    ask(own_site, "slow", 2, f'{{"file": {str(go)!r}}}')
    worker = own_site.start_python(MODULE)
    assert line(worker).startswith("Working on the lanes urgent")
    assert line(worker) == "began slow:0"
    worker.send_signal(signal.SIGTERM)
    go.touch()
    assert worker.wait(30) == 0
    assert counts(own_site)[:3] == [1, 1, 1]


def test_a_worker_that_was_only_slow_has_no_second_effect(own_site: Site, tmp_path: Path) -> None:
    go = tmp_path / "go"
    ask(own_site, "slow", 1, f'{{"file": {str(go)!r}}}')
    first = own_site.start_python(MODULE)
    line(first)
    assert line(first) == "began slow:0"
    first.send_signal(signal.SIGSTOP)
    go.touch()
    second = own_site.start_python(MODULE, "--later", 1, "--once")
    assert second.wait(60) == 0
    assert counts(own_site)[:3] == [1, 1, 1]
    first.send_signal(signal.SIGCONT)
    first.send_signal(signal.SIGTERM)
    assert first.wait(30) == 0
    assert counts(own_site)[:3] == [1, 1, 1]


def test_a_job_that_ends_every_worker_ends_no_other_job(own_site: Site) -> None:
    ask(own_site, "deadly", 5, '{"poison": n == 3}')
    deaths = 0
    for turn in range(20):
        ended = own_site.start_python(MODULE, "--later", turn, "--once").wait(60)
        deaths += ended == 9
        if ended == 0:
            break
    assert deaths == 2
    assert counts(own_site)[:3] == [4, 4, 4]
    assert own_site.python(FAILED).split() == ["deadly:3"]


def test_what_comes_round_is_in_one_worker_at_a_time(own_site: Site) -> None:
    workers = [own_site.start_python(MODULE, "--kinds", "round") for _ in range(3)]
    assert all(line(worker).startswith("Working") for worker in workers)
    until(lambda: own_site.count("audit_auditentry") > 60)
    for worker in workers:
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == 0
        assert worker.stderr is not None
        assert "lost to another" not in worker.stderr.read()
    assert own_site.count("jobs_job") == 1


def test_a_worker_ends_by_itself_when_the_server_beside_it_is_gone(own_site: Site) -> None:
    assert own_site.start("work", "--beside", "1").wait(30) == 0

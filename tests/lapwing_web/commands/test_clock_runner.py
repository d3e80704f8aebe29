"""The clock runner in real processes: ended politely, killed without warning, several at once."""

import signal
import time

import pytest
from tests.own_site import Site

START = """
from datetime import datetime, UTC
from lapwing_web.audit.actions import Rule
from lapwing_web.clocks.actions import Start, start_many
past = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
starts = [Start("triage", f"referral:{{n}}", "received", "NCA", past, band="high") for n in range({count})]
print(len(start_many(starts, by=Rule("rule:test"))))
"""
COUNTS = """
from lapwing_web.audit.models import AuditEntry
from lapwing_web.audit.queries import broken
from lapwing_web.clocks.models import Clock
rows = AuditEntry.objects.filter(action="fire clock")
fired = Clock.objects.filter(state="fired").count()
print(fired, rows.count(), rows.values("about").distinct().count(), len(broken(AuditEntry.objects.all())))
"""


def counts(site: Site) -> list[int]:
    """Clocks fired, rows of firings, clocks with such a row, broken rows."""
    return [int(word) for word in site.python(COUNTS).split()]


@pytest.mark.durability
def test_no_clock_is_lost_or_fired_twice_when_runners_are_killed(own_site: Site) -> None:
    count = 1000
    assert own_site.python(START.format(count=count)).split() == [str(count)]
    for n in range(3):  # two at once, killed at a different point of their work each time
        runners = [own_site.start("clocks", "--every", "0.01") for _ in range(2)]
        for runner in runners:
            assert runner.stdout is not None
            runner.stdout.readline()
        time.sleep(0.05 + 0.08 * n)
        for runner in runners:
            runner.send_signal(signal.SIGKILL)
            runner.wait()
        fired, rows, once, wrong = counts(own_site)
        assert fired == rows == once
        assert wrong == 0
    own_site.run("clocks", "--once")
    assert counts(own_site) == [count, count, count, 0]
    assert own_site.run("clocks", "--once").stdout == "0 clocks fired\n"


@pytest.mark.durability
def test_a_runner_fires_what_is_due_and_ends_when_asked(own_site: Site) -> None:
    runner = own_site.start("clocks", "--every", "0.05")
    assert runner.stdout is not None
    assert "every 0.05 seconds" in runner.stdout.readline()
    own_site.python(START.format(count=3))
    assert runner.stdout.readline() == "3 clocks fired\n"
    runner.send_signal(signal.SIGTERM)
    assert runner.wait(10) == 0
    assert counts(own_site) == [3, 3, 3, 0]


@pytest.mark.durability
def test_a_runner_ends_by_itself_when_the_server_beside_it_is_gone(own_site: Site) -> None:
    runner = own_site.start("clocks", "--every", "0.05", "--beside", "1")
    assert runner.wait(10) == 0

"""A hunt goes on where it was after its worker was killed, and two workers at once find nothing twice."""

import signal
import time
from pathlib import Path

import pytest
from tests.lapwing_web.casework.listed import entry, md5, publish
from tests.lapwing_web.casework.made import document, report
from tests.own_site import Site

from lapwing.report import ReportedFile

pytestmark = pytest.mark.durability
REPORTS = 40
STARTED = """
import sys
import django
django.setup()
from lapwing_web.casework.actions import hunting
hunting.ROWS, hunting.HITS = 4, 2
from lapwing_web.commands import main
sys.exit(main(["work", "--lanes", "background"]))
"""
RUN_OUT = """  # the leases of the killed
from lapwing_web.jobs.models import Job
from lapwing_web.moment import now
Job.objects.filter(state="leased").update(leased_until=now())
"""
COUNTS = """
from lapwing_web.audit.models import AuditEntry
from lapwing_web.audit.queries import broken
from lapwing_web.casework.models import Hit, Hunt, Referral
from lapwing_web.clocks.models import Clock
done = Hunt.objects.filter(to_version=2, state="done").count()
told = AuditEntry.objects.filter(action="list hit", about__startswith="referral:")
print(done, Hit.objects.count(), Referral.objects.filter(known_match=True).count(),
      told.count(), Clock.objects.filter(kind="list_hit").count(), len(broken(AuditEntry.objects.all())))
"""


def test_a_hunt_survives_its_workers_being_killed(own_site: Site, tmp_path: Path) -> None:
    lists, files = own_site.home / "lists", tmp_path / "reports"
    publish(lists, [entry(9999)])
    files.mkdir()
    for number in range(REPORTS):
        value = report(number, files=[ReportedFile(file_id="f", hashes={"md5": md5(1000 + number)})])
        (files / f"{number:03}.json").write_bytes(document(value))
    own_site.run("ingest", files)
    own_site.run("hunt")
    publish(lists, [entry(9999), *(entry(1000 + number) for number in range(REPORTS))])
    (tmp_path / "hunt_few.py").write_text(STARTED)
    own_site.environment["PYTHONPATH"] += f":{tmp_path}"
    own_site.python("from lapwing_web.casework.actions.hunting import watch_lists; watch_lists()")
    for many in (1, 12):
        workers = [own_site.start_python("hunt_few") for _ in range(2)]
        end = time.monotonic() + 60
        while own_site.count("casework_hit") < many:
            assert time.monotonic() < end, "nothing was found"
            time.sleep(0.005)
        for worker in workers:
            worker.send_signal(signal.SIGKILL)
            worker.wait()
        own_site.python(RUN_OUT)
    assert 12 <= own_site.count("casework_hit") < REPORTS, (
        "it was over before the last was killed: kill sooner"
    )
    own_site.run("hunt")
    assert own_site.python(COUNTS).split() == ["1", *[str(REPORTS)] * 4, "0"]
    assert '"holds": true' in own_site.run("reconcile").stdout

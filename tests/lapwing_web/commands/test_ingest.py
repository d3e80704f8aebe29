"""The command that takes files in: what it says, its exit codes, and that killing it loses nothing."""

import json
import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.mixture import document, report, write_mixture
from tests.own_site import Site, make_site

BOOKS = """
import json
from collections import Counter
from lapwing_web.casework.models import Joining, Referral
from lapwing_web.intake.models import Document, Fragment, Receipt, Report, ReportVersion
together = {}
for j in Joining.objects.filter(undone_at=None).select_related("report__provider"):
    together.setdefault(j.referral_id, []).append(f"{j.report.provider.key}/{j.report.reference}/{j.subject}")
print(json.dumps({
    "reports": sorted(Report.objects.values_list("provider__key", "reference", "version")),
    "versions": ReportVersion.objects.count(),
    "documents": sorted(Document.objects.values_list("sha256", flat=True)),
    "details": sorted(f"{f.reference}/{f.report_id is not None}" for f in Fragment.objects.all()),
    "waiting": Receipt.objects.filter(state__in=["rejected", "held"]).count(),
    "together": sorted(map(sorted, together.values())),
    "states": Counter(Referral.objects.exclude(state="merged").values_list("state", flat=True)),
}))
"""


def books(site: Site) -> dict[str, Any]:
    """What a site holds, without what differs between two runs of the same files: ids, receipts, times."""
    found: dict[str, Any] = json.loads(site.python(BOOKS))
    return found


def ingest(site: Site, *paths: object, code: int = 0) -> dict[str, Any]:
    done = site.run("ingest", *paths, check=False)
    assert done.returncode == code, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mixture") / "files"
    write_mixture(folder, 300, seed=11)
    return folder


@pytest.fixture(scope="module")
def undisturbed(
    tmp_path_factory: pytest.TempPathFactory, files: Path, site_template: Site
) -> Iterator[tuple[dict[str, Any], float]]:
    """The books of a site that took the files in once, undisturbed; and the seconds that took."""
    with make_site(tmp_path_factory.mktemp("undisturbed"), site_template) as site:
        began = time.monotonic()
        ingest(site, files)
        seconds = time.monotonic() - began
        yield books(site), seconds


def test_it_counts_every_receipt_and_rejected_files_are_no_error(own_site: Site, tmp_path: Path) -> None:
    (tmp_path / "good.json").write_bytes(document(report(1)))
    (tmp_path / "bad.json").write_bytes(b"{")
    first = ingest(own_site, tmp_path / "good.json", tmp_path / "bad.json")
    assert (first["received"], first["new"], first["rejected"]) == (2, 1, 1)
    again = ingest(own_site, tmp_path / "good.json", tmp_path / "bad.json")
    assert (again["received"], again["new"], again["duplicates"]) == (2, 0, 2)
    assert json.loads(own_site.run("reconcile").stdout)["holds"] is True


def test_what_cannot_be_read_from_disk_is_named_and_the_exit_says_so(own_site: Site, tmp_path: Path) -> None:
    (tmp_path / "good.json").write_bytes(document(report(1)))
    found = ingest(own_site, tmp_path / "gone", tmp_path / "good.json", code=2)
    assert found["new"] == 1
    assert len(found["unreadable"]) == 1


def test_reconcile_exits_1_when_the_books_are_wrong(own_site: Site, tmp_path: Path) -> None:
    (tmp_path / "good.json").write_bytes(document(report(1)))
    ingest(own_site, tmp_path / "good.json")
    own_site.python("from lapwing_web.intake.models import Receipt\nReceipt.objects.all().delete()")
    done = own_site.run("reconcile", check=False)
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert found["failures"]["reports not received exactly once as new"]["count"] == 1


@pytest.mark.durability
def test_killed_again_and_again_and_run_again_it_ends_as_if_never_killed(
    own_site: Site, undisturbed: tuple[dict[str, Any], float], files: Path
) -> None:
    expected, seconds = undisturbed
    chance = random.Random()
    committed = {0}
    for attempt in range(5):
        process = own_site.start("ingest", files)
        if attempt:
            time.sleep(seconds * chance.uniform(0.4, 1))
        else:  # once surely in the middle: something is committed and the rest is not
            while process.poll() is None and not own_site.count("intake_receipt"):
                time.sleep(0.02)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        proof = json.loads(own_site.run("reconcile").stdout)
        assert proof["holds"] is True
        committed.add(sum(proof["receipts"].values()))
    assert len(committed) > 1, "no process lived long enough to commit anything"
    ingest(own_site, files)
    assert books(own_site) == expected
    repeated = ingest(own_site, files)
    assert repeated["received"] == repeated["duplicates"]
    own_site.run("export-audit", own_site.home / "audit.jsonl")


@pytest.mark.durability
@pytest.mark.parametrize("times", [1, 2], ids=["finishes its batch", "drops its batch"])
def test_interrupted_it_counts_what_is_committed_and_what_is_left(
    own_site: Site, undisturbed: tuple[dict[str, Any], float], files: Path, times: int
) -> None:
    process = own_site.start("ingest", files)
    while process.poll() is None and not own_site.count("intake_receipt"):
        time.sleep(0.02)
    assert process.stderr
    heard = ""
    for _ in range(times):
        os.kill(process.pid, signal.SIGINT)
        while times == 2 and "Ctrl-C again" not in heard:
            heard += process.stderr.readline()
    said, errors = process.communicate(timeout=120)
    assert process.returncode == 130, errors
    assert "Traceback" not in heard + errors
    counts = json.loads(said)
    assert counts["received"] == own_site.count("intake_receipt")
    assert counts["left"] > 0
    assert f"{counts['left']} files are left" in errors
    assert json.loads(own_site.run("reconcile").stdout)["holds"] is True
    ingest(own_site, files)
    assert books(own_site) == undisturbed[0]


@pytest.mark.durability
def test_two_processes_at_once_take_everything_in_once(
    own_site: Site, undisturbed: tuple[dict[str, Any], float], files: Path
) -> None:
    folders = sorted(files.iterdir())
    both = [own_site.start("ingest", *folders), own_site.start("ingest", *reversed(folders))]
    for process in both:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    assert json.loads(own_site.run("reconcile").stdout)["holds"] is True
    ours, theirs = books(own_site), undisturbed[0]
    for name in ("documents", "versions", "waiting", "together"):
        assert ours[name] == theirs[name], name

"""What the pages say of scans: never that nothing is known where nobody has looked, and nothing is lost."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.cast import Cast
from tests.lapwing_web.casework.made import Made
from tests.lapwing_web.casework.test_exhibits import opened, phone
from tests.lapwing_web.casework.test_grading import graded, take
from tests.lapwing_web.casework.test_scan_results import Scanned, attach, scanned

from lapwing_web.casework.models import Exhibit
from lapwing_web.casework.queries.scan_results import scans_part

pytestmark = pytest.mark.django_db
__all__ = ["scanned"]
NONE = "Nothing on it is on a list that was compared with"


def page(client: Client, user: Any, exhibit: Exhibit) -> str:
    """The page of an exhibit, as this person reads it."""
    client.force_login(user)
    client.post(f"/cases/{exhibit.case_id}", {"reason": "working", "stands": "on"})
    return client.get(f"/exhibits/{exhibit.pk}").content.decode()


def summary(out: Path, **changed: Any) -> bytes:
    """The summary of a scan, told otherwise."""
    return json.dumps({**json.loads((out / "summary.json").read_bytes()), **changed}).encode()


def test_none_found_is_said_only_where_somebody_looked(
    cast: Cast, made: Made, scanned: Scanned, client: Client
) -> None:
    exhibit, by = phone(opened(cast, made), cast), cast.officer_a
    part, _ = attach(exhibit, scanned("part", 2, more=("--triage", "0.0000001")), by)
    assert not part.done
    shown = page(client, by, exhibit)
    assert f"No known file among the 0 of {part.seen} that were looked at so far" in shown
    assert NONE not in shown
    assert "Nothing that was looked at so far is on another scanned exhibit" in shown
    assert part.found == f"{part.seen} files seen, 0 on lists; not everything was looked at"
    blind, _ = attach(exhibit, scanned("blind", 2, more=("--no-lists",)), by)
    shown = page(client, by, exhibit)
    assert "It was compared with no list: nobody has found out" in shown
    assert NONE not in shown
    assert blind.found == "3 files seen, compared with no list"
    attach(exhibit, scanned("whole", 2, 3), by)
    shown = page(client, by, exhibit)
    assert f"{NONE}. That is not to say that nothing is there." in shown
    assert "agency, version 1 of" in shown
    assert "(1 entry)" in shown
    assert "Another scan of it found" not in shown


def test_a_newer_scan_that_knows_less_hides_neither_what_was_found_nor_what_was_graded(
    cast: Cast, made: Made, scanned: Scanned, client: Client, tmp_path: Path
) -> None:
    exhibit, by = phone(opened(cast, made), cast), cast.officer_a
    out = scanned("one", 0, 1, 2, more=("--vics", "7"))
    result, _ = attach(exhibit, out, by)
    take(result, graded(out), cast.officer_a, cast.officer_a)
    assert "1 file is on lists by a hash of its bytes" in page(client, by, exhibit)
    attach(exhibit, scanned("blind", 0, 1, 2, more=("--no-lists",)), by)
    shown = page(client, by, exhibit)
    assert "Another scan of it found 1 different file on lists that this one did not find on any" in shown
    assert "5 files seen, 1 on lists" in shown
    assert "of another scan of it" in shown
    [grading] = scans_part(by, exhibit)["gradings"]
    assert grading.result == result


def test_of_the_same_contents_what_either_scan_knows_is_on_a_list(
    cast: Cast, made: Made, scanned: Scanned
) -> None:
    one, two = phone(opened(cast, made, 1), cast), phone(opened(cast, made, 2), cast, "AB/2")
    attach(one, scanned("one", 0, 1, 2), cast.officer_a)
    attach(two, scanned("two", 0, 1, 2, more=("--no-lists",)), cast.officer_a)
    for exhibit in (one, two):
        [shared] = scans_part(cast.officer_a, exhibit)["exhibits"]
        assert (shared.number, shared.unlisted) == (3, 2)


@pytest.mark.parametrize("moment", ["", "yesterday", "2026-01-02T03:04:05", "0001-01-01T00:00:00Z"])
def test_a_time_that_is_none_leaves_the_page_as_it_is(
    cast: Cast, made: Made, scanned: Scanned, client: Client, moment: str
) -> None:
    out, exhibit = scanned("one", 1), phone(opened(cast, made), cast)
    told = json.loads((out / "summary.json").read_bytes())
    lists = [{**one, "imported_at": moment} for one in told["lists"]]
    runs = [{**one, "began_at": moment, "ended_at": None} for one in told["runs"]]
    attach(exhibit, out, cast.officer_a, summary=summary(out, lists=lists, runs=runs))
    assert "not recorded" in page(client, cast.officer_a, exhibit)


def test_a_case_says_of_each_device_what_its_scans_found(
    cast: Cast, made: Made, scanned: Scanned, client: Client
) -> None:
    case, by = opened(cast, made), cast.officer_a
    devices = [phone(case, cast, f"AB/{number}") for number in range(1, 5)]
    known, clean, blind, _ = devices
    attach(known, scanned("known", 0, 1), by)
    attach(clean, scanned("clean", 2, 3), by)
    attach(blind, scanned("before", 0, 4), by)
    attach(blind, scanned("blind", 0, 4, more=("--no-lists",)), by)
    page(client, by, known)
    shown = client.get(f"/cases/{case.pk}").content.decode()
    rows = [shown.split(f'href="/exhibits/{one.pk}"')[1].split("</tr>")[0] for one in devices]
    said = ["4 files seen, 1 on lists", "4 files seen, 0 on lists", "4 files seen, compared with no list"]
    assert [words in row for words, row in zip([*said, "None attached"], rows, strict=True)] == [True] * 4
    assert ["Known files" in row for row in rows] == [True, False, True, False]

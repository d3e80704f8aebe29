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

from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.actions.scan_results import withdraw_scan
from lapwing_web.casework.models import Exhibit
from lapwing_web.casework.queries.scan_results import scans_part
from lapwing_web.notifications.models import Notification
from lapwing_web.refusal import Forbidden, Refused

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
    by_another = "found by another scan of it. The one that counts: 4 files seen, compared with no list"
    said = ["4 files seen, 1 on lists", "4 files seen, 0 on lists", by_another]
    assert [words in row for words, row in zip([*said, "None attached"], rows, strict=True)] == [True] * 4
    assert ["Known files" in row for row in rows] == [True, False, True, False]


def test_a_scan_of_another_exhibit_is_withdrawn_with_a_reason_and_the_one_before_counts_again(
    cast: Cast, made: Made, scanned: Scanned, client: Client
) -> None:
    exhibit, by = phone(opened(cast, made), cast), cast.officer_a
    right, _ = attach(exhibit, scanned("right", 2, 3), by)
    other = scanned("other", 0, 4)
    wrong, _ = attach(exhibit, other, by)
    address = f"/exhibits/{exhibit.pk}/scan/withdraw"
    assert f'href="{address}"' in page(client, by, exhibit)
    assert str(wrong.source) in client.get(address).content.decode()
    given = {"scan": wrong.fingerprint, "why": "It is of AB/9."}
    assert "Enter a few words" in client.post(address, {**given, "why": " "}).content.decode()
    assert client.post(address, given).status_code == 302
    wrong.refresh_from_db()
    assert (wrong.state, wrong.withdrawn_by) == ("withdrawn", by)
    assert scans_part(by, exhibit)["result"] == right
    shown = page(client, by, exhibit)
    assert "“It is of AB/9.”. It was of" in shown
    assert "4 files seen, 1 on lists" in shown
    assert "Another scan of it found" not in shown
    exhibit.case.refresh_from_db()
    assert exhibit.case.band == "high"  # a person lowers it, if at all
    for about in (f"exhibit:{exhibit.pk}", f"scanresult:{wrong.pk}"):
        assert AuditEntry.objects.get(action="withdraw a scan", about=about).why == "It is of AB/9."
    told = Notification.objects.filter(kind="scan_withdrawn")
    assert {one.user for one in told} == {cast.supervisor_a}
    assert client.post(address, given).status_code == 409  # another counts by now
    assert scans_part(by, exhibit)["result"] == right
    again, new = attach(exhibit, other, by)  # it was of this exhibit after all
    assert (new, scans_part(by, exhibit)["result"]) == (True, again)


def test_what_was_withdrawn_shares_nothing_and_takes_no_grades_and_its_grades_stay(
    cast: Cast, made: Made, scanned: Scanned, client: Client
) -> None:
    one, two = phone(opened(cast, made, 1), cast), phone(opened(cast, made, 2), cast, "AB/2")
    out, by = scanned("one", 0, 1, 2, more=("--vics", "7")), cast.officer_a
    result, _ = attach(one, out, by)
    attach(two, scanned("two", 1, 2), by)
    take(result, graded(out), by)
    with pytest.raises(Forbidden):
        withdraw_scan(result, why="x", by=cast.officer_b)
    withdraw_scan(result, why="It is of another.", by=by)
    assert scans_part(by, two)["exhibits"] == []
    with pytest.raises(Refused, match="was withdrawn"):
        take(result, graded(out), cast.supervisor_a, by)
    assert "graded (category 3" in page(client, by, one)
    assert f"{one.number}</a>" in (shown := client.get(f"/cases/{one.case_id}").content.decode())
    assert "None attached" in shown


def test_what_looks_alike_is_not_told_as_on_a_list(
    cast: Cast, made: Made, scanned: Scanned, client: Client
) -> None:
    exhibit, by = phone(opened(cast, made), cast), cast.officer_a
    out = scanned("one", 0, 1)
    attach(exhibit, out, by)
    [listed] = scans_part(by, exhibit)["lists"]
    assert (listed["exactly"], listed["alike"]) == (1, 0)
    assert "Looks alike only" in page(client, by, exhibit)
    earlier = [{key: value for key, value in one.items() if key != "exactly"}
               for one in json.loads(summary(out))["by_list"]]  # fmt: skip
    attach(exhibit, out, by, summary=summary(out, by_list=earlier))
    [listed] = scans_part(by, exhibit)["lists"]
    assert (listed["exactly"], listed["alike"]) == ("1, not told apart", "")


def test_a_page_comes_however_many_lists_a_scan_names(
    cast: Cast, made: Made, scanned: Scanned, client: Client
) -> None:
    out, exhibit = scanned("one", 1), phone(opened(cast, made), cast)
    told = json.loads((out / "summary.json").read_bytes())
    lists = [{**told["lists"][0], "name": f"list-{number}"} for number in range(5000)]
    counts = [{"list": one["name"], "dialect": "", "category": "", "files": 0} for one in lists]
    attach(exhibit, out, cast.officer_a, summary=summary(out, lists=lists, by_list=counts))
    shown = page(client, cast.officer_a, exhibit)
    assert "list-99, version" in shown
    assert "list-100, version" not in shown
    assert shown.count("4,900 more") == 2
    with pytest.raises(Refused, match="names more than 5,000 lists"):
        attach(exhibit, out, cast.officer_a, summary=summary(out, lists=[*lists, lists[0]]))


def test_a_scan_that_says_it_is_of_another_exhibit_is_refused(
    cast: Cast, made: Made, scanned: Scanned
) -> None:
    exhibit, by = phone(opened(cast, made), cast), cast.officer_a
    out = scanned("one", 0, 1, more=("--exhibit", "AB/9"))
    with pytest.raises(Refused, match="says that it is of exhibit AB/9, and this is AB/1"):
        attach(exhibit, out, by)
    assert not exhibit.scans.exists()
    result, new = attach(exhibit, scanned("one", 0, 1, more=("--exhibit", "ab1")), by)
    assert (new, result.state) == (True, "attached")

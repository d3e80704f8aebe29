"""From a company's JSON to a referral: real processes, and what the company is told on the way."""

import hashlib
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.cast import Cast
from tests.company import Company, report, some_bytes
from tests.json_company import JsonCompany, document
from tests.killing import free_port, serve
from tests.own_site import Site

from lapwing.vault import Identities
from lapwing_web import moment
from lapwing_web.audit.actions import Rule
from lapwing_web.casework.actions import hand_on
from lapwing_web.casework.models import Referral
from lapwing_web.intake.actions.accounts import add_account, add_key
from lapwing_web.intake.actions.arrive import UNPROCESSED
from lapwing_web.intake.models import Receipt, Report, Submission
from lapwing_web.intake.queries.reports import current_report
from lapwing_web.jobs.actions import lease
from lapwing_web.jobs.models import LANES
from lapwing_web.moment import now

BY = Rule("test:json-api")
State = Referral.State


@pytest.fixture
def company(cast: Cast, vault: Identities) -> JsonCompany:
    return JsonCompany(add_key(add_account("Example Social", environment="test", by=BY)[0], by=BY))


def work() -> None:
    """Do every job that hands on a submission."""
    for lane in LANES:
        while leased := lease([hand_on.KIND], 100, lane):
            hand_on.hand_on(leased)


def test_through_real_processes_a_new_version_is_one_and_a_repetition_is_none(own_site: Site) -> None:
    port = free_port()
    serve(own_site, port)
    words = own_site.run("provider", "add", "Example Social", "--environment", "test").stdout.split()
    name = next(word for word in words if word.startswith("example-social-test-"))
    key = own_site.run("provider", "add-key", name).stdout.split()[1]
    company = JsonCompany(key, ("127.0.0.1", port))
    content = some_bytes(300_000)
    stated = {"content": [{"file_id": "file-1", "hashes": {"md5": hashlib.md5(content).hexdigest()}}]}
    numbers = [
        company.whole(document(1, **stated), content),
        company.whole(document(1, other="More was found.", **stated), content),
        company.whole(document(1, other="More was found.", **stated), content),
        company.whole(document(2, escalation={"escalated": True})),
    ]
    assert len(set(numbers)) == 4
    wait(lambda: all(received(company, one) for one in numbers))
    told = [one for one in company.get("/receipts").json["receipts"] if one["of"] == "report"]
    assert {one["number"]: one["state"] for one in told} == dict(
        zip(numbers, ["new", "new_version", "duplicate", "new"], strict=True)
    )
    known = company.get("/references/A-1").json
    assert [one["number"] for one in known["reports"]] == numbers[2::-1]
    assert own_site.count("intake_report") == 2
    assert own_site.count("intake_sealedfile") == 1
    assert own_site.run("reconcile").returncode == 0


def received(company: JsonCompany, number: int) -> bool:
    return bool(company.get(f"/reports/{number}").json["state"] == "received")


def wait(done: Callable[[], bool]) -> None:
    """For processes that are at work: a minute is far more than they need, and a failure is the test's."""
    until = time.monotonic() + 60
    while not done():
        assert time.monotonic() < until, "the worker did not come to it"
        time.sleep(0.1)


def test_a_file_is_put_to_what_the_report_says_of_it(company: JsonCompany) -> None:
    by_hash, by_name, of_neither = some_bytes(), some_bytes(), some_bytes()
    said = [
        {
            "file_id": "one",
            "hashes": {"sha256": hashlib.sha256(by_hash).hexdigest()},
            "viewed_by_provider": True,
        },
        {"file_id": "two", "viewed_by_provider": False},
        {"file_id": "three"},
    ]
    number = company.open(document(1, content=said)).json["number"]
    company.add(number, by_hash)
    company.add(number, by_name, "?content_file_id=two")
    company.add(number, of_neither, "?name=a.png")
    company.finish(number)
    work()
    files = current_report(Report.objects.get()).files
    digests = [hashlib.sha256(content).hexdigest() for content in (by_hash, by_name, of_neither)]
    assert [file.file_id for file in files] == ["one", "two", "three", ""]
    assert [file.hashes.get("sha256") for file in files] == [digests[0], digests[1], None, digests[2]]
    assert [file.viewed_by_provider for file in files] == [True, False, None, None]


def test_a_long_reference_is_found_again(company: JsonCompany) -> None:
    long = "R/" + "x" * 300
    number = company.whole(document(1, unique_reference=long), b"some")
    company.whole(document(2, unique_reference=long + "y"))
    work()
    assert [one["number"] for one in company.get(f"/references/{long}").json["reports"]] == [number]
    assert Report.objects.count() == 2
    assert not Receipt.objects.filter(state__in=["held", "rejected"]).exists()


# the state of its referral, who decided it; what the company is told
PROGRESS: list[tuple[str, str, str]] = [
    (State.RECEIVED, "", "received"),
    (State.DEVELOPING, "", "being_worked"),
    (State.AWAITING_PROVIDER, "", "being_worked"),
    (State.KEPT, "officer", "being_worked"),
    (State.DISSEMINATED, "officer", "being_worked"),
    (State.ACCEPTED, "officer", "being_worked"),
    (State.CLOSED, "officer", "decided"),
    (State.DISCARDED, "officer", "decided"),
    (State.DISCARDED, "rule:informational", "received"),  # what a rule looks for is not given away
]


@pytest.mark.parametrize(("state", "by", "told"), PROGRESS, ids=[f"{row[0]} {row[1]}" for row in PROGRESS])
def test_a_company_is_told_how_far_its_report_has_come_and_no_more(
    company: JsonCompany, state: str, by: str, told: str
) -> None:
    company.whole(document())
    assert company.get("/references/A-1").json["state"] == "finished"
    work()
    Referral.objects.update(state=state, decided_by=by, reason="a_reason", outcome="1A")
    said = company.get("/references/A-1").json
    assert said["state"] == said["reports"][0]["state"] == told
    assert set(said["reports"][0]) == {"number", "state", "opened_at", "ended_at", "url"}


def test_a_report_in_several_referrals_is_decided_when_all_of_them_are(company: JsonCompany) -> None:
    one = document()["people"][0]
    other = one | {"account_id": "account-000002", "screen_name": "subject-000002"}
    company.whole(document(1, people=[one, other], batch={"reason": "viral"}))
    work()
    first = Referral.objects.order_by("id").first()
    assert first is not None
    assert Referral.objects.count() > 1
    Referral.objects.filter(pk=first.pk).update(state=State.CLOSED)
    assert company.get("/references/A-1").json["state"] == "being_worked"
    Referral.objects.update(state=State.CLOSED)
    assert company.get("/references/A-1").json["state"] == "decided"


def test_a_merged_referral_is_as_far_as_the_one_it_went_into(company: JsonCompany) -> None:
    company.whole(document(1))
    company.whole(document(2))
    work()
    first, second = Referral.objects.order_by("id")
    Referral.objects.filter(pk=second.pk).update(state=State.KEPT)
    Referral.objects.filter(pk=first.pk).update(state=State.MERGED, merged_into=second)
    assert company.get("/references/A-1").json["state"] == "being_worked"


def test_receipts_are_told_page_by_page_and_none_twice(company: JsonCompany) -> None:
    numbers = [company.whole(document(number)) for number in range(1, 6)]
    work()
    told, after, more = [], 0, True
    while more:
        page = company.get(f"/receipts?after={after}&limit=2").json
        assert len(page["receipts"]) <= 2
        told += [one["number"] for one in page["receipts"]]
        after, more = page["after"], page["more"]
    assert told == numbers
    assert company.get(f"/receipts?after={after}").json == {"receipts": [], "after": after, "more": False}
    later = company.whole(document(1, other="More."))
    work()
    assert [one["number"] for one in company.get(f"/receipts?after={after}").json["receipts"]] == [later]


def test_another_account_is_told_of_nothing_that_was_received(company: JsonCompany) -> None:
    company.whole(document())
    work()
    for name in ("Example Social", "Example Photos"):
        other = JsonCompany(add_key(add_account(name, environment="test", by=BY)[0], by=BY))
        assert other.get("/receipts").json["receipts"] == []
        assert other.get("/references/A-1").status == 404


def test_what_failed_inside_and_what_people_did_about_it_stay_inside(company: JsonCompany) -> None:
    company.whole(document())
    work()
    Receipt.objects.update(
        state="cleared",
        reason=f"{UNPROCESSED} (IntegrityError: a secret).",
        cleared_why="They told us a secret.",
    )
    said: Any = company.get("/receipts").json["receipts"][0]
    assert said["state"] == "rejected"
    assert "secret" not in str(said)


def test_two_channels_of_one_company_are_received_as_what_they_are(company: JsonCompany) -> None:
    account, password = add_account("Example Social", environment="test", by=BY)
    Company(account.username, password).whole(report(9))
    company.whole(document(1))
    with moment.at(now() + timedelta(seconds=1)):
        work()
    assert set(Receipt.objects.values_list("channel", "submission__channel")) == {
        ("ispws", "ispws"),
        ("json", "json"),
    }
    assert not Submission.objects.filter(report=None).exists()

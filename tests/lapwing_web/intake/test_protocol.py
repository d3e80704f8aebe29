"""The reporting protocol, request by request: what each is answered, and what is kept of it."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.cast import Cast
from tests.company import MULTIPART, Company, Reply, details, form, report, some_bytes

from lapwing.vault import Identities
from lapwing_web import moment
from lapwing_web.audit.actions import Rule
from lapwing_web.clocks.models import Clock
from lapwing_web.intake.actions.accounts import add_account, close, rotate
from lapwing_web.intake.actions.lapsing import lapse_due, watch_unfinished
from lapwing_web.intake.models import Account, Receipt, Submission, SubmittedFile
from lapwing_web.jobs.models import Job

BY = Rule("test:protocol")


@pytest.fixture
def account(cast: Cast) -> tuple[Account, str]:
    return add_account("Example Social", environment="test", by=BY)


@pytest.fixture
def company(account: tuple[Account, str], vault: Identities) -> Company:
    return Company(account[0].username, account[1])


def opened(company: Company, number: int = 1) -> int:
    return company.submit(report(number)).number


def test_a_full_transaction(company: Company) -> None:
    content = some_bytes()
    assert (company.status().status, company.status().said["responseDescription"]) == (200, "Success")
    sent = company.submit(report(1))
    assert sent.status == 200
    assert sent.code == 0
    number = sent.number
    assert number >= 1_000_000_000
    file = company.upload(number, content)
    assert file.said["hash"] == hashlib.md5(content, usedforsecurity=False).hexdigest()
    assert len(file.said["fileId"]) == 32
    assert set(file.said["fileId"]) <= set("0123456789abcdef")
    assert company.fileinfo(details(number, file.said["fileId"])).code == 0
    done = company.finish(number)
    assert (done.code, done.number, done.files) == (0, number, [file.said["fileId"]])
    assert len(done.headers["Request-ID"]) == 32
    submission = Submission.objects.get()
    assert submission.state == Submission.State.FINISHED
    kept = SubmittedFile.objects.select_related("sealed").get()
    assert kept.sealed.sha256 == hashlib.sha256(content).hexdigest()
    assert Job.objects.get().lane == Job.Lane.ORDINARY


def test_an_escalated_report_goes_into_the_urgent_lane(company: Company) -> None:
    company.whole(report(1, escalated=True))
    assert Job.objects.get().lane == Job.Lane.URGENT


WRONG: list[tuple[str, Callable[[Company], Reply], int, int]] = [
    ("submit not well formed", lambda c: c.submit(b"<report><incidentSummary></report>"), 400, 4110),
    ("submit nothing", lambda c: c.submit(b""), 400, 4110),
    ("submit another root", lambda c: c.submit(b"<reports/>"), 400, 4100),
    ("submit without its incident", lambda c: c.submit(b"<report/>"), 400, 4100),
    (
        "submit an entity",
        lambda c: c.submit(b'<!DOCTYPE r [<!ENTITY a "b">]><report>&a;</report>'),
        400,
        4100,
    ),
    ("submit what nests too deeply", lambda c: c.submit(b"<a>" * 100_000 + b"</a>" * 100_000), 400, 4110),
    ("submit too much", lambda c: c.submit(b" " * (17 * 2**20)), 413, 4000),
    (
        "submit packed",
        lambda c: c.send("POST", "submit", b"x", "text/xml", **{"Content-Encoding": "gzip"}),
        400,
        4000,
    ),
    ("submit by GET", lambda c: c.send("GET", "submit"), 405, 4000),
    ("status by POST", lambda c: c.send("POST", "status", b"x", "text/xml"), 405, 4000),
    ("upload to no report", lambda c: c.upload(1_999_999_999, b"x"), 404, 5001),
    ("upload to what is no number", lambda c: c.upload("../etc/passwd", b"x"), 404, 5001),
    (
        "upload without a file",
        lambda c: c.send("POST", "upload", form([("id", None, b"1")]), MULTIPART),
        404,
        5001,
    ),
    (
        "upload without an id",
        lambda c: c.send("POST", "upload", form([("file", "a", b"x")]), MULTIPART),
        400,
        4000,
    ),
    ("upload that is no form", lambda c: c.send("POST", "upload", b"x", "text/plain"), 400, 4000),
    ("upload without a boundary", lambda c: c.send("POST", "upload", b"x", "multipart/form-data"), 400, 4000),
    (
        "upload that breaks off",
        lambda c: c.send("POST", "upload", form([("id", None, b"1")])[:-20], MULTIPART),
        400,
        4200,
    ),
    ("fileinfo of no report", lambda c: c.fileinfo(details(1_999_999_999, "0" * 32)), 404, 5001),
    ("fileinfo not well formed", lambda c: c.fileinfo(b"<fileDetails>"), 400, 4110),
    (
        "fileinfo without a file",
        lambda c: c.fileinfo(b"<fileDetails><reportId>1</reportId></fileDetails>"),
        400,
        4100,
    ),
    ("finish no report", lambda c: c.finish(1_999_999_999), 404, 5001),
    ("finish what is no number", lambda c: c.finish("²"), 404, 5001),
    (
        "finish without an id",
        lambda c: c.send("POST", "finish", b"", "application/x-www-form-urlencoded"),
        400,
        4000,
    ),
    ("retract no report", lambda c: c.retract(1_999_999_999), 404, 5001),
]


@pytest.mark.parametrize(("why", "ask", "status", "code"), WRONG, ids=[row[0] for row in WRONG])
def test_what_is_wrong_is_said_in_the_protocols_codes(
    company: Company, why: str, ask: Callable[[Company], Reply], status: int, code: int
) -> None:
    reply = ask(company)
    assert (reply.status, reply.code) == (status, code), reply.said
    assert reply.said["responseDescription"]
    assert reply.headers["Request-ID"]
    assert not Submission.objects.exists()


REPEATED: list[tuple[str, Callable[[Company, int], list[Reply]], int]] = [
    ("finish twice", lambda c, n: [c.finish(n), c.finish(n)], 5102),
    ("retract twice", lambda c, n: [c.retract(n), c.retract(n)], 5101),
    ("retract what is finished", lambda c, n: [c.finish(n), c.retract(n)], 5102),
    ("finish what is retracted", lambda c, n: [c.retract(n), c.finish(n)], 5101),
    ("upload to what is finished", lambda c, n: [c.finish(n), c.upload(n, b"x")], 5102),
    ("upload to what is retracted", lambda c, n: [c.retract(n), c.upload(n, b"x")], 5101),
    ("details of no file", lambda c, n: [c.finish(n), c.fileinfo(details(n, "0" * 32))], 5102),
]


@pytest.mark.parametrize(("why", "ask", "code"), REPEATED, ids=[row[0] for row in REPEATED])
def test_what_has_ended_cannot_be_changed(
    company: Company, why: str, ask: Callable[[Company, int], list[Reply]], code: int
) -> None:
    first, second = ask(company, opened(company))
    assert first.code == 0
    assert (second.code, second.status) == (code, 200)


def test_repetitions_after_a_lost_reply_find_what_they_did(company: Company) -> None:
    number = opened(company)
    assert opened(company) == number
    first, second = company.upload(number, b"the same"), company.upload(number, b"the same")
    assert first.said["fileId"] == second.said["fileId"]
    assert opened(company) != number  # something was added to the first: this is another
    told = details(number, first.said["fileId"])
    assert [company.fileinfo(told).code, company.fileinfo(told).code] == [0, 0]
    assert company.fileinfo(details(number, first.said["fileId"], "another name.png")).code == 4100
    assert company.finish(number).files == [first.said["fileId"]]


def test_the_same_bytes_twice_are_stored_once(company: Company) -> None:
    one, two = opened(company, 1), opened(company, 2)
    company.upload(one, b"the same")
    company.upload(two, b"the same")
    assert SubmittedFile.objects.count() == 2
    assert SubmittedFile.objects.values("sealed").distinct().count() == 1


def test_the_id_may_come_after_the_file(company: Company) -> None:
    number = opened(company)
    body = form([("file", "a.png", b"some"), ("id", None, str(number).encode())])
    assert company.send("POST", "upload", body, MULTIPART).code == 0


NAMES = ["../../etc/passwd", "C:\\Windows\\x.png", "x" * 5000, "a\u202egnp.exe", "一枚.png", "", "a%00b.png"]


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_files_name_is_text(company: Company, name: str) -> None:
    number = opened(company)
    assert company.upload(number, b"x", name).code == 0
    assert len(SubmittedFile.objects.get().name) <= 255


def test_another_company_sees_nothing_of_it(company: Company) -> None:
    number = opened(company)
    other, password = add_account("Example Photos", environment="test", by=BY)
    stranger = Company(other.username, password)
    assert stranger.upload(number, b"x").code == 5001
    assert stranger.finish(number).code == 5001
    assert stranger.retract(number).code == 5001
    assert company.finish(number).code == 0


def test_only_the_accounts_own_password_opens(account: tuple[Account, str]) -> None:
    one, password = account
    assert Company(one.username, password).status().code == 0
    wrong = Company(one.username, "wrong").status()
    assert (wrong.status, wrong.code) == (401, 2000)
    assert wrong.headers["WWW-Authenticate"].startswith("Basic ")
    assert Company("nobody", password).status().code == 2000
    assert Company(one.username, password).send("GET", "status", Authorization="Bearer x").code == 2000


def test_a_rotated_password_works_for_a_while_and_then_no_more(account: tuple[Account, str]) -> None:
    one, old = account
    new = rotate(one, by=BY)
    assert [Company(one.username, secret).status().code for secret in (old, new)] == [0, 0]
    with moment.at(moment.now() + timedelta(hours=25)):
        assert [Company(one.username, secret).status().code for secret in (old, new)] == [2000, 0]
    last = rotate(one, by=BY, at_once=True)
    assert [Company(one.username, secret).status().code for secret in (new, last)] == [2000, 0]
    close(one, why="The company asked.", by=BY)
    assert Company(one.username, last).status().code == 2000


def test_a_guesser_is_locked_out_and_the_company_is_not(account: tuple[Account, str]) -> None:
    one, password = account
    guesser = Company(one.username, "wrong")
    codes = [guesser.send("GET", "status") for _ in range(8)]
    assert (codes[-1].status, codes[-1].code) == (429, 2000)
    assert codes[-1].headers["Retry-After"]
    right = Company(one.username, password)
    right.client.defaults["REMOTE_ADDR"] = "192.0.2.77"
    assert right.status().code == 0


def test_an_account_is_for_one_kind_of_site(cast: Cast, settings: Any) -> None:
    one, password = add_account("Example Social", environment="live", by=BY)
    reply = Company(one.username, password).status()
    assert (reply.status, reply.code) == (403, 3000)
    settings.ENVIRONMENT = "live"
    assert Company(one.username, password).status().code == 3000  # not over HTTPS


def test_an_account_may_make_so_many_requests_a_minute(account: tuple[Account, str]) -> None:
    one, password = account
    Account.objects.filter(pk=one.pk).update(requests_a_minute=3)
    replies = [Company(one.username, password).status() for _ in range(5)]
    assert [reply.status for reply in replies].count(429) >= 1
    assert replies[-1].headers["Retry-After"]


def test_no_room_is_said_before_anything_is_taken(company: Company, settings: Any) -> None:
    number = opened(company)
    settings.SPARE_BYTES = 2**62
    for reply in (company.submit(report(2)), company.upload(number, b"x")):
        assert (reply.status, reply.code) == (503, 1000)
        assert int(reply.headers["Retry-After"]) > 0
    settings.SPARE_BYTES = 0
    settings.MOST_WAITING = 0
    assert company.submit(report(3)).status == 503
    assert company.submit(report(4, escalated=True)).code == 0
    assert Submission.objects.count() == 2


def test_an_unfinished_report_lapses_by_the_protocols_rule(company: Company) -> None:
    begun = moment.now()
    with moment.at(begun):
        number, changed = opened(company, 1), opened(company, 2)
    with moment.at(begun + timedelta(hours=1)):
        assert watch_unfinished() == 2
        assert watch_unfinished() == 0
        assert Clock.objects.filter(kind="unfinished_report").count() == 2
    with moment.at(begun + timedelta(hours=23, minutes=50)):
        assert company.upload(changed, b"x").code == 0
        assert lapse_due() == 0
    with moment.at(begun + timedelta(hours=24)):
        assert company.finish(number).code == 5001  # whether or not the rule has run yet
        assert lapse_due() == 1
        assert company.finish(number).code == 5001
    with moment.at(begun + timedelta(hours=24, minutes=40)):
        assert company.finish(changed).code == 0
    receipt = Receipt.objects.get()
    assert (receipt.state, receipt.document) == ("rejected", Submission.objects.get(state="lapsed").document)
    assert "never finished" in receipt.reason
    unsettled = Clock.objects.filter(kind="unfinished_report").exclude(state="settled")
    assert not unsettled.exists()


def test_the_schema_is_for_everybody(client: Any, db: None) -> None:
    reply = client.get("/ispws/xsd")
    assert reply.status_code == 200
    assert b"fileDetails" in reply.content

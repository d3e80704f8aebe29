"""The JSON API, request by request: what each is answered, and what is kept of it."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.cast import Cast
from tests.company import MULTIPART, form, some_bytes
from tests.json_company import JSON, RAW, JsonCompany, Said, document

from lapwing.vault import Identities
from lapwing_web import moment
from lapwing_web.audit.actions import Rule
from lapwing_web.intake.actions.accounts import add_account, add_key, close, rotate
from lapwing_web.intake.actions.lapsing import lapse_due
from lapwing_web.intake.models import Account, Submission, SubmittedFile
from lapwing_web.jobs.models import Job

BY = Rule("test:json-api")
NONE = 1_999_999_999  # a number that no report has


@pytest.fixture
def account(cast: Cast, vault: Identities) -> Account:
    return add_account("Example Social", environment="test", by=BY)[0]


@pytest.fixture
def company(account: Account) -> JsonCompany:
    return JsonCompany(add_key(account, by=BY))


def opened(company: JsonCompany, number: int = 1) -> int:
    return int(company.open(document(number)).json["number"])


def test_a_full_transaction(company: JsonCompany) -> None:
    content = some_bytes()
    said = company.open(document())
    assert said.status == 201
    number = said.json["number"]
    assert said.json["reference"] == "A-1"
    assert (said.json["state"], said.json["priority"], said.json["escalated"]) == ("open", "P2", False)
    assert said.headers["Location"] == said.json["url"] == f"/api/v1/reports/{number}"
    file = company.add(number, content, "?name=a%20picture.png&media_type=image/png")
    assert file.status == 201
    for kind in ("md5", "sha1", "sha256"):
        assert file.json[kind] == hashlib.new(kind, content).hexdigest()
    assert (file.json["size"], file.json["name"]) == (1000, "a picture.png")
    done = company.finish(number)
    assert (done.status, done.json["state"], done.json["files"]) == (200, "finished", [file.json["file_id"]])
    assert len(done.headers["Request-ID"]) == 32
    stands = company.get(f"/reports/{number}").json
    assert (stands["state"], stands["file_count"], stands["receipt"]) == ("finished", 1, None)
    assert stands["files"][0] == file.json
    assert stands["lapses_at"] is None
    assert Submission.objects.get().channel == "json"
    assert SubmittedFile.objects.get().media_type == "image/png"
    assert Job.objects.exclude(key__startswith="every").get().lane == Job.Lane.ORDINARY


URGENT = [
    ("the provider's own P1", {"priority": "P1"}),
    ("a child at risk now", {"escalation": {"escalated": True}}),
]


@pytest.mark.parametrize(("why", "more"), URGENT, ids=[row[0] for row in URGENT])
def test_what_cannot_wait_goes_into_the_urgent_lane(
    company: JsonCompany, why: str, more: dict[str, Any], settings: Any
) -> None:
    settings.MOST_WAITING = 0
    assert company.open(document(2)).status == 503
    company.whole(document(1, **more))
    assert Job.objects.exclude(key__startswith="every").get().lane == Job.Lane.URGENT


def text(**more: Any) -> bytes:
    return json.dumps(document(1, **more)).encode()


DEEP = b'{"schema":"lapwing-schedule-1","extra":' + b"[" * 5000 + b"]" * 5000 + b"}"
DOCUMENTS: list[tuple[str, bytes, int, str, str]] = [
    ("nothing", b"", 400, "malformed", "nothing in it"),
    ("space alone", b" " * 2**20, 400, "malformed", "nothing"),
    ("more than any", b" " * (17 * 2**20), 413, "too-large", "16 MiB"),
    ("no JSON", b'{"schema": ', 400, "malformed", "not JSON"),
    ("NaN", text(extra=float("nan")), 422, "invalid", "NaN is not a number"),
    ("a number past every limit", text().replace(b"40000", b"1e999"), 422, "invalid", "1e999"),
    ("a field twice", text()[:-1] + b', "priority": "P1"}', 422, "invalid", "given twice"),
    ("deeper than any", DEEP, 422, "invalid", "deep"),
    ("no UTF-8", text().replace(b"A-1", b"\xff\xfe"), 400, "malformed", "not UTF-8"),
    ("two reports", text() + b"\n" + text(), 422, "invalid", "there are 2"),
    ("a list of two", b"[" + text() + b"," + text() + b"]", 422, "invalid", "there are 2"),
    ("a list of none", b"[]", 422, "invalid", "there are 0"),
    ("text", b'"report"', 422, "invalid", "not an object"),
    ("no schema", text(schema=None), 422, "invalid", "schema is missing"),
    ("another schema", text(schema="lapwing-schedule-9"), 422, "invalid", "is not lapwing-schedule-1"),
    ("no reference", text(unique_reference=None), 422, "invalid", "unique_reference is missing"),
    ("no provider", text(reporter={}), 422, "invalid", "provider is missing"),
    ("a port that is none", text().replace(b"40000", b'"abc"'), 422, "invalid", "not a whole number"),
    ("a telling without who tells", text(telling={}), 422, "invalid", "teller is missing"),
    ("its mark too late", b" " * 70_000 + text(), 422, "invalid", "does not say in its first"),
    (
        "another format",
        b'{"schema":"lapwing-upload-record-1","reference":"A-1","files":[]}',
        422,
        "invalid",
        "is not lapwing-schedule-1",
    ),
]


@pytest.mark.parametrize(
    ("why", "body", "status", "slug", "said"), DOCUMENTS, ids=[row[0] for row in DOCUMENTS]
)
def test_a_document_that_cannot_be_taken_is_said_why(
    company: JsonCompany, why: str, body: bytes, status: int, slug: str, said: str
) -> None:
    reply = company.open(body)
    assert (reply.status, reply.json["type"]) == (status, f"/api/v1/docs#{slug}"), reply.json
    assert said in reply.json["detail"]
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert not Submission.objects.exists()


def test_what_is_wrong_is_said_with_its_place(company: JsonCompany) -> None:
    reply = company.open(text().replace(b"40000", b'"abc"'))
    assert reply.json["where"].startswith("$.people[0].ip_events[0].port, byte ")
    assert reply.json["detail"] == "“abc” is not a whole number."


def test_what_no_table_names_is_kept(company: JsonCompany) -> None:
    assert company.open(document(1, newer_field={"a": 1})).status == 201


def files(company: JsonCompany, number: int, body: bytes, kind: str = MULTIPART) -> Said:
    return company.send("POST", f"/reports/{number}/files", body, kind)


ID, ONE, TWO = ("id", None, b"1"), ("file", "a", b"1"), ("file", "b", b"2")
URLENCODED = "application/x-www-form-urlencoded"
WRONG: list[tuple[str, Callable[[JsonCompany, int], Said], int, str]] = [
    ("a form", lambda c, n: c.send("POST", "/reports", b"a=1", URLENCODED), 415, "unsupported"),
    ("no media type", lambda c, n: c.send("POST", "/reports", text(), " "), 415, "unsupported"),
    ("packed", lambda c, n: c.open(document(3), Content_Encoding="gzip"), 400, "bad-request"),
    ("an empty key", lambda c, n: c.open(document(3), Idempotency_Key=""), 400, "bad-request"),
    ("a long key", lambda c, n: c.open(document(3), Idempotency_Key="k" * 256), 400, "bad-request"),
    ("reports by GET", lambda c, n: c.get("/reports"), 405, "no-method"),
    ("a report by DELETE", lambda c, n: c.send("DELETE", f"/reports/{n}"), 405, "no-method"),
    ("no address", lambda c, n: c.get("/nothing"), 404, "nothing-here"),
    ("no report", lambda c, n: c.get(f"/reports/{NONE}"), 404, "no-report"),
    ("what is no number", lambda c, n: c.get("/reports/%C2%B2"), 404, "no-report"),
    ("a number past every one", lambda c, n: c.get("/reports/" + "9" * 30), 404, "no-report"),
    ("a page that is none", lambda c, n: c.get(f"/reports/{n}?files_from=x"), 400, "bad-request"),
    ("a NUL in the address", lambda c, n: c.get("/references/a%00b"), 400, "bad-request"),
    ("no reference", lambda c, n: c.get("/references/nobody"), 404, "no-report"),
    ("receipts after what is none", lambda c, n: c.get("/receipts?after=-1"), 400, "bad-request"),
    ("too many receipts", lambda c, n: c.get("/receipts?limit=201"), 400, "bad-request"),
    ("a file of no report", lambda c, n: c.add(NONE, b"x"), 404, "no-report"),
    ("an empty file", lambda c, n: c.add(n, b""), 400, "bad-request"),
    ("a file as text", lambda c, n: files(c, n, b"x", "text/plain"), 415, "unsupported"),
    ("a form without a file", lambda c, n: files(c, n, form([])), 400, "bad-request"),
    ("a form with an id", lambda c, n: files(c, n, form([ID])), 400, "bad-request"),
    ("two files", lambda c, n: files(c, n, form([ONE, TWO])), 400, "bad-request"),
    ("a form that breaks off", lambda c, n: files(c, n, form([ONE])[:-20]), 400, "broken-upload"),
    ("a form without a boundary", lambda c, n: files(c, n, b"x", "multipart/form-data"), 400, "bad-request"),
    ("finishing no report", lambda c, n: c.finish(NONE), 404, "no-report"),
    ("retracting no report", lambda c, n: c.retract("../1"), 404, "nothing-here"),
]


@pytest.mark.parametrize(("why", "ask", "status", "slug"), WRONG, ids=[row[0] for row in WRONG])
def test_what_is_wrong_is_a_problem_document(
    company: JsonCompany, why: str, ask: Callable[[JsonCompany, int], Said], status: int, slug: str
) -> None:
    reply = ask(company, opened(company))
    assert (reply.status, reply.json["type"]) == (status, f"/api/v1/docs#{slug}"), reply.json
    assert reply.json["status"] == status
    assert reply.json["instance"].replace("-", "").endswith(reply.headers["Request-ID"])
    assert Submission.objects.get().state == Submission.State.OPEN
    assert not SubmittedFile.objects.exists()


ENDED: list[tuple[str, Callable[[JsonCompany, int], list[Said]], int]] = [
    ("finish twice", lambda c, n: [c.finish(n), c.finish(n)], 200),
    ("retract twice", lambda c, n: [c.retract(n), c.retract(n)], 200),
    ("retract what is finished", lambda c, n: [c.finish(n), c.retract(n)], 409),
    ("finish what is retracted", lambda c, n: [c.retract(n), c.finish(n)], 409),
    ("add to what is finished", lambda c, n: [c.finish(n), c.add(n, b"x")], 409),
    ("add to what is retracted", lambda c, n: [c.retract(n), c.add(n, b"x")], 409),
]


@pytest.mark.parametrize(("why", "ask", "status"), ENDED, ids=[row[0] for row in ENDED])
def test_what_has_ended_cannot_be_changed_and_says_again_that_it_has(
    company: JsonCompany, why: str, ask: Callable[[JsonCompany, int], list[Said]], status: int
) -> None:
    first, second = ask(company, opened(company))
    assert (first.status, second.status) == (200, status)
    assert (first.json == second.json) == (status == 200)


def test_the_same_key_and_body_are_answered_the_same_whatever_has_happened_since(
    company: JsonCompany,
) -> None:
    first = company.open(document(), Idempotency_Key="one")
    number = first.json["number"]
    file = company.add(number, b"x", "?name=a", Idempotency_Key="one")
    company.finish(number)
    with moment.at(moment.now() + timedelta(hours=2)):
        assert company.open(document(), Idempotency_Key="one").json == first.json
        again = company.add(number, b"x", "?name=a", Idempotency_Key="one")
    assert (again.status, again.json) == (201, file.json)
    assert company.open(document(), Idempotency_Key="two").json["number"] != number
    assert (Submission.objects.count(), SubmittedFile.objects.count()) == (2, 1)


def test_the_same_key_with_another_body_is_refused(company: JsonCompany) -> None:
    number = company.open(document(), Idempotency_Key="one").json["number"]
    company.add(number, b"x", "?name=a", Idempotency_Key="one")
    for reply in (
        company.open(document(2), Idempotency_Key="one"),
        company.add(number, b"y", "?name=a", Idempotency_Key="one"),
        company.add(number, b"x", "?name=b", Idempotency_Key="one"),
    ):
        assert (reply.status, reply.json["type"]) == (422, "/api/v1/docs#key-reused")
    assert (Submission.objects.count(), SubmittedFile.objects.count()) == (1, 1)


def test_another_accounts_key_is_another(company: JsonCompany) -> None:
    other = JsonCompany(add_key(add_account("Example Photos", environment="test", by=BY)[0], by=BY))
    first = company.open(document(), Idempotency_Key="one").json["number"]
    assert other.open(document(2), Idempotency_Key="one").json["number"] != first


NAMES: list[tuple[str, dict[str, str], str, str]] = [
    ("in the address", {}, "?name=a.png", "a.png"),
    ("in the address over the header", {"Content_Disposition": 'attachment; filename="b"'}, "?name=a", "a"),
    ("in the header", {"Content_Disposition": 'attachment; filename="a b.png"'}, "", "a b.png"),
    ("extended", {"Content_Disposition": "attachment; filename*=UTF-8''%E4%B8%80.png"}, "", "一.png"),
    ("extended in no charset", {"Content_Disposition": "attachment; filename*=rot13''a"}, "", "a"),
    ("a path", {"Content_Disposition": 'attachment; filename="../../etc/passwd"'}, "", "../../etc/passwd"),
    ("none", {}, "", ""),
    ("a broken header", {"Content_Disposition": "filename=;;=;\"'"}, "", ""),
]


@pytest.mark.parametrize(("why", "heads", "query", "name"), NAMES, ids=[row[0] for row in NAMES])
def test_a_files_name_is_text(
    company: JsonCompany, why: str, heads: dict[str, str], query: str, name: str
) -> None:
    assert company.add(opened(company), b"x", query, **heads).json["name"] == name


def test_a_file_may_come_as_a_form(company: JsonCompany) -> None:
    body = form([("file", "a picture.png", b"some")])
    said = company.send("POST", f"/reports/{opened(company)}/files", body, MULTIPART)
    assert (said.status, said.json["name"], said.json["size"]) == (201, "a picture.png", 4)


def test_no_room_is_said_before_anything_is_taken(company: JsonCompany, settings: Any) -> None:
    number = opened(company)
    settings.SPARE_BYTES = 2**62
    for reply in (company.open(document(2)), company.add(number, b"x")):
        assert (reply.status, reply.json["type"]) == (503, "/api/v1/docs#unwell")
        assert int(reply.headers["Retry-After"]) > 0
    assert Submission.objects.count() == 1


def test_a_report_that_lapsed_is_told_of_and_can_be_finished_no_more(company: JsonCompany) -> None:
    number = opened(company)
    with moment.at(moment.now() + timedelta(hours=25)):
        assert lapse_due() == 1
        assert company.finish(number).status == 404
        assert company.get(f"/reports/{number}").json["state"] == "lapsed"
        told = company.get("/receipts").json["receipts"]
    assert [(one["number"], one["state"], one["of"]) for one in told] == [(number, "rejected", "report")]
    assert "never finished" in told[0]["reason"]
    assert company.get("/references/A-1").json["state"] == "lapsed"


def test_a_key_works_until_it_is_rotated_away_or_the_account_is_closed(account: Account) -> None:
    old = add_key(account, by=BY)
    new = rotate(account, kind="key", at_once=True, by=BY)
    assert [JsonCompany(key).get("/status").status for key in (old, new)] == [401, 200]
    close(account, why="The company asked.", by=BY)
    assert JsonCompany(new).get("/status").status == 401


def test_status_says_whose_key_it_is(company: JsonCompany, account: Account) -> None:
    said = company.get("/status").json
    assert (said["account"], said["environment"]) == (account.username, "test")


def test_bodies_are_read_as_what_they_are(company: JsonCompany) -> None:
    assert (
        company.send("POST", "/reports", text(), "application/vnd.example+json; charset=utf-8").status == 201
    )
    assert JSON != RAW

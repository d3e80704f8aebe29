"""Who may use the JSON API: every operation × another's account, a wrong key, a closed account, another site.

What is not the account's own is not there, whoever's it is.
"""

from typing import Any

import pytest
from tests.cast import Cast
from tests.json_company import JSON, RAW, JsonCompany, Said, document

from lapwing.vault import Identities
from lapwing_web.audit.actions import Rule
from lapwing_web.intake.actions.accounts import add_account, add_key, close
from lapwing_web.intake.models import Account, Submission, SubmittedFile

BY = Rule("test:access")
# method, address, body, media type; and whether it is about one report
EVERY: list[tuple[str, str, bytes, str, bool]] = [
    ("POST", "/reports", b'{"schema": "lapwing-schedule-1"}', JSON, False),
    ("GET", "/reports/{number}", b"", "", True),
    ("POST", "/reports/{number}/files", b"some", RAW, True),
    ("POST", "/reports/{number}/finish", b"", "", True),
    ("POST", "/reports/{number}/retract", b"", "", True),
    ("GET", "/references/A-1", b"", "", True),
    ("GET", "/receipts", b"", "", False),
    ("GET", "/status", b"", "", False),
]
NAMES = [f"{row[0]} {row[1]}" for row in EVERY]


def an_account(name: str = "Example Social", environment: str = "test") -> tuple[Account, JsonCompany]:
    account = add_account(name, environment=environment, by=BY)[0]
    return account, JsonCompany(add_key(account, by=BY))


@pytest.fixture
def number(cast: Cast, vault: Identities) -> int:
    """Of an open report with a file."""
    company = an_account()[1]
    made = int(company.open(document()).json["number"])
    assert company.add(made, b"some").status == 201
    return made


def ask(company: JsonCompany, row: tuple[str, str, bytes, str, bool], number: int) -> Said:
    method, path, body, kind, _ = row
    return company.send(method, path.format(number=number), body, kind)


def unchanged() -> bool:
    return Submission.objects.get().state == Submission.State.OPEN and SubmittedFile.objects.count() == 1


def test_every_operation_is_in_this_table(client: Any, db: None) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    named = {f"{method.upper()} {path}" for path, held in paths.items() for method in held}
    assert named == {f"{row[0]} /api/v1{row[1]}".replace("A-1", "{reference}") for row in EVERY}


@pytest.mark.parametrize("row", EVERY, ids=NAMES)
def test_anothers_report_is_not_there(number: int, row: Any) -> None:
    reply = ask(an_account("Example Photos")[1], row, number)
    if row[4]:
        assert (reply.status, reply.json["type"]) == (404, "/api/v1/docs#no-report")
        nobodys = ask(an_account("Example Photos")[1], row, 1_999_999_999)
        assert nobodys.json["detail"].replace("1999999999", str(number)) == reply.json["detail"]
    assert str(number) not in str(reply.json).replace(reply.json.get("detail", ""), "")
    assert unchanged()


@pytest.mark.parametrize("row", EVERY, ids=NAMES)
def test_a_second_account_of_the_same_company_is_another(number: int, row: Any) -> None:
    reply = ask(an_account()[1], row, number)
    assert reply.status == (404 if row[4] else 422 if row[0] == "POST" else 200)
    assert unchanged()


WRONG = [
    "",
    "Bearer",
    "Bearer x",
    "Bearer x.y",
    "Basic eDp5",
    "Bearer \xe9",
    "Token x",
    "Bearer a\0.b",
    "Bearer " + "k" * 300,
]


@pytest.mark.parametrize("header", WRONG, ids=range(len(WRONG)))
@pytest.mark.parametrize("row", EVERY, ids=NAMES)
def test_nothing_opens_without_a_key(number: int, row: Any, header: str) -> None:
    method, path, body, kind, _ = row
    reply = JsonCompany("").send(method, path.format(number=number), body, kind, Authorization=header)
    assert (reply.status, reply.json["type"]) == (401, "/api/v1/docs#not-known")
    assert reply.headers["WWW-Authenticate"].startswith("Bearer")
    assert unchanged()


@pytest.mark.parametrize("row", EVERY, ids=NAMES)
def test_nothing_opens_for_a_closed_account(number: int, row: Any) -> None:
    account, company = an_account()
    close(account, why="The company asked.", by=BY)
    assert ask(company, row, number).status == 401


@pytest.mark.parametrize("row", EVERY, ids=NAMES)
def test_nothing_opens_for_an_account_of_another_kind_of_site(number: int, row: Any, settings: Any) -> None:
    company = an_account(environment="live")[1]
    assert ask(company, row, number).json["type"] == "/api/v1/docs#not-allowed"
    settings.ENVIRONMENT = "live"
    assert ask(company, row, number).status == 403  # not over HTTPS


@pytest.mark.parametrize("row", EVERY, ids=NAMES)
def test_so_many_requests_a_minute_are_enough(number: int, row: Any) -> None:
    account, company = an_account()
    Account.objects.filter(pk=account.pk).update(requests_a_minute=1)
    replies = [ask(company, row, number) for _ in range(3)]
    assert replies[-1].json["type"] == "/api/v1/docs#too-many"
    assert int(replies[-1].headers["Retry-After"]) > 0


def test_a_guesser_is_locked_out_and_the_company_is_not(number: int) -> None:
    company = an_account()[1]
    guesser = JsonCompany(company.key.partition(".")[0] + ".wrong")
    replies = [guesser.get("/status") for _ in range(8)]
    assert (replies[0].status, replies[-1].status) == (401, 429)
    assert replies[-1].json["type"] == "/api/v1/docs#locked"
    assert replies[-1].headers["Retry-After"]
    company.client.defaults["REMOTE_ADDR"] = "192.0.2.77"
    assert company.get("/status").status == 200


def test_a_password_is_no_key_and_a_key_no_password(cast: Cast) -> None:
    account, password = add_account("Example Social", environment="test", by=BY)
    assert JsonCompany(password).get("/status").status == 401
    assert JsonCompany(f"{account.username}.{password}").get("/status").status == 401


def test_the_document_and_its_page_are_for_everybody(client: Any, db: None) -> None:
    page = client.get("/api/v1/docs").content.decode()
    said = client.get("/api/v1/openapi.json")
    assert said.headers["Request-ID"]
    for path, held in said.json()["paths"].items():
        for operation in held.values():
            assert path in page
            for status, response in operation["responses"].items():
                problem = response["content"].get("application/problem+json")
                assert (int(status) >= 400) == (problem is not None)
                if problem:
                    slug = problem["example"]["type"].partition("#")[2]
                    assert f'id="{slug}"' in page
    assert "<script>" not in page

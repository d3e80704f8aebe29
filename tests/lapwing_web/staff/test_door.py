"""The door: who comes in, who is kept out, and that every attempt is recorded."""

import json

import pytest
from django.test import Client
from tests.cast import Cast

from lapwing_web.audit.models import AuditEntry
from lapwing_web.staff.models import User

PASSWORD = "three plain words together"


@pytest.fixture
def officer(cast: Cast) -> User:
    cast.officer_a.set_password(PASSWORD)
    cast.officer_a.save()
    return cast.officer_a


def attempt(client: Client, name: str, password: str) -> int:
    return client.post("/sign-in", {"username": name, "password": password}).status_code


def recorded() -> list[tuple[str, str, str]]:
    return list(AuditEntry.objects.order_by("position").values_list("action", "by", "about"))


def test_signing_in_and_out_is_recorded_with_the_address(officer: User) -> None:
    client = Client(REMOTE_ADDR="192.0.2.7")
    assert attempt(client, "officer-a", PASSWORD) == 302
    assert client.get("/clocks").status_code == 200
    assert client.post("/sign-out").status_code == 302
    assert client.get("/clocks").status_code == 302
    who = f"user:{officer.pk}"
    assert recorded() == [("sign in", "officer-a", who), ("sign out", "officer-a", who)]
    assert json.loads(AuditEntry.objects.get(action="sign in").new) == {"address": "192.0.2.7"}


def test_a_wrong_password_says_no_more_than_a_wrong_name(officer: User) -> None:
    client = Client()
    said = [
        client.post("/sign-in", {"username": name, "password": "wrong"}).content.decode()
        for name in ("officer-a", "nobody-here")
    ]
    assert all("The name or the password is wrong" in page for page in said)
    assert [row[0::2] for row in recorded()] == [
        ("failed sign in", f"user:{officer.pk}"),
        ("failed sign in", "user:unknown"),
    ]


def test_what_was_typed_as_a_name_nobody_has_is_not_kept(officer: User) -> None:
    attempt(Client(), PASSWORD, "officer-a")
    row = AuditEntry.objects.get()
    assert PASSWORD not in str(list(AuditEntry.objects.values()))
    assert row.organisation == "NCA"


def test_a_guesser_is_locked_out_and_the_officer_elsewhere_is_not(officer: User) -> None:
    guesser, home = Client(REMOTE_ADDR="198.51.100.9"), Client(REMOTE_ADDR="192.0.2.7")
    codes = [attempt(guesser, "officer-a", f"guess {n}") for n in range(7)]
    assert codes[0] == 200
    assert codes[-1] == 429
    assert (
        b"Too many attempts" in guesser.post("/sign-in", {"username": "officer-a", "password": "x"}).content
    )
    assert attempt(guesser, "officer-a", PASSWORD) == 429  # even with the right one now
    assert attempt(home, "officer-a", PASSWORD) == 302
    assert ("locked out", "rule:sign-in", f"user:{officer.pk}") in recorded()


def test_nobody_who_has_not_signed_in_gets_past_the_door(db: None) -> None:
    for page in ("/", "/clocks", "/people", "/audit", "/password"):
        assert Client().get(page).url.startswith("/sign-in?next=")


def test_signing_in_never_leads_to_another_site(officer: User) -> None:
    reply = Client().post(
        "/sign-in?next=https://example.org/", {"username": "officer-a", "password": PASSWORD}
    )
    assert reply.url == "/"


def test_a_name_that_no_database_holds_is_refused_in_plain_english(officer: User) -> None:
    said = Client().post("/sign-in", {"username": "officer\0a", "password": PASSWORD})
    assert said.status_code == 400
    assert "held something Lapwing cannot read" in said.content.decode()
    assert attempt(Client(), "x" * 5000, PASSWORD) == 200
    assert recorded() == [("failed sign in", "rule:sign-in", "user:unknown")]


def test_a_session_that_no_database_holds_is_refused(officer: User) -> None:
    client = Client()
    client.cookies["sessionid"] = "aaaaaaaaaaaa\0"
    assert client.get("/clocks").status_code == 400

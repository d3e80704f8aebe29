"""Every page against addresses that nobody types: each gets an answer, and never a fault of the server's."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.access.records import Thing, make_records
from tests.access.routes import ROUTES
from tests.access.test_every_route import arguments
from tests.cast import Cast

from lapwing_web.address import whole_number
from lapwing_web.staff.models import User

VALUES = [
    "²",
    "9" * 23,
    "9" * 5000,
    "\0",
    "-1",
    "0001-01-01T00:00:00+14:00,1",
    "9999-12-31T23:59:59-14:00,1",
    "9999-12-31",
    "0001-01-01",
    "2026-01-01T00:00:00+00:00," + "9" * 23,
    f"{'9' * 17}.{'9' * 17}",
    "\ud7ff\uffff%_\\'\"",
    "x" * 6000,
]
WORDS = "page after before q force first last from to since until band state show"
NAMES = [*WORDS.split(), "provider", "text", "list", "proposed", "size", "next", "by", "about", "action"]
CURSORS = {"queue", "packages", "receipts", "clocks", "audit"}  # which of two they go by depends on the other
SOMETHING_ELSE = {"why": "Checking the audit"}  # without it the audit shows nothing
# what a page does with its parameters differs by whether an agency or a force asks, and not by the role
READERS = {
    "agency": ["supervisor", "auditor", "administrator", "intake", "intelligence"],
    "force": ["officer_a", "supervisor_a", "auditor_a", "administrator_a"],
}


@pytest.mark.usefixtures("counted_once")
@pytest.mark.parametrize("of", READERS)
def test_no_address_makes_the_server_fail(of: str, cast: Cast, signed_in: Callable[[User], Client]) -> None:
    records, people = make_records(cast), cast.people()
    clients = {who: signed_in(people[who]) for who in READERS[of]}
    wrong = [
        said
        for name in sorted(ROUTES)
        for who in [who for who in READERS[of] if who in (ROUTES[name].get or ())][:1]
        for said in ask(clients[who], name, records)
    ]
    assert not wrong, "\n".join(wrong)


def ask(client: Client, name: str, records: dict[str, list[Thing]]) -> Iterator[str]:
    """What fails among the answers of one page to every value: in all its parameters at once, and in each."""
    route = ROUTES[name]
    thing = records[route.about][0] if route.about else None
    address = reverse(name, kwargs=arguments(name, thing))
    for value in VALUES if not thing else VALUES[:4]:  # the page of one record reads only where to go next
        for asked in ([{one: value} for one in ("after", "before")] if name in CURSORS else []) + [
            dict.fromkeys(NAMES, value)
        ]:
            status = answer(client, address, asked)
            if status >= 500 or ("\0" in value and status != 400):
                yield f"{address} with {list(asked)} {value[:30]!r}: {status}"


def answer(client: Client, address: str, asked: dict[str, Any]) -> int:
    """The status; a fault is a 500 here too."""
    client.raise_request_exception = False
    return client.get(address, SOMETHING_ELSE | asked).status_code


def test_a_key_that_is_no_key_is_not_found(cast: Cast, signed_in: Callable[[User], Client]) -> None:
    client = signed_in(cast.intake)
    for key in ("9" * 23, "9" * 5000, "²", "%00"):
        assert client.get(f"/referrals/{key}").status_code in (400, 404)


@pytest.mark.parametrize("text", ["²", "9" * 16, "", "-1", "1.0", "1_0", " 1", "٣", "\0"])
def test_what_is_no_whole_number_says_nothing(text: str) -> None:
    assert whole_number(text) is None


def test_a_whole_number_is_read() -> None:
    assert (whole_number("0"), whole_number("12"), whole_number("9" * 15)) == (0, 12, 10**15 - 1)


def test_no_page_of_a_signed_in_person_is_kept_by_a_cache(
    cast: Cast, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(cast.supervisor)
    for name in ("home", "queue", "attrition", "attrition-picture", "attrition-csv", "clocks", "password"):
        assert client.get(reverse(name))["Cache-Control"] == "no-store, private", name
    assert client.get("/referrals/0")["Cache-Control"] == "no-store, private"
    style = client.get("/static/lapwing.css")
    assert style.getvalue()
    assert "no-store" not in style.get("Cache-Control", "")

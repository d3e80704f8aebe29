"""The list of companies: nobody is lost, what needs attention is first, and a page is a page."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client
from tests.cast import Cast
from tests.lapwing_web.prevention.desk import Desk, days

from lapwing_web import moment
from lapwing_web.front.queries.home import blocks
from lapwing_web.intake.actions.receipts import clear
from lapwing_web.intake.models import Provider, Receipt
from lapwing_web.prevention.queries.companies import ORDERS, PAGE, Page, companies
from lapwing_web.staff.models import User

pytestmark = pytest.mark.django_db
NOVEMBER = datetime(2026, 11, 10, 9, tzinfo=UTC)
TODAY = datetime(2026, 11, 25, 12, tzinfo=UTC)
SignedIn = Callable[[User], Client]


@pytest.fixture
def several(cast: Cast) -> dict[str, Desk]:
    """One company of every kind. Each is named by what is the matter with it."""
    desks = {name: Desk(cast, name) for name in ("Late", "Lapsed", "Rejected", "Open", "Good", "Silent")}
    for name, number in (("Late", 1), ("Good", 2), ("Good", 3)):
        desks[name].reports(NOVEMBER - days(8), number)
    desks["Late"].ask(NOVEMBER - days(6), "REF-000001", "ip_port")
    desks["Lapsed"].begin(NOVEMBER, 1)
    desks["Lapsed"].lapse(NOVEMBER + days(2))
    desks["Rejected"].send(NOVEMBER, b"<not")
    desks["Open"].begin(TODAY, 1)
    return desks


def listed(cast: Cast, **asked: str) -> Page:
    with moment.at(TODAY):
        return companies(cast.supervisor, **asked)


def names(page: Page) -> list[str]:
    return [one.name for one in page.rows]


def test_what_needs_attention_is_first_and_nobody_is_lost(cast: Cast, several: dict[str, Desk]) -> None:
    assert names(listed(cast)) == ["Late", "Lapsed", "Rejected", "Open", "Good", "Silent"]
    for order in ORDERS:
        assert sorted(names(listed(cast, order=order))) == sorted(several)
    assert names(listed(cast, order="name")) == sorted(several)
    assert names(listed(cast, order="reports"))[:2] == ["Good", "Late"]


def test_each_line_says_what_is_the_matter(cast: Cast, several: dict[str, Desk]) -> None:
    rows = {one.name: one for one in listed(cast).rows}
    said = {name: (one.overdue, one.lapsed, one.rejected, one.open) for name, one in rows.items()}
    assert said == {
        "Late": (1, 0, 0, 0),
        "Lapsed": (0, 1, 0, 0),
        "Rejected": (0, 0, 1, 0),
        "Open": (0, 0, 0, 1),
        "Good": (0, 0, 0, 0),
        "Silent": (0, 0, 0, 0),
    }
    assert {name for name, one in rows.items() if one.attention} == {"Late", "Lapsed", "Rejected"}
    assert rows["Good"].spread is not None
    assert rows["Good"].spread.number == 2
    assert (rows["Silent"].spread, rows["Silent"].last_report_at) == (None, None)


def test_what_is_dealt_with_needs_no_attention(cast: Cast, several: dict[str, Desk]) -> None:
    clear(Receipt.objects.get(provider=several["Rejected"].provider, lapsed=False), why="x", by=cast.intake)
    assert not next(one for one in listed(cast).rows if one.name == "Rejected").attention


def test_a_file_of_nobodys_is_said(cast: Cast, several: dict[str, Desk]) -> None:
    assert listed(cast).nameless == 0
    Receipt.objects.filter(provider=several["Rejected"].provider).update(provider=None)
    assert listed(cast).nameless == 1


@pytest.mark.parametrize(
    ("words", "found", "reason"),
    [
        ("la", ["Late", "Lapsed"], "a part of a name, in the same order as ever"),
        ("  LATE ", ["Late"], "capitals and spaces do not count"),
        (".", [], "no name has one, and it stands for nothing else"),
        ("%", [], "a sign of the database's own is a sign like any other"),
        ("", ["Late", "Lapsed", "Rejected", "Open", "Good", "Silent"], "nothing narrows nothing"),
    ],
)
def test_a_company_is_found_by_a_part_of_its_name(
    cast: Cast, several: dict[str, Desk], words: str, found: list[str], reason: str
) -> None:
    page = listed(cast, words=words)
    assert names(page) == found, reason
    assert page.total == len(found)


@pytest.mark.parametrize("order", [*ORDERS, "nonsense"])
def test_the_pages_together_hold_everybody_once(cast: Cast, several: dict[str, Desk], order: str) -> None:
    Provider.objects.bulk_create(Provider(key=f"z {n:03d}", name=f"Z {n:03d}") for n in range(2 * PAGE))
    seen, number = [], 1
    while number:
        page = listed(cast, order=order, page=str(number))
        assert len(page.rows) <= PAGE
        seen += names(page)
        number = page.following or 0
    assert len(seen) == len(set(seen)) == 2 * PAGE + 6
    assert names(listed(cast, order=order, page="999999999999")) == []


def test_home_says_who_did_not_finish_or_answer(cast: Cast, several: dict[str, Desk]) -> None:
    for person in (cast.supervisor, cast.administrator, cast.intake, cast.auditor):
        with moment.at(TODAY):
            block = next(one for one in blocks(person) if one.name == "companies")
        assert (block.count, [item.record.name for item in block.items]) == (2, ["Late", "Lapsed"])
    with moment.at(TODAY):
        assert "companies" not in {one.name for one in blocks(cast.supervisor_a)}


def test_the_pages_open_and_their_links_lead_somewhere(
    cast: Cast, several: dict[str, Desk], signed_in: SignedIn
) -> None:
    browser = signed_in(cast.supervisor)
    for desk in several.values():
        said = browser.get(f"/providers/{desk.provider.pk}")
        assert said.status_code == 200
        assert desk.name in said.content.decode()
    rejected = several["Rejected"].provider.pk
    receipts = browser.get(f"/receipts?provider={rejected}").content.decode()
    assert "Only those of Rejected" in receipts
    assert receipts.count("file-0") == 1
    assert "Lapsed" not in receipts
    assert browser.get("/providers/999999").status_code == 404


def test_a_picture_is_drawn_once_and_a_browser_that_holds_it_is_told_so(
    cast: Cast, several: dict[str, Desk], signed_in: SignedIn
) -> None:
    address = f"/providers/{several['Good'].provider.pk}/picture.svg"
    browser = signed_in(cast.supervisor)
    for size in ("wide", "narrow"):
        first = browser.get(f"{address}?size={size}&first=2026-10-01&last=2026-11-25")
        assert first.headers["Content-Type"] == "image/svg+xml"
        assert first.content.startswith(b"<svg")
        again = browser.get(
            f"{address}?size={size}&first=2026-10-01&last=2026-11-25",
            headers={"If-None-Match": first.headers["ETag"]},
        )
        assert (again.status_code, again.content) == (304, b"")
    assert browser.get(f"/providers/{several['Silent'].provider.pk}/picture.svg").status_code == 200

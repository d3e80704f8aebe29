"""An administrator looks after a company's account, and the company's software feels it over HTTP."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error, Page, expect
from tests.cast import Cast
from tests.company import Company
from tests.journeys.chromium import NARROW, axe
from tests.journeys.conftest import As
from tests.journeys.world import make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_account_is_added_rotated_and_closed(cast: Cast, open_as: As, live_server: Any) -> None:
    place = urlsplit(live_server.url)
    address = (str(place.hostname), int(place.port or 80))
    page = open_as(cast.administrator, "/")
    page.get_by_role("link", name="Companies", exact=True).click()
    page.get_by_role("button", name="Add a company’s account").click()
    page.get_by_label("Company’s name").fill("Example Social")
    page.get_by_label("Test").check()
    page.get_by_role("button", name="Add the account").click()
    username, first = told(page)
    assert status(address, username, first) == 0
    assert status(address, username, "wrong") == 2000

    page.get_by_role("link", name="Accounts and contacts of Example Social").click()
    page.get_by_role("link", name="New password or key").click()
    page.get_by_role("button", name="Make it").click()
    _, second = told(page)
    assert second != first
    assert [status(address, username, one) for one in (first, second)] == [0, 0]

    page.get_by_role("link", name="Accounts and contacts of Example Social").click()
    expect(page.get_by_role("row", name="Works until")).to_have_count(1)
    assert second not in page.content()
    page.get_by_role("link", name="Close it").click()
    page.get_by_label("Why?").fill("The company asked for another")
    page.get_by_role("button", name="Close the account").click()
    expect(page.get_by_role("alert")).to_contain_text("is closed")
    assert [status(address, username, one) for one in (first, second)] == [2000, 2000]
    axe(page)


def told(page: Page) -> tuple[str, str]:
    """The user name and the secret, as the page shows them once."""
    expect(page.locator("#secret")).to_be_visible()  # or axe would read the form that was sent
    axe(page)
    return page.locator("#username").inner_text(), page.locator("#secret").inner_text()


def status(address: tuple[str, int], username: str, password: str) -> int:
    """What the reporting API says to that name and password: its code."""
    company = Company(username, password, address)
    code = company.status().code
    company.hang_up()
    return code


def test_going_back_does_not_show_the_secret_again(cast: Cast, open_as: As) -> None:
    page = open_as(cast.administrator, "/providers/add")
    page.get_by_label("Company’s name").fill("Example Social")
    page.get_by_label("Test").check()
    page.get_by_role("button", name="Add the account").click()
    told(page)
    page.goto("/glossary")
    with pytest.raises(Error, match="ERR_CACHE_MISS"):  # it would have to be sent, and so made, again
        page.go_back()
    expect(page.locator("#secret")).to_have_count(0)


def test_a_company_is_found_and_its_period_chosen_on_a_small_screen(cast: Cast, open_as: As) -> None:
    make_world(cast)
    page = open_as(cast.supervisor, "/providers", size=NARROW, script=False)
    page.get_by_label("Part of the company’s name").fill("social")
    page.get_by_role("button", name="Show these").click()
    page.get_by_role("link", name="Example Social").click()
    expect(page.get_by_role("heading", name="Begun and not finished")).to_be_visible()
    expect(page.get_by_text("Nobody has dealt with it")).to_have_count(1)
    page.get_by_label("Received from").fill("2020-01-01")
    page.get_by_label("To, and including").fill("2020-01-31")
    page.get_by_role("button", name="Show this period").click()
    expect(page.get_by_text("Unknown: no new report of the period has been measured.")).to_have_count(2)

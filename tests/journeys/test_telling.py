"""A child, a parent and a teacher tell, with and without JavaScript, wide and narrow, each page with axe."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import resolve
from playwright.sync_api import Page, expect
from tests.cast import Cast
from tests.journeys.chromium import NARROW, WIDE, axe, follow
from tests.journeys.conftest import As
from tests.journeys.visits import WALKED
from tests.lapwing_web.casework.telling import CHILD, PARENT, TEACHER

from lapwing.policy import load
from lapwing_web.casework.models import Referral
from lapwing_web.intake.actions.knocks import knock
from lapwing_web.intake.queries.reports import current_report
from lapwing_web.moment import today

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BACK, GO_ON = "Back", "Continue"


def fill(page: Page, said: dict[str, Any]) -> None:
    """Answer what the page asks, as far as there is an answer."""
    for name, value in said.items():
        if isinstance(value, list):
            for number, part in enumerate(value):
                if page.locator(f"[name={name}_{number}]").count():
                    page.locator(f"[name={name}_{number}]").fill(part)
        elif page.locator(f"[name={name}][type=radio]").count():
            page.locator(f"[name={name}][value={value}]").check()
        elif page.locator(f"[name={name}]").count():
            page.locator(f"[name={name}]").fill(value)


def press(page: Page, name: str) -> None:
    """Press a button that leads to another page."""
    follow(page.get_by_role("button", name=name, exact=True))


def walk(page: Page, said: dict[str, Any], seen: Callable[[Page], None]) -> str:
    """From the first page to the reference. `seen` is called on each page."""
    seen(page)
    press(page, "Start now")
    while True:
        seen(page)
        here = urlsplit(page.url).path
        if here == "/tell/sent":
            return page.locator(".lw-reference").inner_text()
        fill(page, said)
        name = {"/tell/now": "Go on", "/tell/check": "Send"}.get(here, GO_ON)
        press(page, name)


@pytest.mark.parametrize("said", [CHILD, PARENT, TEACHER], ids=["child", "parent", "teacher"])
def test_everybody_can_tell_and_read_every_page(said: dict[str, Any], cast: Cast, open_as: As) -> None:
    visited: set[str] = set()

    def seen(page: Page) -> None:
        visited.add(str(resolve(urlsplit(page.url).path).url_name))
        expect(page.get_by_role("button", name="Exit this page")).to_have_count(1)
        for size in (NARROW, WIDE):
            page.set_viewport_size(size)
            axe(page)

    page = open_as(None, "/tell")
    reference = walk(page, said, seen)
    told = current_report(Referral.objects.get().joinings.get().report)
    assert told.reference == reference
    assert told.incidents[0].content == said["happened"]
    assert visited >= {"tell", "tell-who", "tell-check", "tell-sent"}


def test_every_page_that_needs_an_answer_is_walked_with_axe(cast: Cast, open_as: As) -> None:
    visited: set[str] = set()
    for said in ({**CHILD, "way": "phone", "phone": "01632 960001"}, CHILD, TEACHER):
        page = open_as(None, "/tell", size=NARROW)
        walk(page, said, lambda page: visited.add(str(resolve(urlsplit(page.url).path).url_name)))
    assert visited >= WALKED


def test_none_of_it_needs_javascript(cast: Cast, open_as: As) -> None:
    page = open_as(None, "/tell", script=False, size=NARROW)
    walk(page, CHILD, lambda page: None)
    assert Referral.objects.count() == 1
    exit_link = page.get_by_role("button", name="Exit this page")
    assert str(exit_link.get_attribute("href")) == "/tell/leave"


def test_shift_three_times_leaves_and_back_shows_nothing(cast: Cast, open_as: As) -> None:
    page = open_as(None, "/tell/1")
    answer_until(page, "/tell/6", CHILD)
    page.wait_for_load_state("load")  # the script that listens is here
    with page.expect_request("https://www.bbc.co.uk/weather"):  # which this browser cannot reach
        for _ in range(3):
            page.keyboard.press("Shift")
    nothing_is_left(page)


def test_the_button_leaves_without_javascript_too(cast: Cast, open_as: As) -> None:
    page = open_as(None, "/tell/1", script=False)
    answer_until(page, "/tell/6", CHILD)
    with page.expect_request("https://www.bbc.co.uk/weather"):
        page.get_by_role("button", name="Exit this page").click(no_wait_after=True)
    nothing_is_left(page)


def nothing_is_left(page: Page) -> None:
    """In another window of the same browser."""
    other = page.context.new_page()
    for path in ("/tell/check", "/tell/5"):
        other.goto(path)
        expect(other.locator("h1")).to_have_text("Your answers are not here any more")
        assert CHILD["happened"] not in other.content()


def answer_until(page: Page, path: str, said: dict[str, Any]) -> None:
    while urlsplit(page.url).path != path:
        fill(page, said)
        press(page, GO_ON)


def test_back_goes_to_the_question_before_with_its_answer(cast: Cast, open_as: As) -> None:
    page = open_as(None, "/tell/1")
    answer_until(page, "/tell/6", CHILD)
    page.get_by_role("link", name=BACK).click()
    expect(page.locator("textarea")).to_have_value(CHILD["happened"])


def test_what_is_left_out_is_said_where_and_the_answers_stay(cast: Cast, open_as: As) -> None:
    page = open_as(None, "/tell/1", size=NARROW)
    page.get_by_role("button", name=GO_ON, exact=True).click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Choose who you are")
    assert page.title() == "Error: Question 1 – Lapwing"
    axe(page)
    answer_until(page, "/tell/5", CHILD)
    press(page, GO_ON)
    axe(page)
    page.locator(".govuk-error-summary a").click()
    assert page.evaluate("document.activeElement.name") == "happened"


def test_the_reference_is_asked_for_and_answered(cast: Cast, open_as: As) -> None:
    page = open_as(None, "/tell")
    reference = walk(page, PARENT, lambda page: None)
    page.get_by_role("link", name="See how far it has come").click()
    page.get_by_label("Your reference").fill("wrong")
    press(page, GO_ON)
    axe(page)
    page.get_by_label("Your reference").fill(reference.lower())
    page.get_by_role("button", name=GO_ON).click()
    expect(page.locator("#standing")).to_have_text("It was received.")
    axe(page)
    assert reference not in page.url
    assert not re.search(r"[?&]", page.url)


def test_by_keyboard_alone(cast: Cast, open_as: As) -> None:
    page = open_as(None, "/tell/1")
    for key in ("Tab", "Tab"):  # skip to the content, exit
        page.keyboard.press(key)
    assert "Exit this page" in page.evaluate("document.activeElement.innerText")
    while page.evaluate("document.activeElement.name") != "who":
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tell/2")


def test_an_officer_sees_it_first_wide_and_narrow(cast: Cast, open_as: As) -> None:
    walk(open_as(None, "/tell"), TEACHER, lambda page: None)
    page = open_as(cast.intelligence, f"/referrals/{Referral.objects.get().pk}", size=NARROW)
    page.locator("main input[type=radio]").first.check()
    page.locator("main button[type=submit]").click()
    expect(page.locator(".lw-telling")).to_contain_text("Contact them only by email")
    axe(page)
    page.set_viewport_size(WIDE)
    axe(page)


def test_what_is_forgotten_or_too_much_can_be_read_by_everybody(cast: Cast, open_as: As) -> None:
    page = open_as(None, "/tell/5", size=NARROW)
    expect(page.locator("h1")).to_have_text("Your answers are not here any more")
    axe(page)
    page.goto("/tell/1")
    answer_until(page, "/tell/check", PARENT)
    most = load("telling").on(today()).limits["sent_an_hour"].most
    assert all(knock("sent", "127.0.0.1", most=most) for _ in range(most))
    page.get_by_role("button", name="Send").click()
    expect(page.locator("h1")).to_have_text("We cannot take this here just now")
    axe(page)
    page.goto("/tell/1")
    page.evaluate("document.querySelector('main form').enctype = 'multipart/form-data'")
    page.get_by_role("button", name=GO_ON, exact=True).click()
    expect(page.locator("h1")).to_have_text("That was too much to send at once")
    axe(page)

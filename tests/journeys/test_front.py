"""Home, queue and search in a real browser: by keyboard and without JavaScript."""

import re

import pytest
from playwright.sync_api import expect
from tests.cast import Cast
from tests.journeys.chromium import axe
from tests.journeys.conftest import As
from tests.rows import package, referral

from lapwing_web.casework.actions.package import accept
from lapwing_web.casework.models import Case, Package
from lapwing_web.notifications.actions import tell

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def some(cast: Cast) -> None:
    """A queue of six, one of them the intelligence officer's, and two packages."""
    referral(cast, 1, "very_high", escalated=True, contact_with_children=True)
    referral(cast, 2, "high", assigned_to=cast.intelligence)
    for number in (3, 4, 5):
        referral(cast, number)
    referral(cast, 6, "low", proposed_class="informational", state="discarded", reason="viral")
    sent = referral(cast, 7, "high", state="disseminated")
    package(cast, sent)
    package(cast, sent, to=cast.force_b, kind="safeguarding")


def test_the_queue_is_worked_from_the_keyboard(some: None, cast: Cast, open_as: As) -> None:
    page = open_as(cast.intelligence, "/queue")
    focused = page.locator("[data-lw-row]:focus-within")
    page.keyboard.press("j")
    expect(focused).to_contain_text("subject-000001")
    page.keyboard.press("j")
    expect(focused).to_contain_text("subject-000002")
    page.keyboard.press("k")
    expect(focused).to_contain_text("subject-000001")
    page.keyboard.press("/")
    expect(page.locator(":focus")).to_have_attribute("name", "q")
    page.keyboard.type("j")  # in a box, a letter is a letter
    expect(page.locator(":focus")).to_have_value("j")
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    axe(page)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_the_first_stop_of_the_tab_key_skips_the_menu(some: None, cast: Cast, open_as: As) -> None:
    page = open_as(cast.intelligence, "/queue")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to main content")
    page.keyboard.press("Enter")
    expect(page.locator(":focus")).to_have_attribute("id", "main-content")


def test_the_queue_narrows_without_javascript(some: None, cast: Cast, open_as: As) -> None:
    page = open_as(cast.intelligence, "/queue", script=False)
    page.get_by_label("Assigned to").select_option("me")
    page.get_by_role("button", name="Show these").click()
    expect(page.locator("[data-lw-row]")).to_have_count(1)
    page.get_by_label("Where it is").select_option("discarded")
    page.get_by_label("Assigned to").select_option("")
    page.get_by_role("button", name="Show these").click()
    expect(page.locator("h1")).to_have_text("Discarded")
    expect(page.locator("[data-lw-row]")).to_have_count(1)


def test_a_force_finds_its_own_package_and_nobody_elses(some: None, cast: Cast, open_as: As) -> None:
    page = open_as(cast.officer_a, "/")
    page.get_by_label("Search by reference or selector").fill("subject-000007@example.com")
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_have_text("1 found for “subject-000007@example.com”")
    theirs = Package.objects.get(to=cast.force_b)
    for reference in (theirs.reference, theirs.referral.reference):
        page.goto(f"/search?q={reference}")
        expect(page.locator("#found")).to_have_text(f"Nothing found for “{reference}”")


def test_what_is_new_stays_new_until_they_say_they_have_seen_it(some: None, cast: Cast, open_as: As) -> None:
    page = open_as(cast.intelligence, "/", script=False)
    new = page.locator("section", has=page.get_by_role("heading", name="New since you last looked"))
    expect(new.locator(".lw-block__count")).to_have_text("5")
    page.reload()
    expect(new.locator(".lw-block__count")).to_have_text("5")
    page.get_by_role("button", name="I have seen these").click()
    expect(new).to_have_count(0)
    expect(page.get_by_text("Nothing has arrived since.")).to_be_visible()


def test_what_one_is_told_is_read_from_the_keyboard(cast: Cast, open_as: As) -> None:
    for number in (1, 2):
        tell("ended", f"user:{number}", event="now", to=[cast.officer_a.pk])
    page = open_as(cast.officer_a, "/")
    told = page.get_by_role("link", name=re.compile("Notifications ?2 to read"))
    told.focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Notifications")
    page.keyboard.press("j")
    expect(page.locator("[data-lw-row]:focus-within")).to_contain_text("Person 2")
    page.keyboard.press("o")
    expect(page.get_by_role("link", name=re.compile("Notifications ?1 to read"))).to_be_visible()
    page.get_by_role("button", name="Mark all as read").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("1 marked as read")
    expect(page.locator("main")).to_contain_text("Nothing waits to be read")
    axe(page)


def test_a_form_that_a_file_answers_can_be_sent_again_and_is_not_sent_twice_by_one_press(
    cast: Cast, open_as: As
) -> None:
    sent = package(cast, referral(cast, 7, "high", state="disseminated"))
    accept(sent, by=cast.officer_a)
    page = open_as(cast.officer_a, f"/cases/{Case.objects.get().pk}/summary")
    page.clock.install()
    page.get_by_label("I am working it").check()
    page.get_by_role("button", name="Open it").click()
    page.get_by_label("Who receives it?").fill("A court")
    page.get_by_label("What is it for?").fill("A hearing")
    page.get_by_label("A PDF, to read").check()
    button = page.get_by_role("button", name="Make it and download it")
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    with page.expect_download():
        button.click()
        button.click()  # the same press
    assert len(posts) == 1
    page.clock.run_for(3100)
    with page.expect_download():
        button.click()
    assert len(posts) == 2

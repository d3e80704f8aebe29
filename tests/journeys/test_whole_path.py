"""The whole path in a browser: a company's file goes in, people decide, and a force answers."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.cast import Cast
from tests.journeys.chromium import NARROW, axe, follow
from tests.journeys.conftest import As

from lapwing_web.casework.models import Referral
from lapwing_web.staff.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "correct-horse-battery-79"


def say_why(page: Page) -> None:
    """Answer the question that comes before a record about a person."""
    expect(page.locator("h1")).to_contain_text("Why do you need to see it?")
    page.locator("main input[type=radio]").first.check()
    follow(page.locator("main button[type=submit]"))


def sign_in(page: Page, person: User) -> None:
    """By the form, with the password everybody has in this journey."""
    page.goto("/sign-in")
    page.get_by_label("Name").fill(person.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def sign_out(page: Page) -> None:
    """And see that the door is shut."""
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("h1")).to_have_text("Sign in")


def press(page: Page, name: str) -> None:
    """A step, whether the page makes it a link or a button."""
    page.locator("main").get_by_role("button", name=name).first.click()


def upload_and_take(page: Page, report_file: Path) -> None:
    """The intake officer receives it, finds it first in the queue, and takes it."""
    page.goto("/upload")
    page.get_by_label("Report files").set_input_files(report_file)
    page.locator("main button[type=submit]").click()
    expect(page.locator("h1")).to_contain_text("1 received")
    page.goto("/queue?danger=yes")
    row = page.locator("[data-lw-row]")
    expect(row).to_contain_text("subject-000123")
    row.get_by_role("link").click()
    say_why(page)
    expect(page.locator("main")).to_contain_text("198.51.100.7")
    press(page, "Take it")
    expect(page.get_by_text("is yours")).to_be_visible()


def send(page: Page, referral: Referral, force: str) -> None:
    """The intelligence officer sends it to a force."""
    page.goto(f"/referrals/{referral.pk}")
    say_why(page)
    press(page, "Send to a force")
    page.get_by_label("To which force?").select_option(force)
    page.locator("main input[type=radio]").first.check()
    page.get_by_label("What the force should know first").fill("Please answer today.")
    press(page, "Send the package")
    expect(page.get_by_text("A clock waits for the answer")).to_be_visible()


def accept_and_end(page: Page) -> None:
    """The force's officer opens it from home, accepts it and records how it ended."""
    waiting = page.locator("section", has_text="Waiting for your force’s answer")
    waiting.get_by_role("link", name="PK-").click()
    say_why(page)
    press(page, "Accept")
    press(page, "Accept it")
    expect(page.get_by_text("is accepted")).to_be_visible()
    press(page, "Record the outcome")
    expect(page.get_by_text("Contact with children is not answered")).to_be_visible()
    page.goto("/cases")
    follow(page.locator("main").get_by_role("link", name="CS-"))
    answer_on_children(page)
    charge(page)
    press(page, "Record the outcome")
    record_outcome(page)
    expect(page.get_by_text(re.compile("The outcome of PK-.* is recorded"))).to_be_visible()


def answer_on_children(page: Page) -> None:
    """Every question of the case, on one page, each with its source."""
    press(page, "Answer on children")
    expect(page.get_by_label("No", exact=True)).to_have_count(6)  # `all` takes what is there so far
    for answer in page.get_by_label("No", exact=True).all():
        answer.check()
    for source in page.get_by_label("Where the answer comes from").all():
        source.fill("Children's services")
    press(page, "Save the answers")
    expect(page.get_by_text("6 answers are kept")).to_be_visible()


def charge(page: Page) -> None:
    """The suspect is charged: without that, nothing is an outcome of charge."""
    follow(page.locator("main").get_by_role("link", name="record a charge of suspect 1"))
    page.get_by_label("Offence").fill("An example offence")
    fill_day(page)
    press(page, "Record the charge")
    expect(page.get_by_text("The charge is recorded")).to_be_visible()


def fill_day(page: Page) -> None:
    """A day that has been."""
    for label, number in {"Day": "24", "Month": "11", "Year": "2026"}.items():
        page.get_by_label(label, exact=True).fill(number)


def record_outcome(page: Page) -> None:
    """Charged, on a day."""
    page.get_by_label("Home Office outcome").select_option("1")
    fill_day(page)
    press(page, "Record the outcome")


@pytest.mark.parametrize("script", [True, False], ids=["with-javascript", "without-javascript"])
def test_from_a_companys_file_to_an_outcome(script: bool, report_file: Path, cast: Cast, open_as: As) -> None:
    for person in (cast.intake, cast.intelligence, cast.officer_a):
        person.set_password(PASSWORD)
        person.save()
    page = open_as(None, "/", script=script)
    sign_in(page, cast.intake)
    upload_and_take(page, report_file)
    sign_out(page)
    referral = Referral.objects.get()
    sign_in(page, cast.intelligence)
    send(page, referral, cast.force_a.code)
    sign_out(page)
    sign_in(page, cast.officer_a)
    accept_and_end(page)
    referral.refresh_from_db()
    assert referral.state == "closed"


def test_a_file_that_cannot_be_read_waits_for_somebody(tmp_path: Path, cast: Cast, open_as: As) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"reportId": ')
    page = open_as(cast.intake, "/upload", size=NARROW)
    axe(page)
    page.get_by_label("Report files").set_input_files(broken)
    follow(page.locator("main button[type=submit]"))
    axe(page)
    page.goto("/receipts")
    axe(page)
    expect(page.locator("main")).to_contain_text("broken.json")
    page.goto("/")
    expect(page.get_by_role("heading", name="Files that could not be read")).to_be_visible()
    axe(page)

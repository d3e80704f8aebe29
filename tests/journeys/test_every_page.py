"""Every page, wide and narrow, against WCAG 2.2 AA, as a role that works it and with something on it."""

from pathlib import Path

import pytest
from playwright.sync_api import Page
from tests.cast import Cast
from tests.journeys.chromium import NARROW, WIDE, axe
from tests.journeys.conftest import As

from lapwing_web.casework.actions.package import disseminate
from lapwing_web.casework.actions.receive import Item, receive
from lapwing_web.casework.models import Package, Referral
from lapwing_web.intake.models import Receipt

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

REFERRAL = [
    "",
    "/discard",
    "/develop",
    "/ask",
    "/facts",
    "/kirat",
    "/keep",
    "/join",
    "/disseminate",
    "/safeguard",
]
REFUSED = {"/queue": 403, "/nothing-here": 404}  # for a force
PACKAGE = ["", "/accept", "/return"]
OTHERS = {
    "intake": ["/upload", "/receipts", "/receipts/{rejected}/clear", "/reports/{report}", "/second-looks"],
    "supervisor": ["/", "/clocks", "/clocks?show=running", "/attrition", "/referrals/{referral}/assign"],
    "auditor": ["/", "/audit", "/audit?action=receive&why=checking", "/packages"],
    "administrator": ["/", "/people", "/people/add", "/people/{person}", "/password"],
    "officer_a": ["/", "/packages", "/clocks", "/attrition", "/search?q=subject", "/queue", "/nothing-here"],
    "auditor_a": ["/", "/audit"],
}


@pytest.fixture
def places(report_file: Path, cast: Cast) -> dict[str, int]:
    """A report received and sent, a file that could not be read, and the numbers of what came of them."""
    items = [Item("report.json", report_file.read_bytes()), Item("broken.json", b'{"reportId": ')]
    receive(items, channel="upload", by=cast.intake)
    referral = Referral.objects.get()
    return {
        "referral": referral.pk,
        "report": referral.joinings.get().report_id,
        "rejected": Receipt.objects.get(state="rejected").pk,
        "person": cast.officer_a.pk,
    }


def read(page: Page, address: str) -> None:
    """Open a page, answer why if it asks, and check it wide and narrow."""
    page.set_viewport_size(WIDE)
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == REFUSED.get(address, 200), address
    if "Why do you need to see" in page.locator("h1").inner_text():
        axe(page)
        page.locator("main input[type=radio]").first.check()
        page.locator("main button[type=submit]").click()
    axe(page)
    page.set_viewport_size(NARROW)
    axe(page)


@pytest.mark.parametrize("role", OTHERS)
def test_the_pages_of_a_role(role: str, places: dict[str, int], cast: Cast, open_as: As) -> None:
    page = open_as(cast.people()[role], "/glossary")
    for address in OTHERS[role]:
        read(page, address.format(**places))


def test_a_referral_and_every_decision_about_it(places: dict[str, int], cast: Cast, open_as: As) -> None:
    page = open_as(cast.intelligence, "/glossary")
    for end in REFERRAL:
        read(page, f"/referrals/{places['referral']}{end}")


def test_a_package_and_every_answer_to_it(places: dict[str, int], cast: Cast, open_as: As) -> None:
    disseminate(
        Referral.objects.get(), to=cast.force_a, reason="suspect_lives_here", text="", by=cast.intelligence
    )
    sent = Package.objects.get()
    page = open_as(cast.officer_a, "/glossary")
    for end in PACKAGE:
        read(page, f"/packages/{sent.pk}{end}")


def test_a_form_that_is_refused_says_where(places: dict[str, int], cast: Cast, open_as: As) -> None:
    page = open_as(cast.intelligence, f"/referrals/{places['referral']}/discard")
    page.locator("main button[type=submit]").last.click()
    assert page.locator(".govuk-error-summary").count() == 1
    axe(page)


def test_the_door(cast: Cast, open_as: As) -> None:
    page = open_as(None, "/sign-in")
    axe(page)
    page.get_by_label("Name").fill("nobody")
    page.get_by_label("Password").fill("wrong-wrong-wrong")
    page.get_by_role("button", name="Sign in").click()
    axe(page)

"""Setting up a second factor and signing in with it, as somebody does it."""

from base64 import b32decode
from typing import Any

import pytest
from django_otp.oath import totp
from playwright.sync_api import Page, expect
from tests.cast import Cast
from tests.journeys.chromium import NARROW, axe, follow
from tests.journeys.conftest import As

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "three plain words together"


def sign_in(page: Page) -> None:
    page.get_by_label("Name").fill("officer-a")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_an_officer_of_a_live_site_sets_one_up_and_comes_back_with_a_recovery_code(
    cast: Cast, open_as: As, settings: Any, script: bool
) -> None:
    settings.ENVIRONMENT = "live"
    cast.officer_a.set_password(PASSWORD)
    cast.officer_a.save()
    page = open_as(None, "/sign-in", script=script)
    sign_in(page)
    expect(page.locator("h1")).to_have_text("Set up your second factor")
    picture = page.get_by_role("img", name="QR code")
    expect(picture).to_be_visible()
    spelt = page.locator("strong.lw-mono").inner_text().replace(" ", "")
    page.get_by_label("Code", exact=True).fill("12")
    page.get_by_role("button", name="Set it up").click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    if script:
        axe(page)
    code = f"{totp(b32decode(spelt), t0=0):06d}"
    page.get_by_label("Code", exact=True).fill(f"{code[:3]} {code[3:]}")
    page.get_by_role("button", name="Set it up").click()
    expect(page.locator("h1")).to_have_text("Your second factor works")
    codes = page.get_by_role("list", name="Recovery codes").get_by_role("listitem")
    expect(codes).to_have_count(10)
    paper = codes.all_inner_texts()
    if script:
        axe(page)
    follow(page.get_by_role("button", name="Sign out"))

    page.goto("/clocks")
    sign_in(page)
    expect(page.locator("h1")).to_have_text("Your second factor")
    page.get_by_label("Code", exact=True).fill(paper[3])
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("h1")).to_have_text("Clocks")
    page.get_by_role("link", name="Your second factor").click()
    expect(page.get_by_text("You have 9 recovery codes left.")).to_be_visible()
    if script:
        page.set_viewport_size(NARROW)
        axe(page)

"""Every page of the site, wide and narrow, against WCAG 2.2 AA, as a role that works it."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.urls import resolve, reverse
from playwright.sync_api import Page, expect
from tests.cast import Cast
from tests.journeys.chromium import NARROW, WIDE, axe, follow, violations
from tests.journeys.conftest import As
from tests.journeys.visits import NOT_PAGES, VISITS, WALKED, Visit, names
from tests.journeys.world import World, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_no_page_is_left_unvisited() -> None:
    visited = {visit.name for visits in VISITS.values() for visit in visits if visit.status == 200}
    assert names() - visited - set(NOT_PAGES) - WALKED == set(), "pages nobody visits"
    assert (visited | set(NOT_PAGES) | WALKED) - names() == set(), "pages that are no more"
    assert visited & set(NOT_PAGES) == set()


def test_every_page_can_be_read_by_everybody_wide_and_narrow(cast: Cast, open_as: As) -> None:
    world, people = make_world(cast), cast.people()
    wrong = [
        f"{role}: {visit}: {said}"
        for role, visits in VISITS.items()
        for page in [open_as(people.get(role), "/glossary")]
        for visit in visits
        for said in read(page, visit, world)
    ]
    assert not wrong, "\n".join(wrong)


def read(page: Page, visit: Visit, world: World) -> Iterator[str]:
    """What is wrong with a page: answering why first, if it asks."""
    page.set_viewport_size(WIDE)
    path = reverse(visit.name, args=[world[visit.about].pk] if visit.about else None)
    answer = page.goto(f"{path}?{visit.query}" if visit.query else path)
    assert answer is not None
    yield from say_why(page)
    if answer.status != visit.status or resolve(urlsplit(page.url).path).url_name != visit.name:
        yield f"answered {answer.status} from {page.url}: {page.locator('h1').inner_text()}"
        return
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        yield from (f"at {size['width']} pixels, {said}" for said in violations(page))


def say_why(page: Page) -> list[str]:
    """Answer why one looks, if the page asks, and tell what is wrong with the page that asked."""
    if "Why do you need to see" not in page.locator("h1").inner_text():
        return []
    said = violations(page)
    page.locator("main input[type=radio]").first.check()
    follow(page.locator("main button[type=submit]"))
    return said


def test_a_form_that_is_refused_says_where(cast: Cast, open_as: As) -> None:
    pk = make_world(cast)["fresh"].pk
    page = open_as(cast.intelligence, f"/referrals/{pk}/discard")
    say_why(page)
    page.locator("main button[type=submit]").last.click()
    expect(page.locator(".govuk-error-summary")).to_have_count(1)
    axe(page)


def test_the_door_and_a_page_that_is_not_there(cast: Cast, open_as: As) -> None:
    page = open_as(None, "/sign-in")
    page.get_by_label("Name").fill("nobody")
    page.get_by_label("Password").fill("wrong-wrong-wrong")
    follow(page.get_by_role("button", name="Sign in"))
    axe(page)
    lost = open_as(cast.officer_a, "/nothing-here", size=NARROW)
    axe(lost)

"""What stands around every page: the menu of this role, and pages for what went wrong."""

from collections.abc import Callable

import pytest
from django.template.loader import render_to_string
from django.test import Client
from tests.cast import Cast

from lapwing_web.front.queries.furniture import menu
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import may

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


def test_the_menu_offers_only_pages_that_open(cast: Cast, signed_in: SignedIn) -> None:
    for name, person in cast.people().items():
        for item in menu(person, "/"):
            assert signed_in(person).get(item.url).status_code == 200, f"{name}: {item.label}"


def test_a_force_is_offered_no_queue_and_no_receipts(cast: Cast) -> None:
    for person in (cast.officer_a, cast.supervisor_a, cast.auditor_a, cast.administrator_a):
        assert not {item.label for item in menu(person, "/")} & {"Queue", "Receipts", "Second looks"}


def test_the_page_they_are_on_is_marked(cast: Cast) -> None:
    here = {item.label: item.here for item in menu(cast.intake, "/clocks/7/pause")}
    assert here["Clocks"] == "true"
    assert here["Home"] == ""


def test_a_page_says_who_is_signed_in_and_where_they_work(cast: Cast, signed_in: SignedIn) -> None:
    said = signed_in(cast.officer_a).get("/glossary").content.decode()
    assert "Force officer, Lancashire Constabulary" in said


def test_a_refusal_says_why_and_that_nothing_changed(cast: Cast, signed_in: SignedIn) -> None:
    answer = signed_in(cast.officer_a).get("/queue")
    assert answer.status_code == 403
    assert "cannot see referrals" in answer.content.decode()
    assert "Nothing has been changed" in answer.content.decode()
    assert not may(cast.officer_a, "see referrals")


def test_an_unknown_address_is_a_page_with_the_menu(cast: Cast, signed_in: SignedIn) -> None:
    answer = signed_in(cast.intake).get("/nothing-here")
    assert answer.status_code == 404
    assert "Page not found" in answer.content.decode()
    assert "Sign out" in answer.content.decode()


@pytest.mark.parametrize(
    "page", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html", "lockout.html"]
)
def test_a_page_for_what_went_wrong_needs_nothing(page: str) -> None:
    assert "Go to the home page" in render_to_string(page)


def test_no_page_has_a_script_or_a_style_of_its_own(cast: Cast, signed_in: SignedIn) -> None:
    for address in ("/", "/queue", "/search?q=x", "/glossary"):
        answer = signed_in(cast.intake).get(address)
        said = answer.content.decode()
        assert " style=" not in said
        assert "<style" not in said
        assert said.count("<script") == 1
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy

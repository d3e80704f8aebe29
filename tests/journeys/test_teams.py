"""A force without teams gets them by the keys alone: made, filled, and one ended; each page against axe."""

import pytest
from playwright.sync_api import expect
from tests.cast import Cast
from tests.journeys.chromium import NARROW, WIDE, axe
from tests.journeys.conftest import As
from tests.journeys.keys import Keys

from lapwing_web.staff.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST = 16  # screens, from a home page that says what is missing to teams with their people


def test_an_administrator_makes_the_teams_of_a_force_by_keys_alone(cast: Cast, open_as: As) -> None:
    keys = Keys(open_as(cast.administrator_a, "/"))
    expect(keys.page.get_by_role("heading", name="Teams still to make")).to_be_visible()
    keys.follow("Teams")
    look(keys)
    make(keys, "Area 1", "Neighbourhood policing", "officer-a")
    make(keys, "Managers", "Offender management", "supervisor-a")
    assert people() == {"officer-a": "Area 1", "supervisor-a": "Managers"}
    keys.follow("Move")
    look(keys)
    expect(keys.page.get_by_text("supervisor-a is in Managers, and has nothing in hand")).to_be_visible()
    keys.choose("Area 1")
    keys.write("Why?", "Moved")
    keys.follow("Move them")
    expect(keys.page.get_by_text("supervisor-a is in Area 1 now.")).to_be_visible()
    end(keys)
    assert people() == {"officer-a": "Area 1", "supervisor-a": "Area 1"}
    assert len(keys.screens) <= MOST, "\n".join(keys.screens)


def look(keys: Keys) -> None:
    """The page as it is, wide and narrow."""
    for size in (NARROW, WIDE):
        keys.page.set_viewport_size(size)
        axe(keys.page)


def make(keys: Keys, name: str, kind: str, who: str) -> None:
    """A team, from the list or the page of another, and the first to join it."""
    if keys.page.locator("h1").inner_text() != "Teams of Lancashire Constabulary":
        keys.follow("Teams")
    keys.follow("Make a team")
    look(keys)
    keys.write("Name of the team", name)
    keys.choose(kind)
    keys.follow("Make the team")
    look(keys)
    keys.tab_to(who)
    keys.press("Space")
    keys.write("Why?", "A new team")
    keys.follow("Move them here")
    look(keys)
    expect(keys.page.get_by_text(f"1 person has joined {name}.")).to_be_visible()


def end(keys: Keys) -> None:
    """The team of offender managers, which nobody is in any longer. It stays on the list, as ended."""
    keys.follow("Teams")
    keys.follow("Managers")
    keys.follow("End it")
    look(keys)
    keys.write("Why?", "Not needed")
    keys.follow("End the team")
    look(keys)
    expect(keys.page.get_by_text("Managers has ended.")).to_be_visible()


def people() -> dict[str, str]:
    placed = User.objects.exclude(team=None).values_list("username", "team__name")
    return dict(placed)

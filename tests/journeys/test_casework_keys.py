"""A case worked by an officer without training, by the keys alone: from the package to an outcome."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from tests.cast import Cast
from tests.journeys.conftest import As
from tests.journeys.keys import PASSWORD, Keys, say_why, sign_in, write_day, write_today
from tests.journeys.world import told

from lapwing_web.casework.actions.package import disseminate
from lapwing_web.casework.actions.receive import Item, receive
from lapwing_web.casework.models import Case, Package, Referral
from lapwing_web.moment import today
from lapwing_web.staff.actions import record_training

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST = 40  # screens from the package to an outcome, sign-ins and reasons to look among them


@pytest.fixture
def sent(cast: Cast) -> Cast:
    """A package waits for force A, and its two people can sign in."""
    for person in (cast.officer_a, cast.supervisor_a):
        person.set_password(PASSWORD)
        person.save()
    for course in ("investigator", "online_child_abuse", "child_protection"):
        record_training(cast.supervisor_a, course=course, passed_on=today(), by=cast.supervisor_a)
    receive([Item("report.json", told())], channel="upload", by=cast.intake)
    referral = Referral.objects.get()
    disseminate(referral, to=cast.force_a, reason="suspect_lives_here", by=cast.intelligence)
    return cast


def test_a_case_is_worked_from_the_package_to_an_outcome_by_keys_alone(sent: Cast, open_as: As) -> None:
    keys = Keys(open_as(None, "/"))
    keys.screens = ["/sign-in"]
    sign_in(keys, sent.officer_a)
    accept(keys)
    keys.follow("Sign out")
    sign_in(keys, sent.supervisor_a)
    allocate(keys, sent)
    keys.follow("Sign out")
    sign_in(keys, sent.officer_a)
    open_the_case(keys)
    answer_on_children(keys)
    arrest_and_release(keys)
    seize(keys)
    charge_and_end(keys)
    assert (Package.objects.get().outcome, Case.objects.get().state) == ("1", "closed")
    assert len(keys.screens) <= MOST, "\n".join(keys.screens)


def accept(keys: Keys) -> None:
    """The package waits on the home page; its case is opened by the acceptance."""
    keys.press("j")
    keys.leave(lambda: keys.press("o"))
    say_why(keys)
    keys.press("d")
    keys.leave(lambda: keys.press("Enter"))
    keys.follow("Accept it")
    expect(keys.page.get_by_text("is accepted")).to_be_visible()


def allocate(keys: Keys, sent: Cast) -> None:
    """A supervisor gives the case to the officer, who lacks the training: with a reason, on a list."""
    open_the_case(keys)
    keys.follow("Allocate")
    keys.choose(str(sent.officer_a))
    keys.tab_to("Override what stands in the way")
    keys.press("Space")
    keys.write("Reason", "Nobody else is on duty.")
    keys.follow("Allocate it")
    expect(keys.page.get_by_text("is with")).to_be_visible()


def open_the_case(keys: Keys) -> None:
    """From the menu."""
    keys.follow("Cases")
    keys.press("j")
    keys.leave(lambda: keys.press("o"))
    if "Why do you need" in (keys.page.locator("h1").text_content() or ""):
        say_why(keys)


def answer_on_children(keys: Keys) -> None:
    """Every question, each with its source."""
    keys.follow("Answer on children")
    for _ in range(6):
        keys.choose("No")
        keys.write("Where the answer comes from", "Children's services")
    keys.follow("Save the answers")
    expect(keys.page.get_by_text("6 answers are kept")).to_be_visible()


def arrest_and_release(keys: Keys) -> None:
    """The arrest, the duty that it brings, and bail with conditions on a custody officer's word."""
    keys.follow("Record an arrest")
    keys.choose("No")
    keys.follow("Record the arrest")
    keys.follow("Record it: ")
    keys.choose("Offered and declined")
    keys.follow("Record it")
    keys.follow("Release")
    keys.choose("On bail, with conditions")
    write_day(keys, today() + timedelta(weeks=4))
    keys.tab_to("For bail: authorised by")
    keys.page.keyboard.type("A custody officer")
    keys.write("For bail with conditions", "No contact with anybody under 18.")
    keys.follow("Record the release")
    expect(keys.page.get_by_text("gaps were looked for")).to_be_visible()


def seize(keys: Keys) -> None:
    """A device, which is then given back: nothing of a case that ends is left in a store."""
    keys.follow("Add an exhibit")
    keys.write("Exhibit number", "AB/1")
    keys.choose("Phone")
    keys.write("Description", "A telephone")
    keys.write("Where was it seized?", "At the address")
    keys.follow("Add the exhibit")
    expect(keys.page.get_by_text("AB/1").first).to_be_visible()


def charge_and_end(keys: Keys) -> None:
    """Charged, and the outcome recorded."""
    keys.follow("CS-")
    keys.follow("record a charge of suspect 1")
    keys.write("Offence", "An example offence")
    write_today(keys)
    keys.follow("Record the charge")
    expect(keys.page.get_by_text("The charge is recorded")).to_be_visible()
    keys.follow("Record the outcome")
    keys.tab_to("Home Office outcome")
    keys.page.keyboard.type("1: Charged")
    write_today(keys)
    keys.follow("Record the outcome")
    expect(keys.page.get_by_text("is recorded")).to_be_visible()

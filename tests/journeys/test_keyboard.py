"""The main job without a mouse: signing in, deciding, sending, and a force's answer, by the keys alone."""

import pytest
from playwright.sync_api import expect
from tests.cast import Cast
from tests.journeys.conftest import As
from tests.journeys.keys import PASSWORD, Keys, say_why, sign_in, write_today
from tests.journeys.world import told
from tests.rows import referral

from lapwing_web.casework.actions.receive import Item, receive
from lapwing_web.casework.models import Package, Referral

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# screens to an outcome: two sign-ins, reasons to look, the questions on children and a charge among them
MOST = 20


@pytest.fixture
def two(cast: Cast) -> Cast:
    """A cast that can sign in, with two referrals in the queue: the second is the one to send."""
    for person in (cast.intelligence, cast.officer_a):
        person.set_password(PASSWORD)
        person.save()
    receive([Item("report.json", told())], channel="upload", by=cast.intake)
    referral(cast, 9, "very_high", rank=9_000_000)
    return cast


def test_from_the_queue_to_an_outcome_by_keys_alone(two: Cast, open_as: As) -> None:
    keys = Keys(open_as(None, "/queue"))
    keys.screens = ["/sign-in"]
    sign_in(keys, two.intelligence)
    decide_and_send(keys, two)
    keys.follow("Sign out")
    sign_in(keys, two.officer_a)
    accept_and_end(keys)
    assert Package.objects.get().outcome == "1"
    assert len(keys.screens) <= MOST, "\n".join(keys.screens)


def decide_and_send(keys: Keys, two: Cast) -> None:
    """j and k find it in the queue, d opens it at its decision, and it goes to the force proposed."""
    expect(keys.page.locator("h1")).to_have_text("Queue")
    keys.press("j", "j", "k")
    expect(keys.page.locator("[data-lw-row]:focus-within")).to_contain_text("subject-000123")
    keys.leave(lambda: keys.press("d"))
    say_why(keys)
    keys.press("d")
    keys.follow("Send to a force")
    keys.tab_to("To which force?")
    keys.page.keyboard.type(two.force_a.name)
    keys.press("Tab", "Space")
    keys.write("What the force should know first", "Please answer today.")
    keys.follow("Send the package")
    expect(keys.page.get_by_text("A clock waits for the answer")).to_be_visible()


def accept_and_end(keys: Keys) -> None:
    """j finds it on the home page, o opens it."""
    expect(keys.page.locator("[data-lw-row]").first).to_be_visible()
    keys.press("j")
    expect(keys.page.locator("[data-lw-row]:focus-within")).to_be_visible()
    keys.leave(lambda: keys.press("o"))
    say_why(keys)
    keys.press("d")
    expect(keys.page.locator(":focus")).to_have_text("Accept")
    keys.leave(lambda: keys.press("Enter"))
    keys.follow("Accept it")
    expect(keys.page.get_by_text("is accepted")).to_be_visible()
    keys.press("d")
    keys.leave(lambda: keys.press("Enter"))
    work_the_case(keys)
    keys.press("d")
    keys.follow("Record the outcome")
    keys.tab_to("Home Office outcome")
    keys.page.keyboard.type("1: Charged")
    write_today(keys)
    keys.follow("Record the outcome")
    expect(keys.page.get_by_text("is recorded")).to_be_visible()


def work_the_case(keys: Keys) -> None:
    """Every question on children is answered, and the suspect is charged."""
    keys.press("d")
    keys.leave(lambda: keys.press("Enter"))
    for _ in range(6):
        keys.tab_to("Yes")
        keys.press("ArrowRight")
        keys.write("Where the answer comes from", "Children's services")
    keys.follow("Save the answers")
    expect(keys.page.get_by_text("6 answers are kept")).to_be_visible()
    keys.follow("record a charge of suspect 1")
    keys.write("Offence", "An example offence")
    write_today(keys)
    keys.follow("Record the charge")
    expect(keys.page.get_by_text("The charge is recorded")).to_be_visible()


def test_o_opens_and_d_decides_what_the_list_points_at(two: Cast, open_as: As) -> None:
    first, second = Referral.objects.order_by("-rank")
    page = open_as(two.intelligence, "/queue")
    page.keyboard.press("o")  # nothing is pointed at yet
    page.keyboard.press("d")
    expect(page.locator("h1")).to_have_text("Queue")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url(f"**/referrals/{first.pk}")
    page.go_back()
    page.locator(f"[href='/referrals/{second.pk}']").focus()
    page.keyboard.press("d")
    page.wait_for_url(f"**/referrals/{second.pk}#decide")


def test_d_goes_to_the_decision_of_the_page(two: Cast, open_as: As) -> None:
    mine = Referral.objects.order_by("-rank")[0]
    page = open_as(two.intelligence, f"/referrals/{mine.pk}")
    page.keyboard.press("d")
    expect(page.locator("main input[type=radio]").first).to_be_focused()
    page.keyboard.press("Space")
    with page.expect_navigation():
        page.get_by_role("button", name="Open it").press("Enter")
    page.keyboard.press("d")
    expect(page.locator("#decide button, #decide a").first).to_be_focused()
    page.goto(f"/referrals/{mine.pk}/develop")
    page.keyboard.press("d")
    expect(page.locator("main textarea")).to_be_focused()


def test_keys_held_with_others_are_left_to_the_browser(two: Cast, open_as: As) -> None:
    page = open_as(two.intelligence, "/queue")
    page.keyboard.press("Control+j")
    page.keyboard.press("Alt+d")
    expect(page.locator("[data-lw-row]:focus-within")).to_have_count(0)

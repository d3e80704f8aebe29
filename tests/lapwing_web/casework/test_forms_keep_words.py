"""A form that was refused says why, and keeps what was typed."""

import html
import re
from collections.abc import Callable

import pytest
from django.test import Client
from tests.access.test_every_route import reason_to_look
from tests.cast import Cast
from tests.lapwing_web.casework.made import Made
from tests.lapwing_web.casework.test_cases import opened
from tests.lapwing_web.casework.test_exhibits import phone

from lapwing_web.casework.actions import arrests, children, exhibits
from lapwing_web.casework.models import Case, Gap
from lapwing_web.moment import now
from lapwing_web.staff.models import User

SignedIn = Callable[[User], Client]


@pytest.fixture
def case(cast: Cast, made: Made) -> Case:
    return opened(cast, made, 1)


def looking(client: Client, case: Case) -> Client:
    client.post(f"/cases/{case.pk}", {"reason": reason_to_look(), "stands": "on"})
    return client


def test_what_was_typed_is_still_there_when_it_is_refused(
    cast: Cast, case: Case, signed_in: SignedIn
) -> None:
    Case.objects.filter(pk=case.pk).update(band="high")
    client = looking(signed_in(cast.supervisor_a), case)
    said = client.post(
        f"/cases/{case.pk}/band", {"band": "low", "why": "Words that took an hour", "seen": "open"}
    )
    page = said.content.decode()
    assert said.status_code == 409
    assert "There is a problem" in page
    assert "cannot drop while contact with children is not answered" in page
    assert "Nothing has been changed" in page
    assert "Words that took an hour" in page
    case.refresh_from_db()
    assert case.band == "high"


@pytest.mark.parametrize(
    ("typed", "status", "told"),
    [
        ({"band": "", "why": "An hour of\nwords"}, 200, ""),  # a question left out: told on the form
        (
            {"band": "low", "why": "An hour of\nwords"},
            409,
            "cannot drop while contact",
        ),  # refused: told at once
    ],
)
def test_words_outlive_the_reason_to_look_and_nothing_is_done_twice(
    cast: Cast, case: Case, signed_in: SignedIn, typed: dict[str, str], status: int, told: str
) -> None:
    Case.objects.filter(pk=case.pk).update(band="high")
    client, address = signed_in(cast.supervisor_a), f"/cases/{case.pk}/band"
    asked = client.post(address, {**typed, "seen": "open"})
    page = asked.content.decode()
    assert (asked.status_code, "Your reason ran out" in page, told in page) == (status, True, True)
    kept = html.unescape(re.search(r'name="kept_from_the_form" value="([^"]*)"', page)[1])  # type: ignore[index]
    empty = client.post(address, {"kept_from_the_form": kept}).content.decode()
    assert "Choose why you need to see it" in empty
    assert html.escape(kept) in empty
    back = client.post(address, {"kept_from_the_form": kept, "reason": reason_to_look()}).content.decode()
    assert "An hour of\nwords" in back
    assert ("Choose a band" in back) or ("This is not sent yet" in back)
    case.refresh_from_db()
    assert case.band == "high"
    again = client.post(address, {**typed, "band": "very_high", "seen": "open"})
    assert again.status_code == 302
    case.refresh_from_db()
    assert case.band == "very_high"


def test_a_day_before_any_policy_is_refused_and_is_no_fault_of_the_server(
    cast: Cast, case: Case, signed_in: SignedIn
) -> None:
    client = looking(signed_in(cast.officer_a), case)
    day = {"known_on_0": "3", "known_on_1": "4", "known_on_2": "2009"}
    said = client.post(f"/cases/{case.pk}/child", {"contact": "household", "name": "child-1", **day})
    assert said.status_code == 409
    assert "Policy says nothing for 3 April 2009" in said.content.decode()
    assert "child-1" in said.content.decode()
    assert case.children.count() == 0


def test_a_superior_signs_for_a_gap_on_its_page_with_a_plan_for_each_child(
    cast: Cast, case: Case, signed_in: SignedIn
) -> None:
    child = children.add_child(case, contact="household", by=cast.officer_a)
    arrest = arrests.arrest(case.suspects.get(), at=now(), position_of_trust="no", by=cast.officer_a)
    arrests.release(
        arrest,
        kind="investigation",
        at=now(),
        reason="Time",
        plans={child.pk: "A plan"},
        by=cast.supervisor_a,
    )
    Gap.objects.update(state="open", signed_by=None)
    gap = Gap.objects.get()
    client = looking(signed_in(cast.supervisor_a), case)
    address = f"/gaps/{gap.pk}/sign"
    page = client.get(address).content.decode()
    assert f'name="plan_{child.pk}"' in page
    empty = client.post(address, {"seen": "open"}).content.decode()
    assert "What keeps child 1 safe?: Enter a few words" in empty
    client.post(address, {"seen": "open", "reason": "Time", f"plan_{child.pk}": "At a grandparent's"})
    gap.refresh_from_db()
    assert gap.state == "signed"


def test_words_that_are_too_long_and_choices_not_offered_are_told_plainly(
    cast: Cast, case: Case, signed_in: SignedIn
) -> None:
    client = looking(signed_in(cast.supervisor_a), case)
    page = client.post(f"/cases/{case.pk}/band", {"band": "none", "why": "x" * 10_000}).content.decode()
    assert "Choose one of the answers on this page" in page
    assert "Use 4000 characters or fewer: this has 10000" in page
    assert "x" * 10_000 in page


def test_a_hidden_field_that_was_changed_is_no_fault_of_the_server(
    cast: Cast, case: Case, signed_in: SignedIn
) -> None:
    client = looking(signed_in(cast.officer_a), case)
    suspect = case.suspects.get()
    sent = {"seen": "no such state", "label": "x"}
    assert client.post(f"/suspects/{suspect.pk}/warrant", sent).status_code == 200


def test_an_exhibit_that_is_being_examined_does_not_wait_and_goes_back_to_the_queue(
    cast: Cast, case: Case, signed_in: SignedIn
) -> None:
    exhibit = phone(case, cast)
    exhibits.queue(exhibit, by=cast.officer_a)
    client = looking(signed_in(cast.officer_a), case)
    waiting = client.get(f"/exhibits/{exhibit.pk}").content.decode()
    assert "Waits since" in waiting
    type(exhibit).objects.filter(pk=exhibit.pk).update(state="examining")
    examined = client.get(f"/exhibits/{exhibit.pk}").content.decode()
    assert "Put it back in the queue" in examined
    assert "Send to be examined" not in examined
    assert "Waits since" not in examined

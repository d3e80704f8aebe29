"""The home page: for each role what cannot wait, and nothing that is not theirs."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from tests.cast import Cast
from tests.rows import package, referral

from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.models import Referral
from lapwing_web.front.actions import mark_seen
from lapwing_web.front.queries.home import Block, blocks
from lapwing_web.intake.models import Receipt
from lapwing_web.moment import at, now
from lapwing_web.staff.models import User

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]

AT_RISK = [
    # band, contact with children, escalated, state -> on the list: why
    ("very_high", True, False, "received", True),
    ("high", True, False, "developing", True),
    ("high", None, False, "received", True),  # not known is not no
    ("high", False, False, "received", False),
    ("medium", True, False, "received", True),  # a child is in contact, whatever the band
    ("medium", None, False, "received", False),  # or most of the queue would be here
    ("low", None, True, "received", True),  # the company says that it is urgent
    ("low", False, True, "awaiting_provider", True),
    ("very_high", True, False, "disseminated", False),  # it is with a force: see waiting on others
    ("very_high", True, True, "discarded", False),
]


def block(person: User, name: str) -> Block:
    """One block of somebody's home page."""
    return next(found for found in blocks(person) if found.name == name)


def shown(person: User, name: str) -> list[object]:
    return [item.record for item in block(person, name).items]


@pytest.mark.parametrize(("band", "contact", "escalated", "state", "listed"), AT_RISK)
def test_a_child_who_may_be_at_risk_is_on_the_first_list(
    band: str, contact: bool | None, escalated: bool, state: str, listed: bool, cast: Cast
) -> None:
    referral(cast, 1, band, contact_with_children=contact, escalated=escalated, state=state)
    first = blocks(cast.intelligence)[0]
    assert first.name == "danger"
    assert first.count == int(listed)


def test_new_means_since_they_said_they_had_seen_it(cast: Cast) -> None:
    with at(now() - timedelta(hours=2)):
        old = referral(cast, 0)
        mark_seen(by=cast.intake)
    fresh = referral(cast, 0)
    assert shown(cast.intake, "new") == [fresh]
    assert shown(cast.intelligence, "new") == [old, fresh]  # who never said so is shown a day
    assert AuditEntry.objects.get(action="see what is new").by == "intake"


def test_mine_is_what_is_assigned_to_me_and_open(cast: Cast) -> None:
    mine = referral(cast, 1, assigned_to=cast.intake)
    referral(cast, 2, assigned_to=cast.intelligence)
    referral(cast, 3, assigned_to=cast.intake, state="discarded")
    assert shown(cast.intake, "mine") == [mine]


def test_a_supervisor_sees_what_nobody_has(cast: Cast) -> None:
    lonely = referral(cast, 1, "very_high")
    referral(cast, 2, "very_high", assigned_to=cast.intake)
    assert shown(cast.supervisor, "unowned") == [lonely]


def test_an_officer_waits_on_their_own_and_a_supervisor_on_everybodys(cast: Cast) -> None:
    sent = package(cast, referral(cast, 1, state="disseminated"))
    package(cast, referral(cast, 2, state="accepted"), state="accepted")
    asked = referral(cast, 3, state="awaiting_provider", assigned_to=cast.intake)
    assert shown(cast.intelligence, "waiting") == [sent]
    assert shown(cast.intake, "waiting") == [asked]
    assert shown(cast.supervisor, "waiting") == [sent, asked]


def test_a_file_that_could_not_be_read_is_on_the_intake_officers_page(cast: Cast) -> None:
    stuck = Receipt.objects.create(
        state="rejected", received_at=now(), channel="upload", reason="Line 1: no report"
    )
    Receipt.objects.create(state="cleared", received_at=now(), channel="upload")
    assert shown(cast.intake, "receipts") == [stuck]
    assert "receipts" not in {found.name for found in blocks(cast.intelligence)}


def test_a_force_sees_only_what_it_was_sent_the_most_serious_first(cast: Cast) -> None:
    low = package(cast, referral(cast, 1, "low", state="disseminated"))
    high = package(cast, referral(cast, 2, "high", state="disseminated"))
    package(cast, referral(cast, 3, "very_high", state="disseminated"), to=cast.force_b)
    taken = package(cast, referral(cast, 4, state="accepted"), state="accepted")
    package(cast, referral(cast, 5, state="closed"), state="accepted", outcome="18")
    for person in (cast.officer_a, cast.supervisor_a, cast.auditor_a):
        assert shown(person, "answer") == [high, low]
        assert shown(person, "outcomes") == [taken]
    everything = [record for found in blocks(cast.officer_a) for record in (i.record for i in found.items)]
    assert not [record for record in everything if isinstance(record, Referral)]


def test_every_role_has_a_home_that_opens(cast: Cast, signed_in: SignedIn) -> None:
    package(cast, referral(cast, 1, "very_high"))
    Receipt.objects.create(state="held", received_at=now(), channel="command")
    for name, person in cast.people().items():
        assert signed_in(person).get("/").status_code == 200, name


def test_looking_at_home_changes_nothing(cast: Cast, signed_in: SignedIn) -> None:
    referral(cast, 0)
    before = User.objects.get(pk=cast.intake.pk).last_seen_home_at
    signed_in(cast.intake).get("/")
    assert User.objects.get(pk=cast.intake.pk).last_seen_home_at == before
    assert signed_in(cast.intake).get("/home/seen").status_code == 405

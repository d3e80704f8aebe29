"""The moment something of a new referral is a registered offender's: a link, its clock, and who sees it."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.access.test_every_route import reason_to_look
from tests.cast import Cast
from tests.lapwing_web.casework.made import document, report, subject
from tests.lapwing_web.offenders.managed import again, in_a_team, registered

from lapwing.report import Email, Person, Phone
from lapwing_web.audit.models import AuditEntry
from lapwing_web.audit.queries import broken
from lapwing_web.casework.actions.package import accept, disseminate
from lapwing_web.casework.actions.receive import receive
from lapwing_web.casework.models import Referral
from lapwing_web.casework.models.recognising import recognised_on
from lapwing_web.casework.queries.detail import detail
from lapwing_web.clocks.models import Clock
from lapwing_web.intake.actions.gather import Item
from lapwing_web.notifications.models import Notification
from lapwing_web.offenders.actions import linking, registering
from lapwing_web.offenders.models import Offender, OffenderLink
from lapwing_web.offenders.queries.links import links_for
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.models import User

pytestmark = pytest.mark.django_db
BORN = date(1980, 2, 29)


@pytest.fixture(autouse=True)
def _teams(cast: Cast) -> None:
    in_a_team(cast)


def come(cast: Cast, number: int, **given: Any) -> Referral:
    """A report comes in by itself, and is where its referral is."""
    items = [Item("report.json", BytesIO(document(report(number, **given))))]
    receive(items, channel="upload", by=cast.intake)
    return Referral.objects.get(joinings__report__reference=f"R-{number:06d}", joinings__undone_at=None)


def running() -> list[Clock]:
    return list(Clock.objects.filter(kind="offender_link").exclude(state="settled").order_by("pk"))


@pytest.fixture
def offender(cast: Cast) -> Offender:
    one = registered(cast.officer_a, name="Example Person", born_on=BORN)
    linking.add_selector(one, kind="email", value="Known.Person@Example.com", by=cast.officer_a)
    return again(one)


def test_a_report_with_an_offenders_address_links_them_as_it_comes_in(cast: Cast, offender: Offender) -> None:
    other = come(cast, 1)
    found = come(cast, 2, people=[subject(2, emails=[Email("known.person@example.com")])])
    assert not other.offender_links.exists()
    (row,) = OffenderLink.objects.all()
    assert (row.offender, row.referral, row.because) == (offender, found, ["email"])
    (clock,) = running()
    assert (clock.organisation, clock.owner) == (cast.force_a, cast.officer_a)
    assert "Example" not in clock.title + clock.event
    told = Notification.objects.filter(kind="offender_recognised", about=f"offender:{offender.pk}")
    assert {row.user for row in told} == {cast.officer_a, cast.supervisor_a}
    assert AuditEntry.objects.get(action="link an offender to a referral").by == "rule:offenders"
    assert not broken(AuditEntry.objects.all())


def test_who_is_told_and_what(cast: Cast, offender: Offender) -> None:
    found = come(cast, 2, people=[subject(2, emails=[Email("known.person@example.com")])])
    for own in (cast.officer_a, cast.supervisor_a):
        assert [row.referral for row in links_for(own)] == [found]
    for another in (cast.officer_b, cast.supervisor_b):
        assert not links_for(another).exists()
        assert recognised_on(another, [found.pk])[0].url == ""
    (shown,) = detail(cast.intelligence, found).recognised
    assert offender.reference in shown.who
    assert cast.force_a.name in shown.who
    assert "Person" not in shown.who + shown.because + shown.acknowledged


def test_a_name_with_its_date_of_birth_links_and_a_name_alone_does_not(
    cast: Cast, offender: Offender
) -> None:
    named = {"first_name": "EXAMPLE", "middle_name": "M", "last_name": "Person"}
    come(cast, 1, people=[subject(1, **named)])
    come(cast, 2, people=[subject(2, **named, date_of_birth=date(1981, 2, 28))])
    assert not OffenderLink.objects.exists()
    found = come(cast, 3, people=[subject(3, **named, date_of_birth=BORN)])
    assert [(row.referral, row.because) for row in OffenderLink.objects.all()] == [(found, ["name"])]


def test_a_victim_or_a_reporter_is_never_recognised(cast: Cast, offender: Offender) -> None:
    known = {"emails": [Email("known.person@example.com")]}
    same = {"first_name": "Example", "last_name": "Person", "date_of_birth": BORN}
    people = [subject(1), Person(role="victim", **known, **same), Person(role="reporter", **known)]
    come(cast, 1, people=people)
    assert not OffenderLink.objects.exists()


def test_an_offender_no_longer_registered_is_not_looked_for(cast: Cast, offender: Offender) -> None:
    registering.end_registration(again(offender), on=date(2026, 1, 2), why="Over", by=cast.supervisor_a)
    come(cast, 2, people=[subject(2, emails=[Email("known.person@example.com")])])
    assert not OffenderLink.objects.exists()


def test_acknowledging_settles_the_clock_and_a_new_thing_in_common_asks_again(
    cast: Cast, offender: Offender
) -> None:
    account = {"account_id": "same-account"}
    come(cast, 2, people=[subject(2, **account, emails=[Email("known.person@example.com")])])
    row = OffenderLink.objects.get()
    with pytest.raises(Forbidden):
        linking.acknowledge_link(row, came_to="Not mine to say", by=cast.officer_b)
    with pytest.raises(Refused):
        linking.acknowledge_link(row, came_to=" ", by=cast.officer_a)
    linking.acknowledge_link(row, came_to="The same person: the plan is brought forward.", by=cast.officer_a)
    assert not running()
    with pytest.raises(Refused):
        linking.acknowledge_link(row, came_to="Again", by=cast.officer_a)
    come(cast, 3, people=[subject(3, **account, emails=[Email("known.person@example.com")])])
    assert not running()  # nothing new is shared with that referral
    linking.add_selector(again(offender), kind="phone", value="01632 960003", by=cast.officer_a)
    row.refresh_from_db()
    assert (row.because, row.acknowledged_at) == (["email", "phone"], None)
    assert len(running()) == 1
    assert not broken(AuditEntry.objects.all())


def test_a_selector_that_is_added_finds_what_came_before(cast: Cast, offender: Offender) -> None:
    before = come(cast, 7)
    linking.add_selector(offender, kind="phone", value="+44 1632 960007", by=cast.officer_a)
    assert OffenderLink.objects.get().referral == before
    for kind, value in (("phone", "960007 is no number!"), ("email", "nobody"), ("nickname", "x")):
        with pytest.raises(Refused):
            linking.add_selector(again(offender), kind=kind, value=value, by=cast.officer_a)
    with pytest.raises(Refused):
        linking.add_selector(again(offender), kind="phone", value="01632960007", by=cast.officer_a)


def test_a_selector_taken_away_links_nothing_more(cast: Cast, offender: Offender) -> None:
    linking.drop_selector(offender.selectors.get(), why="It is a relative’s.", by=cast.officer_a)
    come(cast, 2, people=[subject(2, emails=[Email("known.person@example.com")])])
    assert not OffenderLink.objects.exists()


def test_two_offenders_of_two_forces_are_each_linked(cast: Cast, offender: Offender) -> None:
    second = registered(cast.officer_b, name="Another Person")
    linking.add_selector(second, kind="phone", value="01632 960009", by=cast.officer_b)
    people = [subject(9, emails=[Email("known.person@example.com")], phones=[Phone("01632 960009")])]
    come(cast, 9, people=people)
    assert {row.offender for row in OffenderLink.objects.all()} == {offender, second}
    assert {clock.organisation for clock in running()} == {cast.force_a, cast.force_b}


def test_the_referrals_page_shows_it(
    cast: Cast, offender: Offender, signed_in: Callable[[User], Client]
) -> None:
    found = come(cast, 2, people=[subject(2, emails=[Email("known.person@example.com")])])
    client, address = signed_in(cast.intelligence), reverse("referral", args=[found.pk])
    client.post(address, {"reason": reason_to_look()})
    page = client.get(address).content.decode()
    assert offender.reference in page
    assert "the same e-mail address. Nobody has acknowledged it yet" in page


def test_the_form_says_which_of_ones_own_cases_has_it_and_what_was_found_before(
    cast: Cast, offender: Offender, signed_in: Callable[[User], Client]
) -> None:
    found = come(cast, 2, people=[subject(2, emails=[Email("known.person@example.com")])])
    row, client = OffenderLink.objects.get(), signed_in(cast.officer_a)
    address = reverse("offender-link", args=[row.pk])
    client.post(reverse("offender", args=[offender.pk]), {"reason": reason_to_look(), "stands": "on"})
    assert "Your force works the referral" not in client.get(address).content.decode()
    sent = disseminate(found, to=cast.force_a, reason="best_evidence", by=cast.intelligence)
    accept(sent, by=cast.officer_a)
    sent.refresh_from_db()
    assert sent.case is not None
    works = f"Your force works the referral: {sent.case.reference}, allocated to nobody."
    assert works in client.get(address).content.decode()
    client.post(address, {"came_to": "It is the same person"})
    assert f"{cast.officer_a} has acknowledged it, on" in client.get(address).content.decode()

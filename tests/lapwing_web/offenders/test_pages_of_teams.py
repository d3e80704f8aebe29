"""What a neighbourhood officer is shown, and what of it is recorded; the round; the pages people fill in."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests.access.test_every_route import reason_to_look
from tests.cast import Cast
from tests.lapwing_web.offenders.managed import again, in_a_team, registered

from lapwing_web.audit.models import AuditEntry
from lapwing_web.moment import at, now, today
from lapwing_web.offenders.actions import briefing
from lapwing_web.offenders.models import Briefing, Notification, Offender, OffenderSelector, Requirement
from lapwing_web.staff.models import Team, User

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


@pytest.fixture
def offender(cast: Cast) -> Offender:
    in_a_team(cast)
    given = {"lives_at": "1 Example Street", "area": "PR1", "name": "Example Person"}
    return registered(cast.officer_a, "EX/4711", since=today() - timedelta(days=200), **given)


@pytest.fixture
def patrol(cast: Cast) -> User:
    team = Team.objects.create(organisation=cast.force_a, name="Example North", kind="neighbourhood")
    given = {"organisation": cast.force_a, "role": "force_officer", "team": team}
    return User.objects.create(username="patrol-1", **given)


def told(offender: Offender, patrol: User, by: User) -> Briefing:
    assert patrol.team is not None
    return briefing.issue(again(offender), team=patrol.team, look_for="A red bicycle", by=by)


def test_a_neighbourhood_officer_sees_the_extract_and_nothing_else_and_each_reading_is_recorded(
    cast: Cast, offender: Offender, patrol: User, signed_in: SignedIn
) -> None:
    made, client = told(offender, patrol, cast.officer_a), signed_in(patrol)
    address = reverse("briefing", args=[made.pk])
    assert made.reference in client.get(reverse("briefings")).content.decode()
    assert "Example Person" not in client.get(address).content.decode()  # it asks why, first
    client.post(address, {"reason": reason_to_look()})
    for _ in range(2):
        page = client.get(address).content.decode()
    assert "A red bicycle" in page
    assert "EX/4711" not in page
    assert offender.reference not in page
    looks = AuditEntry.objects.filter(action="consult", about=f"briefing:{made.pk}", by="patrol-1")
    assert looks.count() == 2
    for name in ("offender", "offender-notification", "offender-links", "offender-visit", "offender-brief"):
        assert client.get(reverse(name, args=[offender.pk])).status_code == 404
    answer = client.post(reverse("briefing-acknowledge", args=[made.pk]), {})
    assert answer.status_code == 302
    assert made.acknowledgements.get().by == patrol
    with at(now() + timedelta(days=91)):
        assert client.get(address).status_code == 404
    assert signed_in(cast.officer_b).get(address).status_code == 404


def test_a_briefing_is_handed_out_as_a_document_and_that_is_a_disclosure(
    cast: Cast, offender: Offender, patrol: User, signed_in: SignedIn
) -> None:
    made, client = told(offender, patrol, cast.officer_a), signed_in(cast.officer_a)
    given = {"to": "Example North", "why": "For the morning", "ending": "docx"}
    answer = client.post(reverse("briefing-document", args=[made.pk]), given)
    assert answer.content.startswith(b"PK")
    assert answer["Content-Disposition"] == f'attachment; filename="{made.reference}-briefing.docx"'
    row = AuditEntry.objects.get(action="disclose", about=f"briefing:{made.pk}")
    assert (row.to, row.why) == ("Example North", "For the morning")
    assert signed_in(patrol).post(reverse("briefing-document", args=[made.pk]), given).status_code == 404


def test_the_round_names_nobody_and_says_why(cast: Cast, offender: Offender, signed_in: SignedIn) -> None:
    page = signed_in(cast.officer_a).get(reverse("visit-round")).content.decode()
    assert offender.reference in page
    assert "Overdue by" in page
    assert "Example Person" not in page
    other = signed_in(cast.officer_b).get(reverse("visit-round"), {"manager": cast.officer_a.pk})
    assert offender.reference not in other.content.decode()


def test_notification_is_recorded_on_its_pages(cast: Cast, offender: Offender, signed_in: SignedIn) -> None:
    client, day = signed_in(cast.officer_a), today()
    client.post(reverse("offender", args=[offender.pk]), {"reason": reason_to_look()})
    dated = {"relevant_on_0": day.day, "relevant_on_1": day.month, "relevant_on_2": day.year}
    given = {**dated, "disposal": "caution", "under_18": "unknown", "fixed": "yes"}
    assert client.post(reverse("offender-require", args=[offender.pk]), given).status_code == 302
    assert Requirement.objects.get().under_18 is None
    listed = client.get(reverse("offender-notifications"), {"show": "soon"}).content.decode()
    assert offender.reference in listed
    dated = {"on_0": day.day, "on_1": day.month, "on_2": day.year}
    wrong = client.post(reverse("offender-notify", args=[offender.pk]), {**dated, "full": "no"})
    assert "say that all details were" in wrong.content.decode()
    client.post(reverse("offender-notify", args=[offender.pk]), {**dated, "full": "yes"})
    assert Notification.objects.get().full
    page = client.get(reverse("offender-notification", args=[offender.pk])).content.decode()
    assert "Yearly notification" in page
    begins = {"begins_0": day.day, "begins_1": day.month, "begins_2": day.year}
    client.post(reverse("offender-absence", args=[offender.pk]), {**begins, "kind": "abroad"})
    gone = f"Outside the United Kingdom since {day:%-d %b %Y}"
    for address in (reverse("offender", args=[offender.pk]), reverse("visit-round")):
        assert gone in client.get(address).content.decode(), address
    ends = reverse("absence-end", args=[offender.absences.get().pk])
    assert "outside the United Kingdom" in client.get(ends).content.decode()
    client.post(ends, {"back_on_0": day.day, "back_on_1": day.month, "back_on_2": day.year})
    page = client.get(reverse("offender-notification", args=[offender.pk])).content.decode()
    assert f">{day:%-d %b %Y}</time></td>" in page  # a return is of a day, and its time nobody asked
    assert gone not in client.get(reverse("visit-round")).content.decode()
    stale = {"kind": "email", "value": "person@example.com", "seen": "1"}
    assert client.post(reverse("offender-selector", args=[offender.pk]), stale).status_code == 200
    assert not OffenderSelector.objects.exists()  # the record was changed since that page was opened

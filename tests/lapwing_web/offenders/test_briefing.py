"""Briefing a neighbourhood team: what it is told and nothing else, by whom read, and until when."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from tests.access.test_every_route import reason_to_look
from tests.cast import Cast
from tests.lapwing_web.offenders.managed import again, in_a_team, registered

from lapwing_web.audit.models import AuditEntry
from lapwing_web.audit.queries import broken
from lapwing_web.clocks.actions import fire_due
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import UK, at
from lapwing_web.notifications.models import Notification
from lapwing_web.offenders.actions import briefing, registering
from lapwing_web.offenders.models import Briefing, Offender
from lapwing_web.offenders.models.knowing import reads_briefing
from lapwing_web.offenders.models.reading import still_to_acknowledge
from lapwing_web.offenders.queries.papers import briefing_paper
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.models import Team, User

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, 12, tzinfo=UK)


@pytest.fixture(autouse=True)
def _day(cast: Cast) -> Iterator[None]:
    in_a_team(cast)
    with at(START):
        yield


@pytest.fixture
def team(cast: Cast) -> Team:
    return Team.objects.create(organisation=cast.force_a, name="Example North", kind="neighbourhood")


@pytest.fixture
def patrol(cast: Cast, team: Team) -> list[User]:
    """Two officers of the neighbourhood team, who know nothing of the offender."""
    return [
        User.objects.create(
            username=f"patrol-{n}", organisation=cast.force_a, role="force_officer", team=team
        )
        for n in (1, 2)
    ]


@pytest.fixture
def offender(cast: Cast) -> Offender:
    return registered(
        cast.officer_a, "EX/4711", name="Example Person", lives_at="1 Example Street", area="PR1"
    )


def issued(offender: Offender, team: Team, by: User, **given: str) -> Briefing:
    return briefing.issue(again(offender), team=team, by=by, **{"look_for": "Visits to the pool", **given})


def clocks(offender: Offender) -> dict[str, str]:
    rows = Clock.objects.filter(about=f"offender:{offender.pk}", kind__startswith="briefing")
    return {row.kind: row.state for row in rows.exclude(state="settled")}


def test_a_team_is_told_what_policy_lists_as_it_stood_that_day(
    cast: Cast, offender: Offender, team: Team, patrol: list[User]
) -> None:
    made = issued(offender, team, cast.officer_a)
    told = {code: value for code, _, value in made.lines}
    assert list(told) == [
        *("name", "born_on", "lives_at", "area", "level", "restricted_by", "look_for", "tell")
    ]
    assert told["born_on"] == told["restricted_by"] == "Not known"
    assert told["tell"] == "officer-a, Offender management"
    assert offender.register_number not in str(made.lines)
    assert made.last_on == date(2026, 5, 31)
    assert clocks(offender) == {"briefing_unread": "running", "briefing_ends": "running"}
    row = AuditEntry.objects.get(action="disclose", about=f"offender:{offender.pk}")
    assert (row.to, row.by) == ("Example North", "officer-a")
    assert "Street" not in str(row.new)
    assert all(reads_briefing(one, made) for one in patrol)
    assert set(Notification.objects.values_list("user", "about")) == {
        (one.pk, f"briefing:{made.pk}") for one in patrol
    }
    for nobody in (cast.officer_a, cast.supervisor_a, cast.officer_b, cast.auditor_a, cast.intake):
        assert not reads_briefing(nobody, made)


def test_each_acknowledges_by_name_once_and_the_last_settles_the_clock(
    cast: Cast, offender: Offender, team: Team, patrol: list[User]
) -> None:
    made = issued(offender, team, cast.officer_a)
    briefing.acknowledge(made, by=patrol[0])
    assert still_to_acknowledge(made) == [patrol[1]]
    assert clocks(offender)["briefing_unread"] == "running"
    for again_, why in ((patrol[0], Refused), (cast.officer_a, Refused), (cast.officer_b, Forbidden)):
        with pytest.raises(why):
            briefing.acknowledge(made, by=again_)
    briefing.acknowledge(made, by=patrol[1])
    assert clocks(offender) == {"briefing_ends": "running"}


def test_nobody_reads_it_after_its_last_day_even_before_it_is_ended(
    cast: Cast, offender: Offender, team: Team, patrol: list[User]
) -> None:
    made = issued(offender, team, cast.officer_a)
    last = datetime(2026, 5, 31, 23, 59, tzinfo=UK)
    with at(last):
        assert reads_briefing(patrol[0], made)
        assert briefing.expire_briefings() == 0
    with at(last + timedelta(minutes=1)):
        assert not reads_briefing(patrol[0], made)
        with pytest.raises(Refused):
            briefing.acknowledge(made, by=patrol[0])
        assert briefing.expire_briefings() == 1
        fire_due()
        assert clocks(offender) == {"briefing_ends": "fired"}  # until it is issued anew, or is not to be
        issued(offender, team, cast.officer_a)
        assert clocks(offender) == {"briefing_unread": "running", "briefing_ends": "running"}
    assert not broken(AuditEntry.objects.all())


def test_it_is_not_handed_out_after_its_last_day_even_before_it_is_ended(
    cast: Cast, offender: Offender, team: Team, signed_in: Callable[[User], Client]
) -> None:
    made = issued(offender, team, cast.officer_a)
    given = {"to": "Example North", "why": "To hand to the team", "ending": "docx"}
    client = signed_in(cast.officer_a)
    with at(datetime(2026, 5, 31, 23, 59, tzinfo=UK)):
        assert briefing.hand_out_briefing(made, briefing_paper, by=cast.officer_a, **given)
    with at(datetime(2026, 6, 1, tzinfo=UK)):
        rows = AuditEntry.objects.count()
        with pytest.raises(Refused, match="is over"):
            briefing.hand_out_briefing(made, briefing_paper, by=cast.officer_a, **given)
        assert AuditEntry.objects.count() == rows
        client.post(f"/briefings/{made.pk}", {"reason": reason_to_look()})
        assert b"Make a document" not in client.get(f"/briefings/{made.pk}").content
        assert client.post(f"/briefings/{made.pk}/document", given).status_code == 409


def test_a_new_one_replaces_the_old_and_a_withdrawn_one_is_over(
    cast: Cast, offender: Offender, team: Team, patrol: list[User]
) -> None:
    first = issued(offender, team, cast.officer_a)
    second = issued(offender, team, cast.supervisor_a, look_for="A red bicycle")
    assert Briefing.objects.get(pk=first.pk).state == "replaced"
    assert not reads_briefing(patrol[0], first)
    briefing.withdraw(second, why="Moved away", by=cast.officer_a)
    assert clocks(offender) == {}
    assert not reads_briefing(patrol[0], second)
    with pytest.raises(Refused):
        briefing.withdraw(second, why="Twice", by=cast.officer_a)


def test_it_ends_with_the_registration(
    cast: Cast, offender: Offender, team: Team, patrol: list[User]
) -> None:
    made = issued(offender, team, cast.officer_a)
    registering.end_registration(again(offender), on=date(2026, 3, 2), why="Over", by=cast.supervisor_a)
    assert Briefing.objects.get().state == "withdrawn"
    assert not reads_briefing(patrol[0], made)


def test_only_who_manages_the_offender_issues_and_only_to_a_team_of_the_force(
    cast: Cast, offender: Offender, team: Team, patrol: list[User]
) -> None:
    for nobody in (patrol[0], cast.officer_b, cast.auditor_a, cast.intake):
        with pytest.raises(Forbidden):
            issued(offender, team, nobody)
    theirs = Team.objects.create(organisation=cast.force_b, name="Example North", kind="neighbourhood")
    for wrong in (theirs, cast.officer_a.team):
        with pytest.raises(Refused):
            issued(offender, wrong, cast.officer_a)
    with pytest.raises(Refused, match="what to look out for"):
        issued(offender, team, cast.officer_a, look_for=" ")
    assert not Briefing.objects.exists()

"""The pages of teams: who is in each, what happens to their load, and what a force without one is told."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from tests.access.test_every_form import opened
from tests.cast import Cast
from tests.lapwing_web.offenders.managed import again, in_a_team, registered

from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.models import Case
from lapwing_web.moment import now
from lapwing_web.offenders.actions import briefing, managing, registering
from lapwing_web.offenders.actions.teams import close_team
from lapwing_web.offenders.models import Offender
from lapwing_web.offenders.queries.offenders import offenders_for
from lapwing_web.offenders.queries.teams import in_hand
from lapwing_web.refusal import Refused
from lapwing_web.staff.actions.teams import make_team, place_in_team, take_up_team
from lapwing_web.staff.models import Team, User

pytestmark = pytest.mark.django_db
LIVES = {"lives_at": "1 Example Street", "area": "PR1"}
SignedIn = Callable[[User], Any]


def made(by: User, name: str = "Area 1", kind: str = "neighbourhood") -> Team:
    return make_team(name=name, kind=kind, by=by)


def fresh(record: Any) -> Any:
    return type(record).objects.get(pk=record.pk)


def test_a_force_makes_its_teams_and_briefs_with_them_from_nothing(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.administrator_a)
    page = client.get(reverse("teams")).content.decode()
    assert "no offender management team, so its officers cannot manage registered offenders" in page
    assert "no neighbourhood policing team" in page
    for name, kind, who in (
        ("Managers", "offender_management", cast.officer_a),
        ("Area 1", "neighbourhood", cast.supervisor_a),
    ):
        said = client.post(reverse("team-add"), {"name": name, "kind": kind})
        team = Team.objects.get(name=name)
        assert said.url == reverse("team-join", args=[team.pk])
        given = {"people": [f"{who.pk}-"], "why": "A new team", "seen": str(team.turn)}
        assert client.post(said.url, given).status_code == 302
    page = client.get(reverse("teams")).content.decode()
    assert "cannot" not in page
    one = registered(fresh(cast.officer_a), **LIVES)
    assert one.team == fresh(cast.officer_a).team
    told = briefing.issue(one, team=Team.objects.get(name="Area 1"), look_for="x", by=fresh(cast.officer_a))
    assert told.team.people.get() == cast.supervisor_a


def test_a_page_says_what_somebody_has_and_that_it_stays_theirs(cast: Cast, signed_in: SignedIn) -> None:
    teams = in_a_team(cast)
    one, other = registered(cast.officer_a), registered(cast.officer_a, "2", manager=None, team=teams["a"])
    area = made(cast.supervisor_a)
    assert in_hand([cast.officer_a.pk])[cast.officer_a.pk].words == "1 registered offender"
    client, address = signed_in(cast.supervisor_a), reverse("person-team", args=[cast.officer_a.pk])
    page = client.get(address).content.decode()
    assert "has 1 registered offender in hand" in page
    assert "until a supervisor assigns another manager" in page
    assert "The open cases stay" not in page
    given = {"team": str(area.pk), "why": "Moved", "seen": cast.officer_a.stands}
    assert client.post(address, given).status_code == 302
    moved = fresh(cast.officer_a)
    assert list(offenders_for(moved)) == [one]  # theirs still; of the others they know no longer
    assert (again(one).team, again(one).manager) == (teams["a"], moved)
    assert other.team == teams["a"]


def test_open_cases_are_counted_and_ended_ones_are_not(cast: Cast, signed_in: SignedIn) -> None:
    for state in ("open", "open", "closed"):
        Case.objects.create(
            organisation=cast.force_a,
            owner=cast.officer_a,
            band="low",
            title="x",
            state=state,
            opened_at=now(),
        )
    page = signed_in(cast.supervisor_a).get(reverse("person-team", args=[cast.officer_a.pk])).content.decode()
    assert "has 2 open cases in hand" in page
    assert "The open cases stay with them" in page
    assert "registered offenders stay" not in page


def test_an_offender_goes_to_the_team_that_the_manager_is_in_at_that_moment(cast: Cast) -> None:
    teams = in_a_team(cast)
    one, other = registered(cast.officer_a, manager=None), made(cast.supervisor_a, "2", "offender_management")
    seen = fresh(cast.officer_a)
    assert seen.team == teams["a"]
    place_in_team([cast.officer_a], other, why="x", by=cast.supervisor_a)
    managing.assign_manager(again(one), to=seen, by=cast.supervisor_a)
    assert again(one).team == other


def test_a_person_moved_since_the_page_was_opened_is_not_moved_again(cast: Cast, signed_in: SignedIn) -> None:
    one, two, by = made(cast.supervisor_a), made(cast.supervisor_a, "Area 2"), cast.supervisor_a
    client, seen = signed_in(cast.administrator_a), cast.officer_a.stands
    place_in_team([fresh(cast.officer_a)], one, why="x", by=by)
    said = client.post(
        reverse("person-team", args=[cast.officer_a.pk]), {"team": str(two.pk), "why": "x", "seen": seen}
    )
    assert "moved or changed since you opened this page, and is in Area 1 now" in said.content.decode()
    given = {"people": [f"{cast.officer_a.pk}-"], "why": "x", "seen": "1"}
    said = client.post(reverse("team-join", args=[two.pk]), given)
    assert "was moved since you opened this page" in said.content.decode()
    assert fresh(cast.officer_a).team == one


def test_a_form_about_a_team_that_changed_meanwhile_is_not_sent(cast: Cast, signed_in: SignedIn) -> None:
    team, client = made(cast.supervisor_a), signed_in(cast.administrator_a)
    address = reverse("team-rename", args=[team.pk])
    assert client.post(address, {"name": "Area One", "seen": "1"}).status_code == 302
    said = client.post(address, {"name": "Area Uno", "seen": "1"})
    assert "has been changed since you opened this page" in said.content.decode()
    assert fresh(team).name == "Area One"


def test_an_ended_team_leaves_its_offenders_to_another_and_nothing_is_told_to_it(cast: Cast) -> None:
    in_a_team(cast)
    by, area, next_to = cast.supervisor_a, made(cast.supervisor_a), made(cast.supervisor_a, "Area 2")
    one = registered(cast.officer_a, neighbourhood=area, **LIVES)
    told = briefing.issue(one, team=area, look_for="x", by=cast.officer_a)
    with pytest.raises(Refused, match="1 briefing for Area 1 still hold"):
        close_team(area, why="x", heir=next_to, by=by)
    briefing.withdraw(told, why="x", by=cast.officer_a)
    with pytest.raises(Refused, match="1 registered offender is with this team"):
        close_team(fresh(area), why="x", by=by)
    for heir in (area, made(by, "Managers", "offender_management"), made(cast.supervisor_b)):
        with pytest.raises(Refused, match="does the same work"):
            close_team(fresh(area), why="x", heir=heir, by=by)
    assert again(one).neighbourhood == area
    close_team(fresh(area), why="Merged", heir=next_to, by=by)
    assert again(one).neighbourhood == next_to
    assert again(one).manager == cast.officer_a
    rows = AuditEntry.objects.filter(why="Merged").order_by("position").values_list("action", flat=True)
    assert list(rows) == ["hand an offender to another team", "end a team"]
    with pytest.raises(Refused, match="neighbourhood team of your force"):
        briefing.issue(again(one), team=fresh(area), look_for="x", by=cast.officer_a)
    with pytest.raises(Refused, match="has ended"):
        registered(cast.officer_a, "2", neighbourhood=fresh(area))


def test_the_page_of_an_end_says_what_has_to_be_done_first(cast: Cast, signed_in: SignedIn) -> None:
    in_a_team(cast)
    area, client = made(cast.supervisor_a), signed_in(cast.supervisor_a)
    address = reverse("team-end", args=[area.pk])
    assert "first" not in client.get(address).content.decode()
    told = briefing.issue(
        registered(cast.officer_a, neighbourhood=area, **LIVES), team=area, look_for="x", by=cast.officer_a
    )
    place_in_team([fresh(cast.officer_a)], area, why="x", by=cast.supervisor_a)
    page = client.get(address).content.decode()
    assert "People are in it (1)" in page
    assert "Briefings told to it hold (1)" in page
    assert "no other neighbourhood policing team" in page
    made(cast.supervisor_a, "Area 2")
    briefing.withdraw(told, why="x", by=cast.supervisor_a)
    place_in_team([fresh(cast.officer_a)], None, why="x", by=cast.supervisor_a)
    assert "first" not in client.get(address).content.decode()


def test_what_was_told_to_a_team_that_has_ended_can_still_be_read(cast: Cast, signed_in: SignedIn) -> None:
    in_a_team(cast)
    area = made(cast.supervisor_a)
    told = briefing.issue(registered(cast.officer_a, **LIVES), team=area, look_for="x", by=cast.officer_a)
    briefing.withdraw(told, why="x", by=cast.officer_a)
    close_team(fresh(area), why="x", by=cast.supervisor_a)
    client, address = signed_in(cast.auditor_a), reverse("team", args=[area.pk])
    assert "Area 1" in client.get(address).content.decode()
    assert "Take it up again" not in client.get(address).content.decode()
    assert str(fresh(told).team) == "Area 1 (ended)"


def test_somebody_registered_again_is_in_no_team_that_has_ended(cast: Cast) -> None:
    in_a_team(cast)
    area = made(cast.supervisor_a)
    one = registered(cast.officer_a, neighbourhood=area)
    registering.end_registration(again(one), on=one.since, why="x", by=cast.supervisor_a)
    close_team(fresh(area), why="x", by=cast.supervisor_a)
    registering.register_again(again(one), why="x", by=cast.supervisor_a)
    assert again(one).neighbourhood is None
    take_up_team(fresh(area), why="x", by=cast.supervisor_a)
    assert Offender.objects.filter(neighbourhood=area).count() == 0


# page, who opens it, whether they could make the team themselves
WITHOUT = [
    ("caseload", "supervisor_a", True, "a supervisor may make one"),
    ("caseload", "auditor_a", False, "an auditor is told who may"),
    ("briefings", "officer_a", False, "an officer is told who may"),
    ("offenders", "supervisor_a", True, "nobody to register with"),
    ("offender-register", "supervisor_a", True, "registered into no team"),
    ("offender-brief", "supervisor_a", True, "no team to brief"),
    ("offender-brief", "officer_a", False, "no team to brief, and who may make one"),
    ("home", "supervisor_a", True, "the home page of who may"),
    ("home", "administrator_a", True, "the home page of who may"),
]


@pytest.mark.parametrize(("name", "who", "makes", "why"), WITHOUT)
def test_a_page_that_needs_a_team_says_so_and_who_can_make_it(
    name: str, who: str, makes: bool, why: str, cast: Cast, signed_in: SignedIn
) -> None:
    one = registered(cast.supervisor_a, manager=cast.officer_a)
    client, person = signed_in(cast.people()[who]), cast.people()[who]
    about = [one.pk] if name == "offender-brief" else []
    assert missing_on(client, name, about) == (True, makes)
    for kind in ("offender_management", "neighbourhood"):
        made(cast.supervisor_a, kind, kind)
    assert missing_on(client, name, about) == (False, False), person


def missing_on(client: Any, name: str, about: list[int]) -> tuple[bool, bool]:
    """Whether a page says that a team is missing, and whether it leads to making one."""
    said = opened(client, reverse(name, args=about))
    page = said.content.decode().partition("<main")[2]
    return "cannot manage reg" in page or "cannot brief" in page, reverse("team-add") in page


def test_an_officer_who_cannot_register_is_told_that_the_force_has_no_team(
    cast: Cast, signed_in: SignedIn
) -> None:
    client, address = signed_in(cast.officer_a), reverse("offender-register")
    said = client.get(address)
    assert (said.status_code, "Your force has none" in said.content.decode()) == (403, True)
    made(cast.supervisor_a, "Managers", "offender_management")
    said = client.get(address)
    assert (said.status_code, "Your force has none" in said.content.decode()) == (403, False)

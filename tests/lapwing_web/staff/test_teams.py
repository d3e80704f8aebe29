"""Teams of a force: who may make and change them, and that each change is recorded, or refused and is not."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from tests.cast import Cast
from tests.lapwing_web.casework.test_at_once import at_once, chain_is_whole, shared

from lapwing_web.audit.models import AuditEntry
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.actions import add_person, change_person
from lapwing_web.staff.actions.teams import end_team, make_team, place_in_team, rename_team, take_up_team
from lapwing_web.staff.models import Team, User
from lapwing_web.staff.permissions import PERMISSIONS

__all__ = ["shared"]
SignedIn = Callable[[User], Any]


def made(by: User, name: str = "Area 1", kind: str = "neighbourhood") -> Team:
    return make_team(name=name, kind=kind, by=by)


def fresh(record: Any) -> Any:
    return type(record).objects.get(pk=record.pk)


def recorded() -> list[tuple[str, str, str]]:
    return list(AuditEntry.objects.order_by("position").values_list("action", "by", "why"))


def test_only_a_supervisor_and_an_administrator_of_a_force_manage_teams(cast: Cast) -> None:
    may = {who for who, person in cast.people().items() if _makes(person, who)}
    assert may == {"supervisor_a", "administrator_a", "supervisor_b", "administrator_b"}
    assert PERMISSIONS["see teams"].agency == frozenset()


def _makes(person: User, name: str) -> bool:
    try:
        return bool(made(person, name))
    except Forbidden:
        return False


def test_each_change_is_a_row_of_the_audit_with_old_and_new_and_why(cast: Cast) -> None:
    by = cast.supervisor_a
    team = made(cast.administrator_a)
    rename_team(team, name="  Area   One ", by=by)
    assert team.name == "Area One"
    place_in_team([cast.officer_a], team, why="Moved house", by=by)
    place_in_team([cast.officer_a], None, why="On leave", by=cast.administrator_a)
    end_team(team, why="Merged", by=by)
    take_up_team(team, why="Unmerged", by=by)
    assert recorded() == [
        ("make a team", "administrator-a", ""),
        ("rename a team", "supervisor-a", ""),
        ("place in a team", "supervisor-a", "Moved house"),
        ("place in a team", "administrator-a", "On leave"),
        ("end a team", "supervisor-a", "Merged"),
        ("take up a team", "supervisor-a", "Unmerged"),
    ]
    placed = AuditEntry.objects.get(why="On leave")
    assert (placed.about, placed.old, placed.new) == (
        f"user:{cast.officer_a.pk}",
        f'{{"team":{team.pk}}}',
        '{"team":null}',
    )


# name given to a new team beside Area 1 that stands and Area 2 that has ended; what is said; why
NAMES = [
    ("Area 1", "has a team called Area 1", "the same"),
    ("  area   1 ", "has a team called Area 1", "capitals and spaces make no other name"),
    ("AREA 2", "had a team called Area 2 until", "history bears the name"),
    (" ", "Give the team a name", "nothing to call it by"),
    ("x" * 81, "80 characters", "longer than is kept"),
]


@pytest.mark.parametrize(("name", "said", "why"), NAMES, ids=[row[2] for row in NAMES])
def test_a_name_is_given_once_in_a_force(name: str, said: str, why: str, cast: Cast) -> None:
    by = cast.supervisor_a
    other = made(by, "Area 3")
    made(by, "Area 1")
    end_team(made(by, "Area 2"), why="x", by=by)
    for act in (lambda: made(by, name), lambda: rename_team(fresh(other), name=name, by=by)):
        with pytest.raises(Refused, match=said):
            act()
    made(cast.supervisor_b, "Area 1")  # another force has its own
    rename_team(fresh(other), name="AREA 3", by=by)  # its own name in other letters


def test_a_team_of_another_force_cannot_be_touched_and_nobody_of_another_can_be_put_in_one(
    cast: Cast,
) -> None:
    team, by = made(cast.supervisor_a), cast.supervisor_b
    acts: list[Callable[[], object]] = [
        lambda: rename_team(fresh(team), name="Ours", by=by),
        lambda: end_team(fresh(team), why="x", by=by),
        lambda: place_in_team([cast.officer_b], fresh(team), why="x", by=by),
        lambda: place_in_team([cast.officer_a], None, why="x", by=by),
        lambda: place_in_team([cast.officer_b], fresh(team), why="x", by=cast.supervisor_a),
        lambda: take_up_team(fresh(team), why="x", by=by),
    ]
    for act in acts:
        with pytest.raises(Forbidden):
            act()
    assert len(recorded()) == 1


def test_who_cannot_be_in_a_team_is_told_why(cast: Cast) -> None:
    team, ended = made(cast.supervisor_a), made(cast.supervisor_a, "Area 2")
    end_team(ended, why="x", by=cast.supervisor_a)
    User.objects.filter(pk=cast.officer_a.pk).update(is_active=False)
    rows = [
        (cast.auditor_a, team, cast.supervisor_a, "officers and supervisors are in teams"),
        (cast.administrator_a, team, cast.supervisor_a, "officers and supervisors are in teams"),
        (cast.officer_a, team, cast.supervisor_a, "may not sign in"),
        (cast.supervisor_a, ended, cast.administrator_a, "ended"),
        (cast.supervisor_a, team, cast.supervisor_a, "cannot move yourself"),
        (cast.supervisor_a, None, cast.administrator_a, "in no team already"),
    ]
    for person, where, by, said in rows:
        with pytest.raises(Refused, match=said):
            place_in_team([fresh(person)], where and fresh(where), why="x", by=by)
    with pytest.raises(Refused, match="Say why"):
        place_in_team([cast.supervisor_a], team, why=" ", by=cast.administrator_a)
    assert not User.objects.exclude(team=None).exists()


def test_a_team_ends_empty_and_keeps_its_name(cast: Cast) -> None:
    by, team = cast.administrator_a, made(cast.administrator_a)
    place_in_team([cast.officer_a], team, why="x", by=by)
    with pytest.raises(Refused, match="1 person is in Area 1"):
        end_team(team, why="x", by=by)
    place_in_team([cast.officer_a], None, why="x", by=by)
    end_team(team, why="Merged", by=by)
    assert str(fresh(team)) == "Area 1 (ended)"
    with pytest.raises(Refused, match="taken up again"):
        rename_team(fresh(team), name="x", by=by)


def test_whoever_stops_working_or_signing_in_leaves_the_team_and_it_is_recorded(cast: Cast) -> None:
    team = made(cast.supervisor_a)
    rows: list[dict[str, Any]] = [
        {"role": "auditor", "is_active": True},
        {"role": "force_officer", "is_active": False},
    ]
    for change in rows:
        User.objects.filter(pk=cast.officer_a.pk).update(team=team, role="force_officer", is_active=True)
        force = cast.force_a
        change_person(cast.officer_a, organisation=force, **change, why="x", by=cast.administrator)
        assert fresh(cast.officer_a).team is None
        row = AuditEntry.objects.order_by("-position")[0]
        assert f'"team":{team.pk}' in row.old
        assert '"team":null' in row.new


def test_the_agency_gives_nobody_a_team_and_takes_nobody_out_of_one(cast: Cast) -> None:
    team, force = made(cast.supervisor_a), cast.force_a
    with pytest.raises(Forbidden):
        add_person("new", role="force_officer", organisation=force, team=team, by=cast.administrator)
    place_in_team([cast.officer_a], team, why="x", by=cast.supervisor_a)
    change = {"role": "supervisor", "organisation": force, "is_active": True, "why": "x"}
    with pytest.raises(Forbidden):
        change_person(cast.officer_a, team=made(cast.supervisor_a, "2"), **change, by=cast.administrator)  # type: ignore[arg-type]
    change_person(cast.officer_a, **change, by=cast.administrator)  # type: ignore[arg-type]
    assert fresh(cast.officer_a).team == team


def test_nobody_is_added_to_a_team_that_has_ended_since_the_form_was_read(cast: Cast) -> None:
    team, by = made(cast.supervisor_a), cast.administrator_a
    seen = fresh(team)
    end_team(team, why="x", by=by)
    with pytest.raises(Refused, match="nobody can be put in it"):
        add_person("new", role="force_officer", organisation=cast.force_a, team=seen, by=by)
    change = {"role": "supervisor", "organisation": cast.force_a, "is_active": True, "why": "x", "by": by}
    with pytest.raises(Refused, match="nobody can be put in it"):
        change_person(cast.officer_a, team=seen, **change)  # type: ignore[arg-type]


def test_an_account_form_asks_for_the_team_at_a_force_alone(cast: Cast, signed_in: SignedIn) -> None:
    team, other = made(cast.supervisor_a), made(cast.supervisor_b, "Area of another force")
    assert b"No team" not in signed_in(cast.administrator).get("/people/add").content
    client = signed_in(cast.administrator_a)
    page = client.get("/people/add").content.decode()
    assert "Area 1" in page
    assert other.name not in page
    given = {"username": "new-1", "organisation": cast.force_a.pk, "role": "force_officer", "team": team.pk}
    assert b"one-time password" in client.post("/people/add", given).content
    assert User.objects.get(username="new-1").team == team
    tried = client.post("/people/add", {**given, "username": "new-2", "role": "auditor"})
    assert (tried.status_code, b"officers and supervisors are in teams" in tried.content) == (409, True)
    assert client.post("/people/add", {**given, "username": "new-3", "team": other.pk}).status_code == 200
    assert not User.objects.filter(username__in=["new-2", "new-3"]).exists()


def test_a_change_to_somebody_who_was_moved_meanwhile_is_refused(cast: Cast, signed_in: SignedIn) -> None:
    team, client = made(cast.supervisor_a), signed_in(cast.administrator_a)
    seen = fresh(cast.officer_a).stands
    place_in_team([cast.officer_a], team, why="x", by=cast.supervisor_a)
    given = {"organisation": cast.force_a.pk, "role": "supervisor", "is_active": "yes", "why": "x"}
    address = reverse("person-edit", args=[cast.officer_a.pk])
    said = client.post(address, {**given, "team": "", "seen": seen})
    assert (said.status_code, b"has just been changed by someone else" in said.content) == (409, True)
    assert fresh(cast.officer_a).team == team
    seen = fresh(cast.officer_a).stands
    assert client.post(address, {**given, "team": "", "seen": seen}).status_code == 302
    assert fresh(cast.officer_a).team is None


def test_two_who_take_one_name_or_move_one_person_at_once_are_one_change(shared: Cast) -> None:
    by, other = shared.supervisor_a, shared.administrator_a
    told = at_once(lambda: made(by), lambda: made(other, "AREA 1"))
    assert sorted(map(bool, told)) == [False, True], told
    one, two = Team.objects.get(), made(by, "Area 2")
    first, second = fresh(shared.officer_a), fresh(shared.officer_a)
    told = at_once(
        lambda: place_in_team([first], fresh(one), why="x", by=by),
        lambda: place_in_team([second], fresh(two), why="x", by=other),
    )
    assert sorted(map(bool, told)) == [False, True], told
    assert AuditEntry.objects.filter(action="place in a team").count() == 1
    seen, also = fresh(two), fresh(two)
    told = at_once(
        lambda: rename_team(seen, name="Area 3", by=by), lambda: rename_team(also, name="Area 4", by=other)
    )
    assert sorted(map(bool, told)) == [False, True], told
    assert chain_is_whole()

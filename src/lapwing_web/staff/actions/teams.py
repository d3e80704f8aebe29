"""The teams of a force: made, renamed, ended and made to stand again, and who is in each."""

from collections.abc import Sequence

from lapwing_web.audit.actions import audited, move, record
from lapwing_web.moment import UK, now
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.models import Team, User
from lapwing_web.staff.permissions import check, may

State = Team.State
LONGEST = 80  # letters of a name
OVERTAKEN = "{} has just been changed by someone else. Open it again to see how it stands."


@audited
def make_team(*, name: str, kind: str, by: User) -> Team:
    """Make a team of one's own force. Raises Refused for a name that the force has used."""
    check(by, "manage teams")
    if kind not in Team.Kind.values:
        raise Refused("Choose what the team does.")
    name = _free(name, by)
    made = Team.objects.create(organisation=by.organisation, name=name, kind=kind)
    record("make a team", made, by=by, new={"name": made.name, "kind": kind})
    return made


@audited
def rename_team(team: Team, *, name: str, by: User) -> Team:
    """Call a team by another name, everywhere, and in what was done before as well."""
    own_team(team, by)
    old, new = team.name, _free(name, by, but=team)
    if old == new:
        raise Refused("That is its name already: nothing to change.")
    _turn(team, name=new)
    record("rename a team", team, by=by, old={"name": old}, new={"name": new})
    return team


@audited
def place_in_team(people: Sequence[User], team: Team | None, *, why: str, by: User) -> None:
    """Move people, as they were seen, into a team; None: into no team. All of them, or none.

    What they have in hand stays theirs. Nobody moves themselves. Raises Refused for who cannot be in it.
    """
    check(by, "manage teams")
    if team is not None:
        own_team(team, by)
    if not why.strip():
        raise Refused("Say why: the reason is kept in the audit.")
    for person in people:
        _move_one(person, team, why.strip(), by)


def _move_one(person: User, team: Team | None, why: str, by: User) -> None:
    if person.organisation_id != by.organisation_id:
        raise Forbidden(f"You manage teams of {by.organisation.name} only.")
    if person.pk == by.pk:
        raise Refused("You cannot move yourself: ask another supervisor or an administrator.")
    seen = person.team_id
    person.refresh_from_db()
    if person.team_id != seen:
        raise Refused(OVERTAKEN.format(person))
    if seen == (team and team.pk):
        raise Refused(f"{person} is in {team} already." if team else f"{person} is in no team already.")
    person.team = None if team is None else fits_in(team, person)
    person.save(update_fields=["team"])
    new = None if team is None else team.pk
    record("place in a team", person, by=by, why=why, old={"team": seen}, new={"team": new})


@audited
def end_team(team: Team, *, why: str, by: User) -> Team:
    """End a team that nobody is in. It is kept, and so is its name."""
    own_team(team, by)
    if there := team.people.count():
        told = "1 person is" if there == 1 else f"{there} people are"
        raise Refused(f"{told} in {team}. Move them first: whoever is in no team is told of nothing.")
    if not why.strip():
        raise Refused("Say why: the reason is kept in the audit.")
    return move(
        team, State.ENDED, by=by, action="end a team", why=why.strip(), ended_at=now(), turn=team.turn + 1
    )


@audited
def take_up_team(team: Team, *, why: str, by: User) -> Team:
    """Let a team that has ended stand again, under its name."""
    own_team(team, by, ended=True)
    if not why.strip():
        raise Refused("Say why: the reason is kept in the audit.")
    return move(
        team,
        State.STANDING,
        by=by,
        action="take up a team",
        why=why.strip(),
        ended_at=None,
        turn=team.turn + 1,
    )


def own_team(team: Team, by: User, *, ended: bool = False) -> Team:
    """Hold `team` as the person saw it. Refuses another force's, and one that has ended unless `ended`."""
    check(by, "manage teams")
    if team.organisation_id != by.organisation_id:
        raise Forbidden(f"You manage teams of {by.organisation.name} only.")
    seen = team.turn
    team.refresh_from_db()
    if team.turn != seen:
        raise Refused(OVERTAKEN.format(f"The team {team}"))
    if team.state == State.ENDED and not ended:
        raise Refused(f"{team}: nothing of it can be changed until it is taken up again.")
    return team


def fits_in(team: Team, person: User) -> Team:
    """`team`, which `person` can be in. Raises Refused with the sentence that says why they cannot."""
    if team.organisation_id != person.organisation_id:
        raise Refused(f"That team is not one of {person.organisation.name}.")
    if team.state == State.ENDED:
        raise Refused(f"{team}: nobody can be put in it.")
    if not person.is_active:
        raise Refused(f"{person} may not sign in, and so cannot be in a team.")
    if not may(person, "work in a team"):
        raise Refused(f"{person}: officers and supervisors are in teams, and nobody else is.")
    return team


def _turn(team: Team, **columns: str) -> None:
    changes = {**columns, "turn": team.turn + 1}
    if not Team.objects.filter(pk=team.pk, turn=team.turn).update(**changes):
        raise Refused(OVERTAKEN.format(f"The team {team}"))
    for name, value in changes.items():
        setattr(team, name, value)


def _free(name: str, by: User, but: Team | None = None) -> str:
    """`name` with single spaces, if no other team of the force has it or had it, whatever its capitals."""
    name = " ".join(name.split())
    if not name:
        raise Refused("Give the team a name.")
    if len(name) > LONGEST:
        raise Refused(f"The name is too long: use {LONGEST} characters or fewer.")
    taken = Team.objects.filter(organisation=by.organisation_id, name__iexact=name).first()
    if taken is None or taken == but:
        return name
    if taken.ended_at is None:
        raise Refused(f"{by.organisation} has a team called {taken.name}. Choose another name.")
    day = f"{taken.ended_at.astimezone(UK):%-d %B %Y}"
    raise Refused(
        f"{by.organisation} had a team called {taken.name} until {day}, and what was done then bears its "
        "name. Choose another name, or take that team up again."
    )

"""The teams of a force: who is in each, what they have in hand, and which the force has still to make."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q, QuerySet
from msgspec import Struct

from lapwing_web.casework.models import Case
from lapwing_web.offenders.models import Briefing, Offender
from lapwing_web.offenders.models.knowing import heirs, looked_after
from lapwing_web.staff.models import Organisation, Team, User, standing_teams
from lapwing_web.staff.permissions import check, holders, may

DOES = {
    Team.Kind.OFFENDER_MANAGEMENT: "its officers know of every registered offender of the force",
    Team.Kind.NEIGHBOURHOOD: "it is briefed on registered offenders near it, and knows nothing else of them",
}
CANNOT = {  # what a force cannot do without a team of the kind
    Team.Kind.OFFENDER_MANAGEMENT: "its officers cannot manage registered offenders",
    Team.Kind.NEIGHBOURHOOD: "it cannot brief those who patrol where registered offenders live",
}


class InHand(Struct):
    """What somebody has in hand: open cases, and registered offenders whom they manage."""

    cases: int = 0
    offenders: int = 0

    @property
    def words(self) -> str:
        """As it is told."""
        some = []
        if self.cases:
            some.append(f"{self.cases} open case{'s' if self.cases > 1 else ''}")
        if self.offenders:
            some.append(f"{self.offenders} registered offender{'s' if self.offenders > 1 else ''}")
        return " and ".join(some) or "nothing"


class Missing(Struct):
    """A kind of team that a force has none of: what it cannot do, and whether the reader may make one."""

    kind: str
    label: str
    cannot: str
    makes: bool


def teams_for(user: User) -> QuerySet[Team]:
    """Every team of this person's force, those that have ended as well."""
    check(user, "see teams")
    return Team.objects.filter(organisation=user.organisation_id).order_by("-state", "name")


def placed_for(user: User) -> QuerySet[User]:
    """The people of this person's force who can be in a team, and whoever is in one."""
    check(user, "manage teams")
    people = User.objects.filter(organisation=user.organisation_id).select_related("organisation", "team")
    return people.filter(Q(pk__in=holders("work in a team", user.organisation)) | ~Q(team=None))


def in_hand(people: Iterable[int]) -> dict[int, InHand]:
    """What each of these people, by their id, has in hand."""
    wanted = list(people)
    found = {one: InHand() for one in wanted}
    cases = Case.objects.filter(owner__in=wanted, state=Case.State.OPEN).order_by()
    for owner, count in cases.values_list("owner").annotate(n=Count("pk")):
        found[owner].cases = count
    offenders = Offender.objects.filter(manager__in=wanted, state=Offender.State.REGISTERED).order_by()
    for manager, count in offenders.values_list("manager").annotate(n=Count("pk")):
        found[manager].offenders = count
    return found


def missing_teams(user: User) -> list[Missing]:
    """The kinds of team that this person's force needs and has none of. The agency needs none."""
    if user.organisation.kind != Organisation.Kind.FORCE:
        return []
    has = set(standing_teams(user.organisation_id).values_list("kind", flat=True))
    makes = may(user, "manage teams")
    return [Missing(kind, kind.label, cannot, makes) for kind, cannot in CANNOT.items() if kind not in has]


def missing_team(user: User, kind: str) -> Missing | None:
    """The same of one kind; None where there is such a team."""
    return next((one for one in missing_teams(user) if one.kind == kind), None)


def team_list(user: User) -> dict[str, Any]:
    """The force's teams with how many are in each, and who is in none."""
    teams = list(teams_for(user).annotate(size=Count("people", filter=Q(people__is_active=True))))
    loose = holders("work in a team", user.organisation).filter(team=None).order_by("username")
    return {
        "standing": [team for team in teams if team.state == Team.State.STANDING],
        "ended": [team for team in teams if team.state == Team.State.ENDED],
        "loose": list(loose[:100]),
        "loose_count": loose.count(),
        "missing": missing_teams(user),
        "manages": may(user, "manage teams"),
    }


def team_page(user: User, team: Team) -> dict[str, Any]:
    """Who is in a team, what each has in hand, and what is told to it."""
    people = list(team.people.order_by("username"))
    held = in_hand(one.pk for one in people)
    return {
        "team": team,
        "does": DOES.get(Team.Kind(team.kind), ""),
        "people": [(one, held[one.pk]) for one in people],
        "offenders": looked_after(team).count(),
        "briefings": team.briefings.filter(state=Briefing.State.ISSUED).count(),
        "manages": may(user, "manage teams"),
    }


def joinable(user: User, team: Team) -> list[tuple[User, InHand]]:
    """Who of the force could join a team, those in no team first, each with what they have in hand."""
    people = holders("work in a team", user.organisation).exclude(team=team.pk).exclude(pk=user.pk)
    found = sorted(people.select_related("team"), key=lambda one: (one.team_id is not None, one.username))
    held = in_hand(one.pk for one in found)
    return [(one, held[one.pk]) for one in found]


def in_the_way(team: Team) -> list[str]:
    """What has to be done before a team can end, a sentence each."""
    people, briefings = team.people.count(), team.briefings.filter(state=Briefing.State.ISSUED).count()
    found = []
    if people:
        found.append(f"People are in it ({people}): move them first.")
    if briefings:
        found.append(
            f"Briefings told to it hold ({briefings}): whoever manages the offenders withdraws them."
        )
    if looked_after(team).exists() and not heirs(team).exists():
        label = team.get_kind_display().lower()
        found.append(f"Offenders are with it, and the force has no other {label} team: make one first.")
    return found


def sizes(organisation: str) -> Counter[int]:
    """How many people who may sign in are in each team of a force, by the team's id."""
    people = User.objects.filter(organisation=organisation, is_active=True).exclude(team=None)
    return Counter(people.values_list("team", flat=True))

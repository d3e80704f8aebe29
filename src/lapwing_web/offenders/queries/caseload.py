"""How many offenders each team and each manager has against what is reasonable, and what is overdue."""

from typing import Any

from django.db.models import Count, Q
from msgspec import Struct

from lapwing.rules.visits import caseload
from lapwing_web.moment import today
from lapwing_web.offenders.models import Offender
from lapwing_web.offenders.models.governing import visits_policy
from lapwing_web.staff.models import Team, User, standing_teams
from lapwing_web.staff.permissions import check

LABELS = {"reasonable": "Reasonable", "over": "Over what is reasonable", "alarm": "Alarm"}
COUNTED = ("offenders", "late_visits", "late_assessments", "dangerous")


class Load(Struct):
    """What one manager, or one team, has. `standing`: reasonable, over or alarm."""

    name: str
    key: int | None = None
    offenders: int = 0
    managers: int = 1
    late_visits: int = 0
    late_assessments: int = 0
    dangerous: int = 0  # of those with an overdue visit, at high or very high risk
    standing: str = "reasonable"

    @property
    def ratio(self) -> float | None:
        """Offenders to one manager; None where nobody manages them."""
        return self.offenders / self.managers if self.managers else None

    @property
    def words(self) -> str:
        """How it stands, in words."""
        return LABELS[self.standing]


class TeamLoad(Struct):
    """A team: all of it, and each of its managers, those with most first."""

    all: Load
    managers: list[Load]
    nobody: int = 0


class CaseloadPage(Struct):
    """Every team of the force, what is reasonable, and from where it is an alarm."""

    teams: list[TeamLoad]
    all: Load
    reasonable: int
    alarm: int
    confirmed: bool


def caseload_page(user: User) -> CaseloadPage:
    """How the force's registered offenders stand with its managers today."""
    check(user, "see caseload")
    version = visits_policy()
    teams = _teams(user)
    for row in _rows(user):
        found = teams.setdefault(row["team"], TeamLoad(Load("In no team", None, managers=0), []))
        _count(found, row)
    shown = [found for found in teams.values() if found.all.offenders or found.all.managers]
    everything = Load("All", managers=0)
    for found in shown:
        _add(everything, {name: getattr(found.all, name) for name in COUNTED})
        found.managers.sort(key=lambda load: (-load.offenders, load.name))
    everything.managers = len({load.key for found in shown for load in found.managers})
    for load in [everything, *(one for found in shown for one in (found.all, *found.managers))]:
        load.standing = caseload(load.offenders, load.managers, version)
    shown.sort(key=lambda found: (-(found.all.ratio or 1e9), found.all.name))
    return CaseloadPage(shown, everything, version.reasonable, version.alarm, version.confirmed)


def _teams(user: User) -> dict[int | None, TeamLoad]:
    """Every team that manages offenders, with the officers in it: somebody who has none counts too."""
    kind = Team.Kind.OFFENDER_MANAGEMENT
    found: dict[int | None, TeamLoad] = {}
    for team in standing_teams(user.organisation_id, kind):
        found[team.pk] = TeamLoad(Load(team.name, team.pk, managers=0), [])
    officers = User.objects.filter(team__in=[key for key in found if key], is_active=True)
    for person in officers.filter(role=User.Role.FORCE_OFFICER).order_by("username"):
        _manager(found[person.team_id], person.pk, str(person))
    return found


def _manager(found: TeamLoad, key: int, name: str) -> Load:
    held = next((load for load in found.managers if load.key == key), None)
    if held is None:
        held = Load(name, key)
        found.managers.append(held)
        found.all.managers += 1
    return held


def _rows(user: User) -> list[dict[str, Any]]:
    """Counts by team and manager, added up by the database."""
    day = today()
    visit = Q(visit_due_on__lt=day)
    registered = Offender.objects.filter(
        organisation=user.organisation_id, state=Offender.State.REGISTERED
    ).values("team", "manager")
    counted = registered.annotate(
        offenders=Count("pk"),
        late_visits=Count("pk", filter=visit),
        late_assessments=Count("pk", filter=Q(assessment_due_on__lt=day)),
        dangerous=Count("pk", filter=visit & Q(level__in=["high", "very_high"])),
    )
    rows = list(counted.order_by("team", "manager"))
    people = User.objects.in_bulk({row["manager"] for row in rows if row["manager"]})
    unknown = {row["team"] for row in rows} - {None}
    names = {key: str(team) for key, team in Team.objects.in_bulk(unknown).items()}
    return [{**row, "person": people.get(row["manager"]), "named": names.get(row["team"])} for row in rows]


def _count(found: TeamLoad, row: dict[str, Any]) -> None:
    if row["named"]:
        found.all.name, found.all.key = row["named"], row["team"]
    person = row["person"]
    loads = [found.all]
    if person is not None and person.is_active:
        loads.append(_manager(found, person.pk, str(person)))
    else:
        found.nobody += row["offenders"]
    for load in loads:
        _add(load, row)


def _add(load: Load, counts: dict[str, Any]) -> None:
    for name in COUNTED:
        setattr(load, name, getattr(load, name) + counts[name])

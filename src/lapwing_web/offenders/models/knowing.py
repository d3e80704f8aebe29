"""Who needs to know of a registered offender.

Supervisors and auditors of the force do, and the officers of its offender management teams, and whoever
manages the one. Any other officer learns only what a briefing tells.
"""

from django.db.models import Q, QuerySet

from lapwing_web.moment import today
from lapwing_web.offenders.models.briefing import Briefing
from lapwing_web.offenders.models.offender import Offender
from lapwing_web.staff.models import Team, User, standing_teams


def manages_offenders(user: User) -> bool:
    """Whether this person works with all registered offenders of their force."""
    if user.role != User.Role.FORCE_OFFICER:
        return True
    team = user.team
    if team is None or team.organisation_id != user.organisation_id:
        return False
    return team.kind == Team.Kind.OFFENDER_MANAGEMENT


def known_to(user: User) -> Q:
    """The offenders of this person's force whom they need to know of."""
    own = Q(organisation=user.organisation_id)
    return own if manages_offenders(user) else own & Q(manager=user.pk)


def needs_to_know(user: User, offender: Offender) -> bool:
    """Whether this person needs to know of this one."""
    return offender.organisation_id == user.organisation_id and (
        offender.manager_id == user.pk or manages_offenders(user)
    )


def briefings_read_by(user: User) -> Q:
    """The briefings that are told to this person: those of their team that hold today."""
    return Q(
        team=user.team_id or 0,
        team__organisation=user.organisation_id,
        state=Briefing.State.ISSUED,
        issued_on__lte=today(),
        last_on__gte=today(),
    )


def reads_briefing(user: User, briefing: Briefing) -> bool:
    """Whether this one is told to this person."""
    return Briefing.objects.filter(briefings_read_by(user), pk=briefing.pk).exists()


def looked_after(team: Team) -> QuerySet[Offender]:
    """The registered offenders whom a team manages, or has on its beat."""
    here = Q(team=team.pk) | Q(neighbourhood=team.pk)
    return Offender.objects.filter(here, state=Offender.State.REGISTERED)


def heirs(team: Team) -> QuerySet[Team]:
    """The teams that could take over what a team looks after: they do the same, and stand."""
    return standing_teams(team.organisation_id, team.kind).exclude(pk=team.pk)

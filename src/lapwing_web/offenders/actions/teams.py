"""Ending a team: not while anybody relies on it, and what it looks after goes to another."""

from lapwing_web.audit.actions import audited
from lapwing_web.offenders.actions.changing import change
from lapwing_web.offenders.models import Briefing
from lapwing_web.offenders.models.knowing import heirs, looked_after
from lapwing_web.refusal import Refused
from lapwing_web.staff.actions.teams import end_team, own_team
from lapwing_web.staff.models import Team, User


@audited
def close_team(team: Team, *, why: str, heir: Team | None = None, by: User) -> Team:
    """End a team. `heir`: the team of the same kind that its registered offenders go to.

    Raises Refused while people are in it, while a briefing told to it holds, and while offenders are with it
    who go nowhere. Who manages each offender stays as it is.
    """
    own_team(team, by)
    holds = team.briefings.filter(state=Briefing.State.ISSUED).count()
    if holds:
        told = "1 briefing" if holds == 1 else f"{holds} briefings"
        raise Refused(f"{told} for {team} still hold. Whoever manages the offenders withdraws them first.")
    _hand_over(team, heir, why.strip(), by)
    return end_team(team, why=why, by=by)


def _hand_over(team: Team, heir: Team | None, why: str, by: User) -> None:
    offenders = list(looked_after(team).order_by("pk"))
    if not offenders:
        return
    if heir is None:
        count = (
            "1 registered offender is"
            if len(offenders) == 1
            else f"{len(offenders)} registered offenders are"
        )
        raise Refused(f"{count} with this team. Choose the team that they go to.")
    if not heirs(team).filter(pk=heir.pk).exists():
        raise Refused("Offenders go to a team of your force that does the same work and has not ended.")
    for one in offenders:
        columns = {name: heir for name in ("team", "neighbourhood") if getattr(one, f"{name}_id") == team.pk}
        change(one, "hand an offender to another team", by=by, why=why, **columns)

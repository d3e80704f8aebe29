"""Who is to read a briefing, and who has still to acknowledge it."""

from django.conf import settings

from lapwing.policy import load
from lapwing.policy.topics.briefing import BriefingVersion
from lapwing.rules.briefing import to_acknowledge
from lapwing_web.moment import today
from lapwing_web.offenders.models.briefing import Briefing
from lapwing_web.staff.models import Team, User


def briefing_policy() -> BriefingVersion:
    """The policy on briefings in force today."""
    return load("briefing", settings.JURISDICTION).on(today())


def readers_of(team: Team) -> list[User]:
    """Whom policy counts as readers in a team."""
    found = team.people.filter(is_active=True, role__in=briefing_policy().readers)
    return list(found.order_by("username"))


def still_to_acknowledge(briefing: Briefing) -> list[User]:
    """Who of the team, as it is today, has not acknowledged it."""
    people = readers_of(briefing.team)
    left = to_acknowledge(
        (one.pk for one in people), briefing.acknowledgements.values_list("by_id", flat=True)
    )
    return [one for one in people if one.pk in left]

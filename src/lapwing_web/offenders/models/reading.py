"""Who is to read a briefing, and who has still to acknowledge it."""

from collections.abc import Iterable

from django.conf import settings
from msgspec import Struct

from lapwing.policy import load
from lapwing.policy.topics.briefing import BriefingVersion
from lapwing.rules.briefing import to_acknowledge
from lapwing_web.moment import today
from lapwing_web.offenders.models.briefing import Acknowledgement, Briefing
from lapwing_web.staff.models import Team, User


def briefing_policy() -> BriefingVersion:
    """The policy on briefings in force today."""
    return load("briefing", settings.JURISDICTION).on(today())


def readers_of(team: Team) -> list[User]:
    """Whom policy counts as readers in a team."""
    found = team.people.filter(
        is_active=True, organisation=team.organisation_id, role__in=briefing_policy().readers
    )
    return list(found.order_by("username"))


def still_to_acknowledge(briefing: Briefing) -> list[User]:
    """Who of the team, as it is today, has not acknowledged it."""
    return reading_of([briefing])[briefing.pk].left


class Reading(Struct):
    """Who is to read a briefing, and who of them has still to acknowledge it."""

    people: list[User]
    left: list[User]


def reading_of(briefings: Iterable[Briefing]) -> dict[int, Reading]:
    """How far each is read, by its id: a statement for each team, and one for all acknowledgements."""
    given = {one.pk: one for one in briefings}
    done: dict[int, set[int]] = {key: set() for key in given}
    for key, by in Acknowledgement.objects.filter(briefing__in=given).values_list("briefing", "by"):
        done[key].add(by)
    teams = {team.pk: readers_of(team) for team in {one.team_id: one.team for one in given.values()}.values()}
    found = {}
    for key, one in given.items():
        people = teams[one.team_id]
        left = to_acknowledge((person.pk for person in people), done[key])
        found[key] = Reading(people, [person for person in people if person.pk in left])
    return found

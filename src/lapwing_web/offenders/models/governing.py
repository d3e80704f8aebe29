"""What policy says of a registered offender: when the next visit and assessment are due, as columns."""

from datetime import date
from typing import Any

from django.conf import settings

from lapwing.policy import load
from lapwing.policy.topics.visits import VisitsVersion
from lapwing.rules.visits import Managed, assessment_due, visit_due
from lapwing_web.moment import today
from lapwing_web.offenders.models.offender import Offender


def visits_policy(on: date | None = None) -> VisitsVersion:
    """The policy on visits in force on a day (default: today)."""
    return load("visits", settings.JURISDICTION).on(on or today())


def managed(offender: Offender) -> Managed:
    """The offender as the rules know one."""
    return Managed(
        offender.level,
        offender.since,
        visited_on=offender.visited_on,
        assessed_on=offender.assessed_on,
        planned_on=offender.planned_on,
        clear_since=offender.clear_since,
    )


def due_columns(offender: Offender) -> dict[str, Any]:
    """The days that are due, from what is recorded today. They stay so until somebody acts."""
    one, version = managed(offender), visits_policy()
    visit, assessment = visit_due(one, today(), version), assessment_due(one, version)
    return {
        "visit_latest_on": visit.latest_on,
        "visit_due_on": visit.due_on,
        "assessment_due_on": assessment,
        "next_due_on": min(visit.due_on or assessment, assessment),
        "policy": load("visits", settings.JURISDICTION).sha256,
    }

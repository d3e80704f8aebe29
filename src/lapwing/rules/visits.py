"""When a registered offender is next to be visited and assessed, and whether a team has too many.

Source: the practice on managing registered sex offenders, as recalled; HC 515, paragraph 91. Since 2017 the
officer's plan sets the date of a visit; the level still says the latest, and both are kept.
"""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from lapwing.policy.topics.visits import VisitsVersion
from lapwing.rules.bail import months_from


class Managed(Struct, frozen=True):
    """What is recorded of an offender.

    `since`: the day management began, from which a first visit is counted.
    `clear_since`: the day from which nothing of concern is known (None: not found out, so never clear).
    """

    level: str
    since: date
    visited_on: date | None = None
    assessed_on: date | None = None
    planned_on: date | None = None
    clear_since: date | None = None


class VisitDue(Struct, frozen=True):
    """`latest_on`: the last day the level allows. `due_on`: the day that counts. None: reactive, no date."""

    latest_on: date | None
    due_on: date | None


def reactive(one: Managed, on: date, version: VisitsVersion) -> bool:
    """Whether visits follow from what happens. Unknown is never clear, and somebody never visited is not."""
    years = version.levels[one.level].reactive_after
    if not years or one.clear_since is None or one.visited_on is None:
        return False
    return months_from(max(one.clear_since, one.since), 12 * years) <= on


def visit_due(one: Managed, on: date, version: VisitsVersion) -> VisitDue:
    """The next visit. A plan brings it forward, never back; a plan already kept by a visit is spent."""
    latest = None
    if not reactive(one, on, version):
        latest = months_from(one.visited_on or one.since, version.levels[one.level].visit)
    planned = one.planned_on if version.plan_sets_date else None
    if planned is None or (one.visited_on is not None and planned <= one.visited_on):
        return VisitDue(latest, latest)
    return VisitDue(latest, min(planned, latest) if latest else planned)


def assessment_due(one: Managed, version: VisitsVersion) -> date:
    """The last day for the next assessment. It is counted apart from visits."""
    return months_from(one.assessed_on or one.since, version.levels[one.level].assess)


def overdue(due_on: date | None, on: date) -> bool:
    """Whether the day has passed. What is due today is not overdue."""
    return due_on is not None and due_on < on


def plan_obstacle(planned_on: date, one: Managed, on: date, version: VisitsVersion) -> str | None:
    """The sentence that refuses a plan's date. None: it may stand."""
    if planned_on < on:
        return "The next visit is planned for a day that has passed."
    latest = visit_due(one, on, version).latest_on
    if latest is None or planned_on <= max(latest, on):
        return None
    label = version.levels[one.level].label.lower()
    return f"At {label} risk the next visit is no later than {max(latest, on):%-d %B %Y}."


def caseload(offenders: int, managers: int, version: VisitsVersion) -> str:
    """Which it is: "reasonable", "over" or "alarm". Offenders with no manager at all are an alarm."""
    if offenders and (managers <= 0 or offenders >= version.alarm * managers):
        return "alarm"
    return "over" if offenders > version.reasonable * managers else "reasonable"

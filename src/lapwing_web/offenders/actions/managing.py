"""Managing a registered offender: the level, who manages, the plan, visits and assessments."""

from datetime import date
from typing import Any

from lapwing.rules.visits import plan_obstacle
from lapwing_web.audit.actions import audited
from lapwing_web.casework.actions.holding import in_order, said
from lapwing_web.moment import now, today
from lapwing_web.offenders.actions.changing import change, hand_clocks, own, passed
from lapwing_web.offenders.actions.registering import can_manage
from lapwing_web.offenders.models import Assessment, LevelSet, Offender, Plan, Visit
from lapwing_web.offenders.models.governing import managed, visits_policy
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User

MANAGE = "manage an offender"


@audited
def set_level(offender: Offender, *, level: str, why: str, by: User) -> Offender:
    """Set the risk level. What is due moves with it."""
    own(offender, MANAGE, by)
    why = said(why, "Say why the level is set so.")
    if level == offender.level:
        raise Refused(f"{offender} is at that level already.")
    _keep_level(offender, level, why, by)
    return change(offender, "set the level of an offender", by=by, why=why, level=level)


def _keep_level(offender: Offender, level: str, why: str, by: User) -> None:
    if level not in Offender.Level.values:
        raise Refused("Choose one of the levels of risk.")
    LevelSet.objects.create(offender=offender, level=level, why=why, at=now(), by=by)


@audited
def assign_manager(offender: Offender, *, to: User | None, why: str = "", by: User) -> Offender:
    """Give the offender to one manager; None: to nobody, with a reason. Their clocks go along."""
    own(offender, "assign an offender", by)
    if (to and to.pk) == offender.manager_id:
        raise Refused(f"{offender} is with {to} already." if to else f"{offender} is with nobody already.")
    if to is None:
        said(why, "Say why nobody manages this offender.")
        change(offender, "take an offender from a manager", by=by, why=why.strip(), manager=None)
    else:
        to.refresh_from_db()  # they may have been moved since the form was read
        can_manage(to, by)
        team = to.team or offender.team
        change(offender, "assign an offender", by=by, why=why.strip(), manager=to, team=team)
    hand_clocks(offender, by=by)
    return offender


@audited
def plan_visit(offender: Offender, *, visit_on: date, text: str, by: User) -> Plan:
    """Plan the next visit, on the officer's own date: not past, and no later than the level allows."""
    own(offender, MANAGE, by)
    text = said(text, "Say what the visit is to find out.")
    obstacle = plan_obstacle(visit_on, managed(offender), today(), visits_policy())
    if obstacle:
        raise Refused(obstacle)
    change(offender, "plan a visit", by=by, why=text, planned_on=visit_on)
    return Plan.objects.create(
        offender=offender, visit_on=visit_on, latest_on=offender.visit_latest_on, text=text, at=now(), by=by
    )


@audited
def record_visit(offender: Offender, *, on: date, result: str, text: str = "", by: User) -> Visit:
    """Record a visit. One at which nobody answered is kept, and the visit stays due."""
    own(offender, MANAGE, by)
    passed(on, "A visit")
    in_order("visit", on, management=offender.since)
    if result not in Visit.Result.values:
        raise Refused("Choose whether the offender was seen.")
    if result == Visit.Result.SEEN:
        said(text, "Say what the visit found.")
    made = Visit.objects.create(offender=offender, on=on, result=result, text=text.strip(), at=now(), by=by)
    seen = offender.visited_on
    if result == Visit.Result.SEEN:
        seen = max(on, seen or on)
    told = {"on": on, "result": result}
    change(offender, "record a visit", by=by, told=told, visited_on=seen)
    return made


@audited
def record_assessment(offender: Offender, *, on: date, level: str, text: str, by: User) -> Assessment:
    """Record an assessment and the level it came to, which is the offender's from now on."""
    own(offender, MANAGE, by)
    passed(on, "An assessment")
    in_order("assessment", on, management=offender.since)
    text = said(text, "Say what the assessment rests on.")
    if level not in Offender.Level.values:
        raise Refused("Choose one of the levels of risk.")
    last = offender.assessed_on
    made = Assessment.objects.create(offender=offender, on=on, level=level, text=text, at=now(), by=by)
    columns: dict[str, Any] = {"assessed_on": max(on, last or on)}
    if level != offender.level and on >= (last or on):  # an older one says nothing of today's level
        _keep_level(offender, level, f"Assessed on {on:%-d %B %Y}", by)
        columns["level"] = level
    change(offender, "record an assessment", by=by, told={"on": on, "came_to": level}, **columns)
    return made

"""Registered offenders of this person's own force whom they need to know of. None at the agency."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from msgspec import Struct
from msgspec.structs import asdict

from lapwing.rules.visits import overdue
from lapwing_web.address import whole_number
from lapwing_web.casework.queries.steps import Step
from lapwing_web.casework.queries.timeline import looks_at_record, timeline_of_record
from lapwing_web.clocks.queries import open_for
from lapwing_web.moment import today
from lapwing_web.offenders.models import Offender
from lapwing_web.offenders.models.governing import visits_policy
from lapwing_web.offenders.models.knowing import known_to, manages_offenders
from lapwing_web.offenders.queries.notifications import away
from lapwing_web.staff.models import Team, User, standing_teams
from lapwing_web.staff.permissions import check, holders, may, without_holder

State = Offender.State
PAGE = 50
SHOWN = 50  # of each kind of row on an offender's page
LEVELS = Offender.Level.choices


class Filters(Struct, frozen=True):
    """What the list is narrowed to. `team`, `level`, `number`: "" for any."""

    show: str = "all"
    team: str = ""
    level: str = ""
    number: str = ""
    skip: int = 0


class OffenderList(Struct):
    """One page of the list, and how many each list holds of what is narrowed to."""

    filters: Filters
    label: str
    counts: list[tuple[str, str, int, str]]  # name, words, how many, address
    offenders: list[Offender]
    teams: list[Team]
    next: str  # the next page's address
    day: date


def with_nobody(user: User) -> Q:
    """Offenders whom nobody of the force manages: also those of whoever has left, or may manage none now."""
    return without_holder("manager", "manage an offender", user.organisation)


def offenders_for(user: User) -> QuerySet[Offender]:
    """Every registered offender whose record this person may open."""
    offenders = Offender.objects.select_related("organisation", "manager", "team", "neighbourhood")
    if not may(user, "see offenders"):
        return offenders.none()
    return offenders.filter(known_to(user))


def lists_for(user: User) -> dict[str, tuple[str, Q, str]]:
    """The lists: each with its words, its condition, and by which day it is ordered."""
    here, day = Q(state=State.REGISTERED), today()
    return {
        "mine": ("Mine", here & Q(manager=user.pk), "next_due_on"),
        "visits": ("Visit overdue", here & Q(visit_due_on__lt=day), "visit_due_on"),
        "assessments": ("Assessment overdue", here & Q(assessment_due_on__lt=day), "assessment_due_on"),
        "nobody": ("With nobody", here & with_nobody(user), "next_due_on"),
        "reactive": ("No date: reactive", here & Q(visit_due_on=None), "next_due_on"),
        "all": ("All registered", here, "next_due_on"),
        "ended": ("No longer registered", Q(state=State.ENDED), "next_due_on"),
    }


def overdue_of(user: User) -> QuerySet[Offender]:
    """Whom this person answers for and whose visit or assessment is overdue, the longest first.

    A manager answers for their own offenders, a supervisor for everybody's.
    """
    late = offenders_for(user).filter(state=State.REGISTERED, next_due_on__lt=today())
    if user.role == User.Role.FORCE_OFFICER:
        late = late.filter(manager=user.pk)
    return late.order_by("next_due_on", "pk")


def may_register(user: User) -> bool:
    """Whether this person may register an offender."""
    return may(user, "register an offender") and manages_offenders(user)


def teams_of(user: User) -> list[Team]:
    """The teams of this person's force that manage offenders."""
    return list(standing_teams(user.organisation_id, Team.Kind.OFFENDER_MANAGEMENT))


def filters_from(asked: dict[str, str], user: User) -> Filters:
    """What was asked for, as far as it means anything."""
    lists, show = lists_for(user), asked.get("show", "")
    begins = "mine" if manages_offenders(user) and user.role == User.Role.FORCE_OFFICER else "all"
    return Filters(
        show if show in lists else begins,
        str(whole_number(asked.get("team", "")) or ""),
        asked["level"] if asked.get("level") in Offender.Level.values else "",
        asked.get("number", "").strip()[:40],
        whole_number(asked.get("skip", "")) or 0,
    )


def offender_list(user: User, asked: dict[str, str]) -> OffenderList:
    """A page of the list, what is due first standing first."""
    check(user, "see offenders")
    filters = filters_from(asked, user)
    lists = lists_for(user)
    found = _narrowed(Offender.objects.filter(known_to(user)), filters)
    counts = found.aggregate(**{name: Count("pk", filter=where) for name, (_, where, _) in lists.items()})
    label, where, by = lists[filters.show]
    keys = list(
        found.filter(where)
        .order_by(by, "pk")
        .values_list("pk", flat=True)[filters.skip : filters.skip + PAGE + 1]
    )
    rows = offenders_for(user).filter(pk__in=keys[:PAGE]).order_by(by, "pk")
    following = _address(filters, skip=filters.skip + PAGE) if len(keys) > PAGE else ""
    listed = [
        (name, words, counts[name], _address(filters, show=name, skip=0))
        for name, (words, _, _) in lists.items()
    ]
    return OffenderList(filters, label, listed, list(rows), teams_of(user), following, today())


def _narrowed(offenders: QuerySet[Offender], filters: Filters) -> QuerySet[Offender]:
    if filters.team:
        offenders = offenders.filter(team=int(filters.team))
    if filters.level:
        offenders = offenders.filter(level=filters.level)
    if filters.number:
        key = whole_number(filters.number.upper().removeprefix("RO-").lstrip("0"))
        named = Q(register_number=filters.number)
        offenders = offenders.filter(named | Q(pk=key) if key is not None else named)
    return offenders


def _address(filters: Filters, **changes: Any) -> str:
    wanted = {**asdict(filters), **changes}
    return "?" + urlencode({name: value for name, value in wanted.items() if value})


def offender_page(user: User, offender: Offender) -> dict[str, Any]:
    """What the page of one offender shows."""
    version, levels = visits_policy(), dict(Offender.Level.choices)
    return {
        "offender": offender,
        "visit_late": offender.state == State.REGISTERED and overdue(offender.visit_due_on, today()),
        "assessment_late": offender.state == State.REGISTERED
        and overdue(offender.assessment_due_on, today()),
        "confirmed": version.confirmed,
        "away": away([offender.pk]).get(offender.pk),
        "steps": list(_steps(user, offender)),
        "clocks": open_for(f"offender:{offender.pk}"),
        "briefings": offender.briefings.filter(state="issued").select_related("team").order_by("pk"),
        "links": offender.links.filter(acknowledged_at=None).count(),
        "plans": offender.plans.select_related("by").order_by("-id")[:SHOWN],
        "visits": offender.visits.select_related("by").order_by("-on", "-id")[:SHOWN],
        "assessments": [
            (row, levels[row.level])
            for row in offender.assessments.select_related("by").order_by("-on", "-id")[:SHOWN]
        ],
        "levels": offender.levels.select_related("by").order_by("-id")[:SHOWN],
        "events": timeline_of_record(f"offender:{offender.pk}"),
        "looks": looks_at_record(f"offender:{offender.pk}"),
    }


STEPS = [
    ("offender-visit", "Record a visit", "manage an offender", True),
    ("offender-plan", "Plan the next visit", "manage an offender", True),
    ("offender-assess", "Record an assessment", "manage an offender", False),
    ("offender-level", "Set the level", "manage an offender", False),
    ("offender-write", "Change the particulars", "manage an offender", False),
    ("offender-brief", "Brief a neighbourhood team", "brief a team", False),
    ("offender-assign", "Assign a manager", "assign an offender", False),
    ("offender-end", "End the registration", "end a registration", False),
]


def _steps(user: User, offender: Offender) -> Iterator[Step]:
    if offender.state == State.REGISTERED:
        yield from (Step(url, label, moves) for url, label, needs, moves in STEPS if may(user, needs))
    elif may(user, "end a registration"):
        yield Step("offender-again", "Register again", True)


def managers_for(user: User) -> list[tuple[User, int]]:
    """Who may manage an offender of this force, each with how many they have, the fewest first."""
    check(user, "see offenders")
    people = holders("manage an offender", user.organisation)
    here = Count("offenders", filter=Q(offenders__state=State.REGISTERED))
    found = people.select_related("team").annotate(here=here).order_by("here", "username")
    return [(person, person.here) for person in found]

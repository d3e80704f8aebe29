"""A manager's round of visits over the next working days."""

from datetime import date, timedelta

from msgspec import Struct

from lapwing.policy import holidays
from lapwing.rules.clocks import is_working_day
from lapwing.rules.visit_round import Left, ToVisit, Visit, visit_round
from lapwing_web.address import whole_number
from lapwing_web.moment import today
from lapwing_web.offenders.models import Offender
from lapwing_web.offenders.models.governing import visits_policy
from lapwing_web.offenders.models.knowing import known_to
from lapwing_web.offenders.queries.notifications import away
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check, may

MOST_DAYS = 10
DAYS = [(1, "One day"), (5, "Five days"), (MOST_DAYS, "Ten days")]
MOST = 1000  # offenders of one manager: more is no caseload


class Stop(Struct, frozen=True):
    """Visits at one place, one after another, and where an offender is away: "" for one who is not."""

    place: str
    visits: list[tuple[Offender, Visit, str]]


class RoundPage(Struct, frozen=True):
    """The round of `manager`: each working day with its stops, and what is left out."""

    manager: User | None
    managers: list[User]
    days: int
    stops: list[tuple[date, list[Stop]]]
    left: list[tuple[Offender, Left, str]]
    most: int  # visits a day
    confirmed: bool


def working_days(first: date, amount: int) -> list[date]:
    """The first `amount` working days from `first` on."""
    found: list[date] = []
    free, day = holidays.england_wales(), first
    while len(found) < amount:
        if is_working_day(day, free):
            found.append(day)
        day += timedelta(days=1)
    return found


def managers_here(user: User) -> list[User]:
    """Who manages offenders whom this person needs to know of."""
    here = Offender.objects.filter(known_to(user), state=Offender.State.REGISTERED)
    return list(User.objects.filter(pk__in=here.values("manager")).order_by("username"))


def round_page(user: User, asked: dict[str, str]) -> RoundPage:
    """One's own round, or that of whoever was asked for, if one knows of their offenders."""
    check(user, "see offenders")
    managers = managers_here(user)
    wanted = whole_number(asked.get("manager", "")) or user.pk
    manager = next((one for one in managers if one.pk == wanted), None)
    if manager is None and not may(user, "manage an offender") and managers:
        manager = managers[0]
    amount = min(max(whole_number(asked.get("days", "")) or 5, 1), MOST_DAYS)
    version, days = visits_policy(), working_days(today(), amount)
    found = Offender.objects.filter(known_to(user), state=Offender.State.REGISTERED, manager=manager)
    offenders = {one.pk: one for one in (found.order_by("pk")[:MOST] if manager else ())}
    to_visit = [ToVisit(one.pk, one.level, one.visit_due_on, _place(one)) for one in offenders.values()]
    made = visit_round(to_visit, days, today(), version)
    gone = away(offenders)
    stops = [(day, _stops([v for v in made.visits if v.day == day], offenders, gone)) for day in days]
    left = [(offenders[one.one.key], one, gone.get(one.one.key, "")) for one in made.left]
    return RoundPage(manager, managers, amount, stops, left, version.visits_a_day, version.confirmed)


def _place(offender: Offender) -> str:
    return " ".join(offender.area.casefold().split())


def _stops(visits: list[Visit], offenders: dict[int, Offender], gone: dict[int, str]) -> list[Stop]:
    stops: list[Stop] = []
    for visit in visits:
        offender = offenders[visit.one.key]
        same = stops and visit.one.place and _place(stops[-1].visits[-1][0]) == visit.one.place
        if not same:
            stops.append(Stop(offender.area or "Place not recorded", []))
        stops[-1].visits.append((offender, visit, gone.get(offender.pk, "")))
    return stops

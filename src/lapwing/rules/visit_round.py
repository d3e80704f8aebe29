"""A manager's visits over some days: what is overdue first, then level, and neighbours on one journey.

Source of the need: HC 515, paragraph 91 (98 visits overdue, high risk among them). A neighbour joins a
journey only where nobody of a higher class waits a day longer for it, and nobody overdue waits an hour.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from msgspec import Struct

from lapwing.policy.topics.visits import VisitsVersion
from lapwing.rules.visits import overdue

OVERDUE, IN_THE_ROUND, LATER, NO_DATE = range(4)


class ToVisit(Struct, frozen=True):
    """One offender to visit. `due_on` None: reactive. `place`: what neighbours share ("": not known)."""

    key: int
    level: str
    due_on: date | None
    place: str = ""


class Visit(Struct, frozen=True):
    """Where one stands: the day, its number in the day from 1, and why, a line without a final stop."""

    one: ToVisit
    day: date
    number: int
    why: str


class Left(Struct, frozen=True):
    """One that is not in the round, and why."""

    one: ToVisit
    why: str


class Round(Struct, frozen=True):
    """The whole round, in its order, and what is left out, the most pressing first."""

    visits: list[Visit]
    left: list[Left]


Standing = tuple[int, int]  # which of the four classes, and the level: lower comes first


class _Planning(Struct):
    """A round while it is made: `waiting` is in its order."""

    on: date
    last: date
    most: int
    version: VisitsVersion
    waiting: list[ToVisit]
    visits: list[Visit] = []

    def standing(self, one: ToVisit) -> Standing:
        levels = list(self.version.levels)
        if overdue(one.due_on, self.on):
            return OVERDUE, levels.index(one.level)
        if one.due_on is None:
            return NO_DATE, levels.index(one.level)
        return (IN_THE_ROUND if one.due_on <= self.last else LATER), levels.index(one.level)

    def order(self, one: ToVisit) -> tuple[Standing, date, str, int]:
        return self.standing(one), one.due_on or date.max, one.place, one.key


def visit_round(visits: Iterable[ToVisit], days: Sequence[date], on: date, version: VisitsVersion) -> Round:
    """Put visits into the days, at most `visits_a_day` in each. Nothing is lost: what does not fit is left.

    `on`: today, by which a visit is overdue. Those that are due after the last day go along only where a
    journey goes anyway, and not earlier than `neighbours_within` days before they are due. No one is on an
    earlier day than one of a higher class, where the class is overdue, due in these days, or later, and then
    the level.
    """
    days = sorted(set(days))
    last = days[-1] if days else on
    planning = _Planning(on, last, version.visits_a_day, version, [])
    planning.waiting = sorted(visits, key=planning.order)
    for day in days:
        _fill(planning, day)
    left = [Left(one, _left_out(one, planning)) for one in planning.waiting]
    return Round(planning.visits, left)


def _fill(planning: _Planning, day: date) -> None:
    number = 0
    while planning.waiting and number < planning.most:
        seed = planning.waiting[0]
        if planning.standing(seed)[0] >= LATER:
            return
        number = _add(planning, seed, day, number, None)
        for neighbour in [one for one in planning.waiting if seed.place and one.place == seed.place]:
            if _may_join(neighbour, number, planning):
                number = _add(planning, neighbour, day, number, seed)


def _add(planning: _Planning, one: ToVisit, day: date, number: int, along: ToVisit | None) -> int:
    planning.waiting.remove(one)
    planning.visits.append(Visit(one, day, number + 1, _why(one, day, along, planning)))
    return number + 1


def _may_join(one: ToVisit, number: int, planning: _Planning) -> bool:
    """Whether a neighbour may come along now: all that stand above it still fit in this same day, and none
    that is overdue comes after one that is not.
    """
    standing = planning.standing(one)
    above = [planning.standing(other) for other in planning.waiting if planning.standing(other) < standing]
    if standing[0] != OVERDUE and any(other[0] == OVERDUE for other in above):
        return False
    if standing[0] >= LATER:
        soon = planning.last + timedelta(days=planning.version.neighbours_within)
        if one.due_on is None or one.due_on > soon:
            return False
    return number + 1 + len(above) <= planning.most


def _due(one: ToVisit, planning: _Planning) -> str:
    if one.due_on is None:
        return "no date: visits follow from what happens"
    days = (planning.on - one.due_on).days
    if days > 0:
        return f"overdue by {days} {'day' if days == 1 else 'days'}"
    return "due today" if days == 0 else f"due on {one.due_on:%-d %B %Y}"


def _why(one: ToVisit, day: date, along: ToVisit | None, planning: _Planning) -> str:
    parts = [_due(one, planning), f"{planning.version.levels[one.level].label.lower()} risk"]
    if along is not None:
        parts.append("on the way: another visit is at this place")
    if one.due_on is not None and planning.on <= one.due_on < day:
        parts.append("no earlier day had room")
    if not one.place:
        parts.append("its place is not recorded")
    said = "; ".join(parts)
    return said[0].upper() + said[1:]


def _left_out(one: ToVisit, planning: _Planning) -> str:
    said = _due(one, planning)
    said = said[0].upper() + said[1:]
    if planning.standing(one)[0] >= LATER:
        return said
    return f"{said}; the days are full of visits that come before it"

"""Exposure: what of their budget somebody has left, when they rest, and what would be too much.

A person views a stack (files that are near copies of one another) once; a known hash is never viewed for
grading, and is never counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo

from msgspec import Struct

from lapwing.policy.topics.exposure import ExposureVersion

HOUR = timedelta(hours=1)


class View(Struct, frozen=True):
    """One view that counts, and what it weighs. `at` has a zone."""

    at: datetime
    weight: int


class Left(Struct, frozen=True):
    """What is left at an instant, in weights; never below nothing. `rest_until`: None when no rest is due."""

    hour: int
    day: int
    week: int
    month: int
    rest_until: datetime | None

    @property
    def spent(self) -> bool:
        """Whether the budget of the day, the week or the month is used up."""
        return min(self.day, self.week, self.month) <= 0


def weight_of(kind: str, version: ExposureVersion) -> int:
    """What one view of a kind weighs; one that policy does not name, as much as the kind not stated."""
    return version.kinds.get(kind, version.kinds["unknown"]).weight


def counts(stack: str, *, known: bool, seen: Iterable[str]) -> bool:
    """Whether a view counts: not of a known hash, and not of a stack that this person has `seen`."""
    return not known and stack not in set(seen)


def left(views: Iterable[View], at: datetime, zone: tzinfo, version: ExposureVersion) -> Left:
    """What somebody has left at `at`. Days are those of `zone`; a view after `at` is not looked at."""
    past = [view for view in views if view.at <= at]
    today = at.astimezone(zone).date()
    spent = [sum(view.weight for view in past if _age(view, today, zone) < days) for days in (1, 7, 30)]
    day, week, month = (
        max(budget - used, 0)
        for budget, used in zip((version.day, version.week, version.month), spent, strict=True)
    )
    hour = max(version.hour - sum(view.weight for view in past if at - view.at < HOUR), 0)
    return Left(hour, day, week, month, _rest(past, at, version))


def _age(view: View, today: date, zone: tzinfo) -> int:
    return (today - view.at.astimezone(zone).date()).days


def _rest(past: list[View], at: datetime, version: ExposureVersion) -> datetime | None:
    """Until when somebody rests who reached the hour's budget: what was viewed before a rest is behind them.

    A view during a rest (it was not refused, or came in late from elsewhere) begins the rest again.
    """
    ends: datetime | None = None
    running: list[View] = []
    for view in sorted(past, key=lambda one: one.at):
        resting = ends is not None and view.at < ends
        running = [one for one in running if view.at - one.at < HOUR] + [view]
        if resting or sum(one.weight for one in running) >= version.hour:
            ends, running = view.at + timedelta(minutes=version.rest_minutes), []
    return ends if ends is not None and at < ends else None


def over(weight: int, remaining: Left, version: ExposureVersion) -> list[str]:
    """A sentence for each budget that views of this weight together would go over; none when all allow it.

    The hour's is not asked: who has reached it rests, and goes on.
    """
    found = []
    for name, budget, rest in (
        ("today", version.day, remaining.day),
        ("in the last seven days", version.week, remaining.week),
        ("in the last thirty days", version.month, remaining.month),
    ):
        if weight > rest:
            found.append(f"{rest} of {budget} is left {name}, and this weighs {weight}")
    return found

"""What a pause does to a deadline, and when a deadline is near, in the unit its period counts in."""

from __future__ import annotations

from collections.abc import Container
from datetime import UTC, date, datetime, timedelta

from lapwing.policy.topics.clocks import Period, Unit
from lapwing.rules.clocks import UK, add_working_days, is_working_day


def resumed(
    due: datetime, paused: datetime, resumed: datetime, unit: Unit, holidays: Container[date]
) -> datetime:
    """The new due moment, in UTC, of a clock that stood still from `paused` to `resumed`.

    What was left is left. Hours: the hours left. Days: as many days after the day of resuming as there were
    after the day of pausing, working days where the period counts those. Resumed at once: due as before.
    """
    due, paused, resumed = (moment.astimezone(UTC) for moment in (due, paused, resumed))
    if resumed < paused:
        raise ValueError("resumed before it was paused")
    if unit == "hours":
        return due + (resumed - paused)
    first, last, today = (moment.astimezone(UK).date() for moment in (paused, due, resumed))
    if today == first:
        return due
    left = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    if unit == "calendar_days":
        day = today + timedelta(days=len(left))
    else:
        day = add_working_days(today, sum(is_working_day(day, holidays) for day in left), holidays)
    return datetime.combine(day, due.astimezone(UK).time(), UK).astimezone(UTC)


def warn_from(due: datetime, before: Period, holidays: Container[date]) -> datetime:
    """The moment, in UTC, from which a clock due at `due` is near: `before` earlier, in its unit."""
    if before.unit == "hours":
        return due.astimezone(UTC) - timedelta(hours=before.amount)
    local = due.astimezone(UK)
    day, left = local.date(), before.amount
    while left:
        day -= timedelta(days=1)
        left -= before.unit == "calendar_days" or is_working_day(day, holidays)
    return datetime.combine(day, local.time(), UK).astimezone(UTC)

"""Clocks: when something is due. Days are the United Kingdom's, whatever zone the start is written in."""

from __future__ import annotations

from collections.abc import Container
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lapwing.policy.topics.clocks import Period

UK = ZoneInfo("Europe/London")
END_OF_DAY = time(23, 59, 59)


def due(start: datetime, period: Period, holidays: Container[date]) -> datetime:
    """The last instant in time, in UTC, for what began at `start` (which must have a zone).

    Hours are elapsed hours, whether or not the clocks change. Days are counted from the day after `start`,
    and end at 23:59:59 in the UK; a working day is Monday to Friday and not in `holidays`. A later start is
    never due earlier.
    """
    if start.tzinfo is None:
        raise ValueError("a start needs a time zone")
    if period.unit == "hours":
        return start.astimezone(UTC) + timedelta(hours=period.amount)
    day = start.astimezone(UK).date()
    if period.unit == "calendar_days":
        day += timedelta(days=period.amount)
    else:
        day = add_working_days(day, period.amount, holidays)
    return datetime.combine(day, END_OF_DAY, UK).astimezone(UTC)


def is_working_day(day: date, holidays: Container[date]) -> bool:
    """Monday to Friday, and not a bank holiday."""
    return day.weekday() < 5 and day not in holidays


def add_working_days(day: date, amount: int, holidays: Container[date]) -> date:
    """The `amount`th working day after `day`; for 0, `day` itself or the first working day after it."""
    if amount == 0:
        while not is_working_day(day, holidays):
            day += timedelta(days=1)
        return day
    while amount:
        day += timedelta(days=1)
        amount -= is_working_day(day, holidays)
    return day

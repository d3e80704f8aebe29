"""What holds of every deadline."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapwing.policy import holidays
from lapwing.policy.topics.clocks import Period
from lapwing.rules.clocks import add_working_days, due, is_working_day

UK = ZoneInfo("Europe/London")
HOLIDAYS = holidays.england_wales()
FIRST, LAST = datetime(2015, 1, 1), datetime(2045, 1, 1)  # noqa: DTZ001  Hypothesis adds the zone
starts = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
units = st.sampled_from(["working_days", "hours", "calendar_days"])
periods = st.builds(lambda amount, unit: Period(amount=amount, unit=unit), st.integers(0, 60), units)


@given(starts, periods)
def test_nothing_is_due_before_it_starts(start: datetime, period: Period) -> None:
    assert due(start, period, HOLIDAYS) >= start.replace(microsecond=0)


@given(starts, st.timedeltas(timedelta(0), timedelta(days=400)), periods)
def test_a_later_start_is_never_due_earlier(start: datetime, later: timedelta, period: Period) -> None:
    assert due(start + later, period, HOLIDAYS) >= due(start, period, HOLIDAYS)


@given(starts, st.integers(0, 59), units)
def test_a_longer_period_is_never_due_earlier(start: datetime, amount: int, unit: str) -> None:
    shorter, longer = (Period(amount=n, unit=unit) for n in (amount, amount + 1))  # type: ignore[arg-type]
    assert due(start, longer, HOLIDAYS) >= due(start, shorter, HOLIDAYS)


@given(starts, st.integers(0, 60))
def test_working_days_end_on_a_working_day_at_its_end_in_the_uk(start: datetime, amount: int) -> None:
    answer = due(start, Period(amount=amount, unit="working_days"), HOLIDAYS).astimezone(UK)
    assert is_working_day(answer.date(), HOLIDAYS)
    assert (answer.hour, answer.minute, answer.second) == (23, 59, 59)


@given(starts, st.integers(1, 60))
def test_there_are_as_many_working_days_between_as_were_asked_for(start: datetime, amount: int) -> None:
    day = start.date()
    end = add_working_days(day, amount, HOLIDAYS)
    between = (day + timedelta(days=n) for n in range(1, (end - day).days + 1))
    assert sum(is_working_day(each, HOLIDAYS) for each in between) == amount


@given(starts, periods)
def test_the_zone_a_start_is_written_in_changes_nothing(start: datetime, period: Period) -> None:
    elsewhere = start.astimezone(ZoneInfo("America/Los_Angeles"))
    assert due(elsewhere, period, HOLIDAYS) == due(start, period, HOLIDAYS)


def test_a_start_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        due(datetime(2026, 11, 24), Period(amount=1, unit="hours"), HOLIDAYS)  # noqa: DTZ001


def test_holidays_are_whatever_is_handed_in() -> None:
    friday = datetime(2026, 11, 27, 12, tzinfo=UTC)
    one = Period(amount=1, unit="working_days")
    assert due(friday, one, {date(2026, 11, 30)}).date() == date(2026, 12, 1)
    assert due(friday, one, set()).date() == date(2026, 11, 30)


def test_a_period_is_said_in_words() -> None:
    assert str(Period(amount=1, unit="working_days")) == "1 working day"
    assert str(Period(amount=4, unit="hours")) == "4 hours"

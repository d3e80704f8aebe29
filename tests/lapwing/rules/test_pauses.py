"""What a pause gives back, and when a clock is near its end."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapwing.policy import holidays
from lapwing.policy.topics.clocks import Period
from lapwing.rules.clocks import UK, due
from lapwing.rules.pauses import resumed, warn_from

DAYS = holidays.england_wales()
START = datetime.fromisoformat("2024-01-01")
MOMENTS = st.datetimes(START, START + timedelta(days=1500), timezones=st.just(UTC))
PERIODS = st.builds(
    Period, amount=st.integers(1, 30), unit=st.sampled_from(["hours", "working_days", "calendar_days"])
)


def uk(text: str) -> datetime:
    """A moment of 2026 in the United Kingdom."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=UK)


CASES = [
    # unit, due, paused, resumed, due again, reason
    ("hours", "03-02T12:00", "03-02T10:00", "03-02T15:00", "03-02T17:00", "two hours left"),
    ("hours", "03-29T06:00", "03-28T22:00", "03-29T09:00", "03-29T16:00", "7 real hours: the clocks change"),
    ("working_days", "03-06T23:59", "03-03T09:00", "03-10T17:00", "03-13T23:59", "three working days left"),
    ("working_days", "04-02T23:59", "04-01T09:00", "04-02T09:00", "04-07T23:59", "Easter is between"),
    ("working_days", "03-06T23:59", "03-06T09:00", "03-07T09:00", "03-09T23:59", "on its last day, a Friday"),
    ("calendar_days", "03-06T23:59", "03-03T09:00", "03-10T17:00", "03-13T23:59", "three days left"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "was", "paused", "again", "becomes", "reason"), CASES, ids=[c[-1] for c in CASES]
)
def test_what_was_left_is_left(
    unit: str, was: str, paused: str, again: str, becomes: str, reason: str
) -> None:
    assert resumed(uk(was), uk(paused), uk(again), unit, DAYS) == uk(becomes), reason  # type: ignore[arg-type]


@given(MOMENTS, PERIODS)
def test_a_clock_resumed_at_once_is_due_when_it_was(start: datetime, period: Period) -> None:
    moment = due(start, period, DAYS)
    assert resumed(moment, start, start, period.unit, DAYS) == moment


@given(MOMENTS, PERIODS, st.timedeltas(timedelta(0), timedelta(days=200)), st.floats(0, 1))
def test_a_pause_never_brings_a_deadline_nearer(
    start: datetime, period: Period, length: timedelta, share: float
) -> None:
    moment = due(start, period, DAYS)
    paused = start + (moment - start) * share
    again = resumed(moment, paused, paused + length, period.unit, DAYS)
    assert again >= moment
    assert again >= paused + length


def test_a_clock_cannot_resume_before_it_paused() -> None:
    with pytest.raises(ValueError, match="before it was paused"):
        resumed(uk("03-06T12:00"), uk("03-03T12:00"), uk("03-02T12:00"), "hours", DAYS)


def test_a_working_day_before_the_tuesday_after_easter_is_the_thursday() -> None:
    warned = warn_from(uk("04-07T23:59:59"), Period(amount=1, unit="working_days"), DAYS)
    assert warned == uk("04-02T23:59:59")
    assert date(2026, 4, 6) in DAYS


@given(MOMENTS, PERIODS, PERIODS)
def test_the_warning_is_never_after_the_end(start: datetime, period: Period, before: Period) -> None:
    moment = due(start, period, DAYS)
    assert warn_from(moment, before, DAYS) <= moment

"""What a registered offender notifies by when, and for how long, by notification.toml."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.cases import cases

from lapwing.policy import load
from lapwing.rules.notification import (
    Away,
    Registered,
    Stay,
    disposal_of,
    duties,
    last_day,
    missing,
    qualifying_day,
    reviewable_from,
    within,
)

VERSION = load("notification").on(date(2026, 11, 26))
DAYS = st.dates(date(2015, 1, 1), date(2040, 12, 31))
INSTANTS = st.builds(
    lambda hours: datetime(2015, 1, 1, tzinfo=UTC) + timedelta(hours=hours), st.integers(0, 220_000)
)
AWAY = st.builds(lambda begins, days: Away(begins, begins + timedelta(days)), DAYS, st.integers(0, 400))
STAYS = st.builds(
    lambda began, hours, child, notified: Stay("a", began, began + timedelta(hours=hours), child, notified),
    INSTANTS,
    st.integers(0, 500),
    st.sampled_from([True, False, None]),
    st.none() | DAYS,
)
REGISTERED = st.builds(
    Registered,
    relevant_on=DAYS,
    disposal=st.sampled_from(sorted(VERSION.periods)),
    under_18=st.sampled_from([True, False, None]),
    first_on=st.none() | DAYS,
    last_on=st.none() | DAYS,
    no_fixed_address=st.booleans(),
    away=st.lists(AWAY, max_size=3).map(tuple),
    stays=st.lists(STAYS, max_size=3).map(tuple),
)


def registered(case: dict[str, Any]) -> Registered:
    return msgspec.convert(case["registered"], Registered)


@cases("notification_periods")
def test_periods(case: dict[str, Any]) -> None:
    last = last_day(registered(case), VERSION)
    assert (last.isoformat() if last else "") == case["last"]


@cases("notification")
def test_duties(case: dict[str, Any]) -> None:
    one = registered(case)
    found = duties(one, case["now"], VERSION)
    assert [f"{duty.kind} {duty.due_at:%Y-%m-%dT%H:%MZ}" for duty in found] == case["duties"]
    assert [duty.kind for duty in missing(one, case["now"], VERSION)] == case["missing"]


@pytest.mark.parametrize(
    ("months", "days", "disposal"),
    [
        (30, 0, "imprisonment_long"),
        (29, 30, "imprisonment_middle"),
        (6, 1, "imprisonment_middle"),  # more than six months
        (6, 0, "imprisonment_short"),
        (0, 14, "imprisonment_short"),
    ],
)
def test_the_length_of_a_term_says_the_disposal(months: int, days: int, disposal: str) -> None:
    assert disposal_of(months, days, VERSION) == disposal


def test_only_a_period_without_end_is_reviewed_after_fifteen_years_or_eight() -> None:
    one = Registered(date(2010, 5, 4), "imprisonment_long", first_on=date(2012, 2, 29))
    assert reviewable_from(one, VERSION) == date(2027, 3, 1)
    young = Registered(date(2010, 5, 4), "imprisonment_long", under_18=True, first_on=date(2012, 2, 29))
    assert reviewable_from(young, VERSION) == date(2020, 3, 1)
    assert reviewable_from(Registered(date(2010, 5, 4), "imprisonment_long"), VERSION) is None
    assert reviewable_from(Registered(date(2010, 5, 4), "caution", first_on=one.first_on), VERSION) is None


@given(REGISTERED, INSTANTS)
def test_nothing_missing_is_due_later_and_nothing_is_due_after_the_period(
    one: Registered, now: datetime
) -> None:
    last = last_day(one, VERSION)
    for duty in missing(one, now, VERSION):
        assert duty.due_at <= now
        assert last is None or duty.due_at.date() <= last + timedelta(days=1)


@given(REGISTERED, INSTANTS, st.integers(1, 4000))
def test_what_is_missing_stays_missing_until_it_is_notified(
    one: Registered, now: datetime, hours: int
) -> None:
    later = {(duty.kind, duty.since) for duty in missing(one, now + timedelta(hours=hours), VERSION)}
    assert {(duty.kind, duty.since) for duty in missing(one, now, VERSION)} <= later


@given(DAYS, st.lists(AWAY, max_size=4))
def test_days_away_only_ever_put_a_duty_off_and_never_end_it_on_one(day: date, away: list[Away]) -> None:
    due = within(day, "initial", away, VERSION)
    assert due is not None
    assert due >= within(day, "initial", [], VERSION)
    assert not any(one.holds(due) for one in away)


@given(REGISTERED)
def test_being_under_18_never_lengthens_and_not_knowing_never_shortens(one: Registered) -> None:
    young, unknown = (
        last_day(msgspec.structs.replace(one, under_18=age), VERSION) or date.max for age in (True, None)
    )
    assert young <= unknown


@given(st.lists(STAYS, max_size=5), DAYS)
def test_seven_days_at_one_place_are_never_fewer(stays: list[Stay], on: date) -> None:
    day = qualifying_day(stays, on, VERSION)
    hours = sum((stay.ended_at - stay.began_at for stay in stays if stay.ended_at), timedelta())
    if day is not None:
        assert day <= on
        assert hours >= timedelta(days=VERSION.stay_days - 2 * len(stays))

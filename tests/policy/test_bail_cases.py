"""When pre-charge bail ends, by the table in bail.toml."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.cases import cases

from lapwing.policy import load
from lapwing.rules.bail import (
    StageEnd,
    WithProsecutor,
    authoriser,
    end_of_months,
    midnight_after,
    months_from,
    stages,
)

TOPIC = load("bail")


def ends(arrested: date, *stops: tuple[date, date | None], designated: bool = False) -> list[StageEnd]:
    away = [WithProsecutor(*stop) for stop in stops]
    return stages(arrested, away, TOPIC.on(arrested), designated=designated)


@cases("bail")
def test_bail_ends(case: dict[str, Any]) -> None:
    day = lambda said: date.fromisoformat(said) if said else None  # noqa: E731
    stops = [(day(sent), day(back)) for sent, back in case["stops"]]
    found = ends(case["arrested"], *stops, designated=case.get("designated", False))  # type: ignore[arg-type]
    assert [end.last_on.isoformat() if end.last_on else "" for end in found] == case["last"]


def test_bail_ends_at_midnight_in_the_united_kingdom() -> None:
    assert midnight_after(date(2026, 1, 28)) == datetime(2026, 1, 29, tzinfo=UTC)
    assert midnight_after(date(2026, 7, 28)) == datetime(2026, 7, 28, 23, tzinfo=UTC)
    assert midnight_after(date(2026, 3, 28)) == datetime(
        2026, 3, 29, tzinfo=UTC
    )  # the clocks change that day
    assert midnight_after(date(2026, 3, 29)) == datetime(2026, 3, 29, 23, tzinfo=UTC)


def test_who_may_extend_follows_the_stage_that_reaches_so_far() -> None:
    now = ends(date(2026, 1, 10))
    assert authoriser(date(2026, 4, 10), now) == "custody_officer"
    assert authoriser(date(2026, 4, 11), now) == "inspector"
    assert authoriser(date(2026, 10, 10), now) == "superintendent"
    assert authoriser(date(2026, 10, 11), now) is None  # only a court
    complex_case = ends(date(2026, 1, 10), designated=True)
    assert authoriser(date(2026, 10, 11), complex_case) == "assistant_chief_constable"
    assert authoriser(date(2027, 1, 11), complex_case) is None
    before = ends(date(2018, 1, 10))
    assert authoriser(date(2018, 2, 8), before) == "superintendent"
    assert authoriser(date(2030, 1, 1), ends(date(2016, 1, 10))) == "custody_officer"


def test_what_nobody_confirmed_says_so() -> None:
    version = TOPIC.on(date(2026, 1, 1))
    assert [stage.cited_in(version).confirmed for stage in version.stages] == [True, False, False]


@pytest.mark.parametrize(
    "stops",
    [
        [(date(2026, 1, 9), None)],  # before the arrest
        [(date(2026, 2, 9), date(2026, 2, 8))],  # back before it was sent
        [(date(2026, 2, 1), None), (date(2026, 3, 1), None)],  # sent while it was there
        [(date(2026, 2, 1), date(2026, 2, 9)), (date(2026, 2, 8), None)],
    ],
)
def test_stops_that_cannot_be_are_refused(stops: list[tuple[date, date | None]]) -> None:
    with pytest.raises(ValueError, match="cannot have been with the prosecutor"):
        ends(date(2026, 1, 10), *stops)


@pytest.mark.parametrize(
    ("granted", "last", "why"),
    [
        (date(2026, 3, 2), date(2026, 6, 2), "the day of the same number"),
        (date(2026, 2, 28), date(2026, 5, 28), "also from the last day of a month"),
        (date(2025, 11, 30), date(2026, 2, 28), "February has no 30th"),
        (date(2023, 11, 30), date(2024, 2, 29), "nor in a leap year"),
        (date(2024, 2, 29), date(2024, 5, 29), "from a leap day"),
        (date(2025, 10, 15), date(2026, 1, 15), "over the end of a year"),
    ],
)
def test_a_warrant_runs_three_months_from_its_day(granted: date, last: date, why: str) -> None:
    assert months_from(granted, 3) == last, why
    assert months_from(granted, 3) <= end_of_months(granted, 3)


DAYS = st.dates(date(2017, 4, 3), date(2040, 12, 31))


@given(DAYS, st.integers(0, 300), st.integers(0, 60))
def test_later_is_never_earlier_and_a_stop_never_shortens(arrested: date, sent: int, away: int) -> None:
    plain = ends(arrested)
    lasts = [end.plain_last_on for end in plain]
    assert lasts == sorted(lasts)
    assert all(arrested < last for last in lasts)
    following = ends(arrested + timedelta(days=1))
    if len(following) == len(plain):
        assert all(one.plain_last_on <= two.plain_last_on for one, two in zip(plain, following, strict=True))
    sent_on = arrested + timedelta(days=sent)
    stopped = ends(arrested, (sent_on, sent_on + timedelta(days=away)))
    for one, two in zip(plain, stopped, strict=True):
        assert two.last_on is not None
        added = (two.last_on - one.plain_last_on).days
        least = (sent_on + timedelta(days=away + 6) - one.plain_last_on).days  # seven days are left at least
        assert added == (max(away, least) if sent_on <= one.plain_last_on else 0)

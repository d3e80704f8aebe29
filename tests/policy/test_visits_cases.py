"""When an offender is next visited and assessed, and how many a manager has, by visits.toml."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.cases import cases

from lapwing.policy import load
from lapwing.rules.visits import Managed, assessment_due, caseload, overdue, plan_obstacle, visit_due

VISITS = load("visits")
VERSION = VISITS.on(date(2026, 11, 26))
DAYS = st.dates(date(2017, 1, 1), date(2060, 12, 31))
MANAGED = st.builds(
    Managed,
    level=st.sampled_from(sorted(VERSION.levels)),
    since=DAYS,
    visited_on=st.none() | DAYS,
    planned_on=st.none() | DAYS,
    clear_since=st.none() | DAYS,
)


@cases("visits")
def test_visits(case: dict[str, Any]) -> None:
    due = visit_due(Managed(**case["managed"]), case["on"], VISITS.on(case["on"]))
    assert (due.latest_on.isoformat() if due.latest_on else "") == case["latest"]
    assert (due.due_on.isoformat() if due.due_on else "") == case["due"]


@given(MANAGED, DAYS)
def test_no_plan_puts_a_visit_past_what_the_level_allows(one: Managed, on: date) -> None:
    due = visit_due(one, on, VERSION)
    if due.latest_on is not None:
        assert due.due_on is not None
        assert due.due_on <= due.latest_on


@given(MANAGED, DAYS, st.integers(0, 1000))
def test_a_plan_is_refused_past_the_bound_and_in_the_past(one: Managed, on: date, days: int) -> None:
    latest = visit_due(one, on, VERSION).latest_on
    assert plan_obstacle(on - timedelta(days=1), one, on, VERSION)
    if latest is not None:
        assert plan_obstacle(max(latest, on) + timedelta(days=1 + days), one, on, VERSION)
        assert plan_obstacle(max(latest, on), one, on, VERSION) is None


def test_an_assessment_has_a_day_of_its_own_and_is_not_overdue_on_it() -> None:
    due = assessment_due(Managed("low", date(2020, 1, 1), assessed_on=date(2024, 2, 29)), VERSION)
    assert due == date(2025, 2, 28)
    assert not overdue(due, due)
    assert overdue(due, due + timedelta(days=1))
    assert not overdue(None, due)


@pytest.mark.parametrize(
    ("offenders", "managers", "said"),
    [
        (100, 2, "reasonable"),  # 50 each
        (101, 2, "over"),
        (150, 2, "alarm"),
        (700, 7, "alarm"),  # 100 each, as in paragraph 91
        (1, 0, "alarm"),  # nobody manages them
        (0, 0, "reasonable"),
    ],
)
def test_caseload(offenders: int, managers: int, said: str) -> None:
    assert caseload(offenders, managers, VERSION) == said

"""Which group a record is in, when it is reviewed, and what keeps it, by the table in retention.toml."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.policy.cases import cases

from lapwing.policy import load
from lapwing.rules.retention import Kept, group, obstacles, review_on, shown_from

VERSION = load("retention").on(date(2026, 11, 26))
DAYS = st.dates(date(1950, 1, 1), date(2060, 12, 31))
UNKNOWN = st.sampled_from([None, False, True])
KEPT = st.builds(
    Kept,
    ended_on=st.none() | DAYS,
    suspect_identified=st.booleans(),
    offence=st.booleans(),
    managed=UNKNOWN,
    serious=UNKNOWN,
    youngest_on=st.none() | DAYS,
    reviewed_on=st.none() | DAYS,
    held=st.booleans(),
    linked=st.integers(0, 3),
)


@cases("retention")
def test_retention(case: dict[str, Any]) -> None:
    kept = Kept(**{"ended_on": None, **case["kept"]})
    due = review_on(kept, VERSION)
    assert group(kept) == case["group"]
    assert (due.isoformat() if due else "") == case["review"]
    assert len(obstacles(kept, case["on"], VERSION)) == case["obstacles"]


@given(KEPT, DAYS)
def test_nothing_under_a_hold_needed_open_or_early_may_go(kept: Kept, on: date) -> None:
    if obstacles(kept, on, VERSION):
        return
    due = review_on(kept, VERSION)
    assert not kept.held
    assert not kept.linked
    assert due is not None
    assert due <= on


@given(KEPT, DAYS, st.integers(0, 5000))
def test_what_may_go_today_may_go_later(kept: Kept, on: date, days: int) -> None:
    if not obstacles(kept, on, VERSION):
        assert not obstacles(kept, on + timedelta(days=days), VERSION)


@given(KEPT, UNKNOWN, UNKNOWN)
def test_finding_out_never_lengthens_what_unknown_keeps(
    kept: Kept, managed: bool | None, serious: bool | None
) -> None:
    """Of what is not known, the answer that keeps longest is taken."""
    if not kept.offence or not kept.suspect_identified:
        return
    unknown = Kept(kept.ended_on, True)
    assert group(unknown) <= group(Kept(kept.ended_on, True, managed=managed, serious=serious))


def test_a_review_is_shown_before_it_is_due() -> None:
    kept = Kept(date(2020, 11, 26), suspect_identified=False)
    assert shown_from(kept, VERSION) == date(2026, 11, 26) - timedelta(days=90)
    assert shown_from(Kept(None, suspect_identified=False), VERSION) is None


def test_what_nobody_confirmed_says_so() -> None:
    assert not [one for one in VERSION.groups.values() if one.cited_in(VERSION).confirmed]

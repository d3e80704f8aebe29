"""What of their budget somebody has left, by the table in exposure.toml."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from tests.policy.cases import cases

from lapwing.policy import load
from lapwing.rules.exposure import View, counts, left, over, weight_of

UK = ZoneInfo("Europe/London")
NOON = datetime(2026, 11, 26, 12, tzinfo=UK)
VERSION = load("exposure").on(NOON.date())


@cases("exposure")
def test_what_is_left(case: dict[str, Any]) -> None:
    views = [View(NOON - timedelta(hours=hours), weight) for hours, weight in case["views"]]
    found = left(views, NOON, UK, VERSION)
    assert [found.hour, found.day, found.week, found.month] == case["left"]
    assert (found.rest_until is not None) == case["rests"]
    assert len(over(case["asks"], found, VERSION)) == case["refused"]


def test_a_day_of_25_hours_is_one_day() -> None:
    night = datetime(2026, 10, 25, 23, 30, tzinfo=UK)  # clocks went back at two that morning
    early = datetime(2026, 10, 25, 0, 10, tzinfo=UK)
    assert left([View(early, 10)], night, UK, VERSION).day == VERSION.day - 10
    assert left([View(early - timedelta(minutes=20), 10)], night, UK, VERSION).day == VERSION.day


def test_a_kind_that_policy_does_not_name_weighs_as_much_as_the_heaviest() -> None:
    assert weight_of("hologram", VERSION) == max(kind.weight for kind in VERSION.kinds.values())


def test_a_known_hash_and_a_stack_seen_before_never_count() -> None:
    assert counts("a", known=False, seen=["b"])
    assert not counts("a", known=True, seen=[])
    assert not counts("a", known=False, seen=["a"])


VIEWS = st.lists(
    st.builds(
        View, st.integers(0, 50 * 24 * 60).map(lambda m: NOON - timedelta(minutes=m)), st.integers(1, 90)
    ),
    max_size=40,
)


@given(VIEWS, st.integers(1, 400))
def test_nothing_is_ever_left_below_nothing_and_one_more_view_never_leaves_more(
    views: list[View], asked: int
) -> None:
    before = left(views, NOON, UK, VERSION)
    after = left([*views, View(NOON, 1)], NOON, UK, VERSION)
    for name in ("hour", "day", "week", "month"):
        assert 0 <= getattr(after, name) <= getattr(before, name) <= getattr(VERSION, name)
    if before.rest_until:
        assert NOON < before.rest_until <= NOON + timedelta(minutes=VERSION.rest_minutes)
        assert after.rest_until is not None
    if not over(asked, before, VERSION):
        assert asked <= min(before.day, before.week, before.month)
    assert before.spent == bool(over(1, before, VERSION))


@given(VIEWS)
def test_the_order_in_which_views_come_in_is_nothing(views: list[View]) -> None:
    assert left(views, NOON, UK, VERSION) == left(views[::-1], NOON, UK, VERSION)

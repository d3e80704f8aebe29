"""The gap detector, against what asking hour by hour finds."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lapwing.rules.restrictions import Gap, Held, Interval, gaps, union

START = datetime(2026, 1, 1, tzinfo=UTC)
HOURS = 40


def hour(number: int) -> datetime:
    return START + timedelta(hours=number)


def maybe(number: int | None) -> datetime | None:
    return None if number is None else hour(number)


@st.composite
def intervals(draw: st.DrawFn) -> tuple[datetime, datetime | None]:
    begins = draw(st.integers(-5, HOURS))
    ends = draw(st.one_of(st.none(), st.integers(begins, HOURS + 5)))
    return hour(begins), maybe(ends)


def holds(at: datetime, begins: datetime, ends: datetime | None) -> bool:
    return begins <= at and (ends is None or at < ends)


@given(
    st.lists(st.tuples(intervals(), st.booleans(), st.booleans()), max_size=6),
    st.lists(intervals(), max_size=4),
    st.integers(0, 10),
    st.one_of(st.none(), st.integers(11, HOURS)),
)
def test_it_finds_what_asking_hour_by_hour_finds(
    made: list[tuple[tuple[datetime, datetime | None], bool, bool]],
    answered: list[tuple[datetime, datetime | None]],
    since: int,
    until: int | None,
) -> None:
    held = [Held(*when, enforceable, liberty) for when, enforceable, liberty in made]
    no_contact = [Interval(*when) for when in answered]
    found = gaps(hour(since), maybe(until), held, no_contact)
    for number in range(-6, HOURS + 10):
        at = hour(number)
        case = holds(at, hour(since), maybe(until))
        covers = [one for one in held if one.enforceable or not one.liberty]
        covered = any(holds(at, one.begins, one.ends) for one in covers)
        safe = any(holds(at, one.begins, one.ends) for one in no_contact)
        assert any(holds(at, gap.begins, gap.ends) for gap in found) == (case and not covered and not safe)
    assert found == sorted(found, key=lambda gap: gap.begins)
    for one, two in pairwise(found):
        assert one.ends is not None
        assert one.ends < two.begins


def test_bail_that_lapses_before_the_order_leaves_a_gap_that_is_known_before() -> None:
    bail = Held(hour(0), hour(10), enforceable=True, liberty=True)
    order = Held(hour(14), None, enforceable=True, liberty=True)
    assert gaps(hour(0), None, [bail, order], []) == [Gap(hour(10), hour(14))]


def test_release_under_investigation_restricts_nothing() -> None:
    custody = Held(hour(0), hour(1), enforceable=True, liberty=False)
    released = Held(hour(1), None, enforceable=False, liberty=True)
    assert gaps(hour(0), None, [custody, released], []) == [Gap(hour(1), None)]


def test_intervals_that_touch_are_one_and_an_empty_one_is_none() -> None:
    assert union([Interval(hour(2), hour(4)), Interval(hour(4), hour(6)), Interval(hour(9), hour(9))]) == [
        Interval(hour(2), hour(6))
    ]

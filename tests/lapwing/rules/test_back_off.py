"""The wait before a failed job is tried again."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lapwing.policy import load
from lapwing.policy.topics.jobs import JobsVersion
from lapwing.rules.back_off import back_off

VERSION: JobsVersion = load("jobs").on(date(2026, 3, 2))
chances = st.floats(0, 1)


@given(st.integers(1, 100_000), chances, chances)
def test_it_is_never_shorter_than_the_first_nor_longer_than_the_longest(
    attempt: int, one: float, other: float
) -> None:
    least = timedelta(seconds=VERSION.first_seconds * (1 - VERSION.jitter))
    most = timedelta(seconds=VERSION.longest_seconds * (1 + VERSION.jitter))
    assert least <= back_off(attempt, one, VERSION) <= most
    if one < other:
        assert back_off(attempt, one, VERSION) <= back_off(attempt, other, VERSION)


def test_each_wait_is_the_factor_times_the_one_before_until_the_longest() -> None:
    waits = [back_off(attempt, 0.5, VERSION).total_seconds() for attempt in range(1, 9)]
    assert waits == [2, 8, 32, 128, 512, 2048, 3600, 3600]

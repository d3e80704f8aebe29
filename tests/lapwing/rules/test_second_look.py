"""Which decisions are drawn for a second look."""

from hypothesis import given
from hypothesis import strategies as st

from lapwing.rules.second_look import chosen

keys = st.text(max_size=30)
shares = st.floats(0, 1)


@given(keys, shares)
def test_the_draw_is_the_same_every_time(key: str, share: float) -> None:
    assert chosen(key, share) == chosen(key, share)


@given(keys, shares, shares)
def test_a_greater_share_draws_all_that_a_lesser_did(key: str, one: float, other: float) -> None:
    if chosen(key, min(one, other)):
        assert chosen(key, max(one, other))


@given(keys)
def test_none_and_all(key: str) -> None:
    assert not chosen(key, 0)
    assert chosen(key, 1)


def test_the_share_is_what_was_asked_for() -> None:
    drawn = sum(chosen(f"discard:{number}:0", 0.05) for number in range(20_000))
    assert 900 < drawn < 1100

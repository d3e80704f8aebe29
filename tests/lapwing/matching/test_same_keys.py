"""Which keys are among others, whichever of the two is the longer."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapwing.matching.same_keys import SHORTER, found_in

RANDOM = np.random.default_rng(3)
WORDS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=12)


@pytest.mark.parametrize(("keys", "others"), [(40, 40_000), (40_000, 40), (3_000, 3_000), (1, 17), (17, 1)])
def test_it_says_what_a_set_says(keys: int, others: int) -> None:
    one, other = (RANDOM.integers(0, 2**64, (many, 2), np.uint64) for many in (keys, others))
    shared = min(keys, others) // 2 + 1
    one[:shared] = other[RANDOM.permutation(others)[:shared]]
    one[-1, 0] = other[0, 0]  # the first word alone is not all
    held = {tuple(row) for row in other.tolist()}
    assert found_in(one, other).tolist() == [tuple(row) in held for row in one.tolist()]


@given(WORDS, WORDS, st.sampled_from([1, SHORTER * 12]))
def test_it_says_what_a_set_says_of_words_that_are_each_others_lowest_bits(
    keys: list[tuple[int, int]], others: list[tuple[int, int]], times: int
) -> None:
    """First words that tell keys apart, second words that follow from them, each some times over."""
    one = np.array([(word << 20 | 5, word) for word, _ in keys], np.uint64).reshape(-1, 2)
    other = np.array([(word << 20 | 5, word) for word, _ in others] * times, np.uint64).reshape(-1, 2)
    held = {tuple(row) for row in other.tolist()}
    assert found_in(one, other).tolist() == [tuple(row) in held for row in one.tolist()]
    held = {tuple(row) for row in one.tolist()}
    assert found_in(other, one).tolist() == [tuple(row) in held for row in other.tolist()]

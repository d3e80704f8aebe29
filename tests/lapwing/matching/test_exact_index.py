"""Exact look-ups: what is there is found, every entry of it, and nothing else, on every path."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lapwing.matching.exact_index import ExactIndex, Values, in_order
from lapwing.native import PATHS

VALUES = st.binary(min_size=20, max_size=20) | st.sampled_from([bytes(20), bytes(19) + b"1"])
SIZES = st.sampled_from([4, 8, 16, 20, 32, 144])


@pytest.mark.parametrize("path", PATHS)
@settings(max_examples=150, deadline=None)
@given(data=st.data(), size=SIZES)
def test_it_finds_what_comparing_all_finds(data: st.DataObject, size: int, path: str) -> None:
    few = st.lists(st.sampled_from([0, 1, 127, 128, 255]), min_size=size, max_size=size).map(bytes)
    values = data.draw(st.lists(few, max_size=40))
    asked = data.draw(st.lists(few | st.sampled_from(values or [bytes(size)]), max_size=40))
    entries = data.draw(st.permutations(range(len(values))))
    index = ExactIndex.build(rows(values, size), np.array(entries, np.uint32))
    wanted = [
        (number, entry)
        for number, query in enumerate(asked)
        for entry, value in sorted(zip(entries, values, strict=True))
        if value == query
    ]
    found = index.find_many(rows(asked, size), path=path)
    assert list(zip(*(array.tolist() for array in found), strict=True)) == wanted
    alone = [(number, entry) for number, query in enumerate(asked) for entry in index.find(query, path=path)]
    assert alone == wanted
    again = ExactIndex.of(index.arrays())
    assert again.find(asked[0], path=path) == index.find(asked[0], path=path) if asked else True


def rows(values: list[bytes], size: int) -> Values:
    return np.frombuffer(b"".join(values), np.uint8).reshape(len(values), size)


def test_a_long_list_of_one_value_and_of_random_ones() -> None:
    drawn = np.random.default_rng(5).integers(0, 256, (50_000, 20), np.uint8)
    drawn[10_000:20_000] = drawn[0]
    index = ExactIndex.build(drawn, np.arange(50_000, dtype=np.uint32))
    for path in PATHS:
        assert index.find(drawn[0].tobytes(), path=path) == [0, *range(10_000, 20_000)]
        queries, entries = index.find_many(drawn[20_000:], path=path)
        assert (queries + 20_000 == entries).all()
        assert len(index.find_many(drawn[30_000:] ^ 1, path=path)[0]) == 0


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.binary(min_size=20, max_size=20) | st.sampled_from([bytes(20), bytes(19) + b"\1"]), max_size=30
    )
)
def test_rows_are_put_in_the_order_of_bytes(values: list[bytes]) -> None:
    order = in_order(rows(values, 20)).tolist()
    assert order == sorted(range(len(values)), key=lambda at: (values[at], at))


@pytest.mark.parametrize(
    ("name", "array", "why"),
    [
        ("values", np.zeros((3, 3), np.uint8), "shorter than what chooses a bucket"),
        ("values", np.zeros((4, 16), np.uint8), "one value more than entries"),
        ("values", np.zeros((3, 16), np.uint16), "another type"),
        ("entries", np.zeros(2, np.uint32), "an entry less than values"),
        ("starts", np.zeros(17, np.uint32), "not to the end"),
        ("starts", np.full(17, 3, np.uint32), "not from the beginning"),
        ("starts", np.array([0, *[9] * 15, 3], np.uint32), "past the end on the way"),
        ("starts", np.zeros(16, np.uint32), "no power of two"),
        ("starts", np.zeros(0, np.uint32), "nothing"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(name: str, array: np.ndarray, why: str) -> None:
    made = ExactIndex.build(np.zeros((3, 16), np.uint8), np.arange(3, dtype=np.uint32)).arrays()
    with pytest.raises(ValueError, match=r"values|entries|starts"):
        ExactIndex.of(made | {name: array})


def test_a_hash_of_another_size_is_refused() -> None:
    index = ExactIndex.build(np.zeros((3, 16), np.uint8), np.arange(3, dtype=np.uint32))
    with pytest.raises(ValueError, match="15 bytes"):
        index.find(bytes(15))
    with pytest.raises(ValueError, match="16 bytes"):
        index.find_many(np.zeros((1, 20), np.uint8))

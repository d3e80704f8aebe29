"""The index as flat arrays, and what it refuses: it reads nothing outside them, whatever they say."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.lapwing.matching.near_lists import RANDOM, randomly

from lapwing import native
from lapwing.matching import near_index
from lapwing.matching.durable import room
from lapwing.matching.near_index import INDEXED_FROM, NearIndex

HASHES = randomly(4000, RANDOM(1))


def test_an_index_searches_where_its_arrays_lie_in_a_file(tmp_path: Path) -> None:
    index = NearIndex.build(HASHES)
    for name, array in index.arrays().items():
        np.save(tmp_path / f"{name}.npy", array)
    mapped = NearIndex.of({name: np.load(tmp_path / f"{name}.npy", mmap_mode="r") for name in index.arrays()})
    assert mapped.search(HASHES, 31).entries.tolist() == list(range(4000))
    assert mapped.size == index.size


def test_a_short_list_has_no_tables() -> None:
    short = NearIndex.build(HASHES[: INDEXED_FROM - 1])
    assert list(short.arrays()) == ["hashes"]
    assert NearIndex.of(short.arrays()).search(HASHES[:1], 31).entries.tolist() == [0]


def test_an_index_takes_little_more_than_its_arrays_must() -> None:
    index = NearIndex.build(HASHES)
    assert index.size == 4000 * (32 + 16 * (2 + 3)) + 64 + 16 * 65537 * 4


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("spread.offsets", lambda a: a[:, :-1].copy(), "does not fit"),
        ("spread.offsets", lambda a: a.astype(np.int64), "does not fit"),
        ("spread.offsets", lambda a: a[:, ::-1].copy(), "do not divide"),
        ("spread.offsets", lambda a: a + np.uint32(1), "do not divide"),
        ("spread.following", lambda a: a[:-1].copy(), "does not fit"),
        ("spread.ids", lambda a: a[:, :-1].copy(), "does not fit"),
        ("hashes", lambda a: a[:-1].copy(), "does not fit"),
        ("hashes", lambda a: a.astype(np.int64), "uint64"),
    ],
)
def test_arrays_that_do_not_fit_each_other_are_refused(name: str, change: object, said: str) -> None:
    arrays = NearIndex.build(HASHES).arrays()
    arrays[name] = change(arrays[name])  # type: ignore[operator]
    with pytest.raises(ValueError, match=said):
        NearIndex.of(arrays)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32), path=st.sampled_from(native.PATHS))
def test_tables_full_of_rubbish_never_name_an_entry_that_is_not_within_the_distance(
    seed: int, path: str
) -> None:
    random = RANDOM(seed)
    arrays = NearIndex.build(HASHES, path=path).arrays()
    arrays["spread.ids"] = random.integers(0, 256, arrays["spread.ids"].shape, dtype=np.uint8)
    arrays["spread.following"] = random.integers(0, 4, arrays["spread.following"].shape, dtype=np.uint16)
    cuts = np.sort(random.integers(0, 4001, (16, 65535), dtype=np.uint32), axis=1)
    arrays["spread.offsets"] = np.pad(cuts, ((0, 0), (1, 1)), constant_values=0)
    arrays["spread.offsets"][:, -1] = 4000
    queries = np.concatenate([HASHES[:100], random.integers(0, 2, (300, 32), dtype=np.uint8)])
    found = NearIndex.of(arrays).search(queries, 31, path=path)
    apart = np.bitwise_count(HASHES[found.entries] ^ queries[found.queries]).sum(axis=1)
    assert np.array_equal(apart, found.distances)
    assert (apart <= 31).all()


@pytest.mark.parametrize("distance", [-1, 64])
def test_a_distance_there_is_no_search_for_is_refused(distance: int) -> None:
    with pytest.raises(ValueError, match=f"the distance is {distance}; it can be 0 to 63"):
        NearIndex.build(HASHES).search(HASHES[:1], distance)


@pytest.mark.parametrize(
    "queries",
    [
        np.zeros((2, 31), np.uint8),
        np.zeros(32, np.uint8),
        np.zeros((2, 4), np.int64),
        np.zeros((2, 32), np.int8),
    ],
)
def test_queries_of_another_shape_or_type_are_refused(queries: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"hashes are \(n, 32\) uint8 or \(n, 4\) uint64"):
        NearIndex.build(HASHES).search(queries)


def test_hashes_in_any_layout_are_taken() -> None:
    wide = np.zeros((4000, 65), np.uint8)
    wide[:, 1:33] = HASHES
    wide[:, 33:] = HASHES
    unaligned = np.frombuffer(b"x" + HASHES.tobytes(), np.uint8)[1:].reshape(4000, 32)
    for hashes in (wide[:, 1:33], unaligned, np.asfortranarray(HASHES), HASHES.view(np.uint64)):
        assert NearIndex.build(hashes).search(HASHES[:50], 31).entries.tolist() == list(range(50))


def test_a_long_list_is_built_aside_and_leaves_nothing_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(near_index, "ASIDE_FROM", 100)
    made, aside = NearIndex.build(HASHES), NearIndex.build(HASHES, aside=tmp_path, threads=2)
    for name, array in aside.arrays().items():
        assert np.array_equal(array, made.arrays()[name]), name
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(OSError, match=r"No space|too large|Invalid"):
        room((1 << 60,), np.uint8, tmp_path)
    assert list(tmp_path.iterdir()) == []

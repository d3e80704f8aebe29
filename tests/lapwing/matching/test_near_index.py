"""The search for near hashes: it finds what the definition finds, on every path, at every distance."""

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.lapwing.matching.near_lists import RANDOM, Rows, around, changed, gathered, randomly, worst_lists

from lapwing import native
from lapwing.matching import kernels, near_index, tables
from lapwing.matching.kernels import Found, TooManyMatches, scan, scan_numpy
from lapwing.matching.near_index import NearIndex, rows_of


@pytest.fixture(autouse=True)
def always_the_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """A short list would be scanned: here the tables are to be asked at any length."""
    monkeypatch.setattr(near_index, "INDEXED_FROM", 1)
    monkeypatch.setattr(near_index, "PROBE", 0)


def same(found: Found, wanted: Found) -> bool:
    return all(
        np.array_equal(getattr(found, field), getattr(wanted, field))
        for field in ("queries", "entries", "distances")
    )


def defined(hashes: Rows, queries: Rows, distance: int) -> Found:
    return scan_numpy(rows_of(hashes), rows_of(queries), distance, 1 << 24)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    count=st.integers(1, 400),
    asked=st.integers(0, 250),
    distance=st.integers(0, 63),
    path=st.sampled_from(native.PATHS),
)
def test_the_index_and_the_scan_find_what_is_defined(
    seed: int, count: int, asked: int, distance: int, path: str
) -> None:
    random = RANDOM(seed)
    near = (
        around(randomly(1, random)[0], count // 2, 45, random) if count > 1 else np.zeros((0, 32), np.uint8)
    )
    hashes = np.concatenate([near, randomly(count - len(near), random)])
    queries = np.stack(
        [
            changed(hashes[random.integers(0, count)], min(256, max(0, distance + int(off))), random)
            for off in random.integers(-2, 3, asked)
        ]
        or [np.zeros(32, np.uint8)]
    )[:asked]
    wanted = defined(hashes, queries, distance)
    assert same(scan(rows_of(hashes), rows_of(queries), distance, 1 << 24, path), wanted)
    index = NearIndex.build(hashes, path=path)
    assert same(index.search(queries, distance, path=path), wanted)
    assert same(index.search(queries, distance, path=path, threads=2), wanted)


@pytest.mark.parametrize("path", native.PATHS)
@pytest.mark.parametrize("distance", [0, 1, 7, 14, 15, 16, 17, 30, 31, 32, 46, 47, 48, 62, 63])
def test_a_neighbour_at_the_distance_is_found_and_one_bit_further_is_not(distance: int, path: str) -> None:
    random = RANDOM(distance)
    hashes = randomly(500, random)
    at = np.stack([changed(row, distance, random) for row in hashes])
    beyond = np.stack([changed(row, distance + 1, random) for row in hashes])
    index = NearIndex.build(hashes, path=path)
    found = index.search(at, distance, path=path)
    assert found.queries.tolist() == found.entries.tolist() == list(range(500))
    assert set(found.distances.tolist()) == {distance}
    assert len(index.search(beyond, distance, path=path)) == 0


@pytest.mark.parametrize("path", native.PATHS)
def test_bits_gathered_in_any_place_are_found(path: str) -> None:
    random = RANDOM(3)
    entry = randomly(1, random)[0]
    flipped = np.stack(
        [
            changed(np.zeros(32, np.uint8), min(bits, width), random, (start, start + width))
            for start in range(0, 256, 8)
            for width in (8, 16, 31, 32, 48)
            for bits in (8, 16, 31)
            if start + width <= 256
        ]
    )
    queries = entry ^ np.concatenate([flipped, gathered(flipped)])  # in the hash, and in the tables' chunks
    index = NearIndex.build(np.concatenate([randomly(300, random), entry[None]]), path=path)
    found = index.search(queries, 31, path=path)
    assert found.queries.tolist() == list(range(len(queries)))
    assert set(found.entries.tolist()) == {300}


def test_wherever_the_bits_lie_some_chunk_starts_a_run_within_the_allowances() -> None:
    """The lemma of docs/matching.md, for every ring of 4 chunks and every way to deal 0 to 7 bits to it."""
    for distance in range(8):
        each, over = divmod(distance + 1, 4)
        allowed = [each + (place < over) for place in range(4)]
        rings = np.stack(np.meshgrid(*[np.arange(distance + 1)] * 4, indexing="ij"), -1).reshape(-1, 4)
        for apart in rings[rings.sum(axis=1) <= distance].tolist():
            assert any(
                all(
                    sum(apart[(start + step) % 4] - allowed[(start + step) % 4] for step in range(length)) < 0
                    for length in range(1, 5)
                )
                for start in range(4)
            ), (distance, apart)


@pytest.mark.parametrize("path", native.PATHS)
def test_spread_bits_are_the_same_bits_elsewhere(path: str) -> None:
    each = np.packbits(np.eye(256, dtype=np.uint8), axis=1, bitorder="little")
    spread = tables.spread_bits(each.view(np.uint64), path).view(np.uint8)
    assert np.array_equal(gathered(spread), each), "each bit moves to the place that is its own"
    rows = np.unpackbits(spread[:16], axis=1, bitorder="little").nonzero()[1] // 16
    assert sorted(rows) == list(range(16)), "the bits of a row lie in as many chunks"
    hashes = randomly(1000, RANDOM(4)).view(np.uint64)
    assert np.array_equal(tables.spread_bits(hashes, path), tables.spread_numpy(hashes))


@pytest.mark.parametrize("distance", range(64))
def test_the_allowances_add_up_to_the_distance_and_one(distance: int) -> None:
    allowed = tables.allowances(distance)
    assert allowed.sum() == distance + 1
    assert allowed.max() - allowed.min() <= 1


@pytest.mark.parametrize("path", native.PATHS)
@pytest.mark.parametrize("name", worst_lists(8))
def test_the_worst_lists_are_answered_as_defined(name: str, path: str) -> None:
    hashes = worst_lists(1500)[name]
    random = RANDOM(1)
    queries = np.concatenate([hashes[:3], around(hashes[0], 5, 40, random), randomly(3, random)])
    wanted = defined(hashes, queries, 31)
    index = NearIndex.build(hashes, path=path)
    assert same(index.search(queries, 31, path=path), wanted)
    assert same(index.search(queries, 31, path=path, threads=2), wanted)
    many = np.tile(queries, (25, 1))  # more than are asked in turn
    assert len(index.search(many, 31, path=path)) == 25 * len(wanted)


@pytest.mark.parametrize("path", [path for path in native.PATHS if path != native.NUMPY])
@pytest.mark.parametrize(("alike", "dear"), [(9_600, False), (9_900, True)])
def test_what_a_query_has_spent_is_counted_once_when_the_rest_is_estimated(
    path: str, alike: int, dear: bool
) -> None:
    """Entries of one bucket of two tables, candidates in one, each a 64th to be read; a budget of 10,000."""
    spread = randomly(alike + 1, RANDOM(5))
    spread[:, :4] = 0
    spread[:, 4:6], spread[0, 4:6] = 255, 0
    rows = np.ascontiguousarray(gathered(spread)).view(np.uint64)
    made = tables.empty_tables(rows[1:])
    for table in range(16):
        tables.fill_table(made, tables.spread_bits(rows[1:]), table)
    for queries in (rows[:1], np.repeat(rows[:1], 300, axis=0)):  # in turn, and in blocks
        _, over = tables.search_tables(made, queries, 31, 10_000, 1 << 20, (0, 16), path)
        assert (over == dear).all()


@pytest.mark.parametrize("path", native.PATHS)
def test_a_query_that_would_cost_more_than_a_scan_is_scanned(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes = worst_lists(4000)["near-duplicates"]
    scanned: list[int] = []

    def watched(entries: kernels.Hashes, queries: kernels.Hashes, *rest: int | str | None) -> kernels.Packed:
        scanned.append(len(queries))
        return kernels.scan_packed(entries, queries, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(near_index, "scan_packed", watched)
    queries = np.concatenate([randomly(4, RANDOM(2)), hashes[:2]])
    found = NearIndex.build(hashes, path=path).search(queries, 31, path=path)
    assert scanned == [2]
    assert same(found, defined(hashes, queries, 31))


@pytest.mark.parametrize("path", native.PATHS)
def test_a_list_of_one_and_an_empty_one_are_lists(path: str) -> None:
    one = randomly(1, RANDOM(5))
    assert NearIndex.build(one, path=path).search(one, 0, path=path).entries.tolist() == [0]
    assert len(NearIndex.build(one[:0], path=path).search(one, 63, path=path)) == 0
    assert len(NearIndex.build(one, path=path).search(one[:0], 63, path=path)) == 0


@pytest.mark.parametrize("count", [1, 31, 32, 33, 63, 64, 65, 300])
@pytest.mark.parametrize("path", native.PATHS)
def test_identical_hashes_are_each_found_at_any_count_about_a_vector(count: int, path: str) -> None:
    hashes = np.repeat(randomly(1, RANDOM(count)), count, axis=0)
    assert NearIndex.build(hashes, path=path).search(hashes[:1], 0, path=path).entries.tolist() == list(
        range(count)
    )


def test_every_path_builds_the_same_tables() -> None:
    hashes = np.concatenate([randomly(3000, RANDOM(8)), worst_lists(500)["one chunk zero in half of them"]])
    built = [NearIndex.build(hashes, path=path, threads=2).arrays() for path in native.PATHS]
    for other in built[1:]:
        assert all(np.array_equal(built[0][name], other[name]) for name in built[0])


@pytest.mark.parametrize("path", native.PATHS)
def test_numbers_of_four_bytes_are_read_as_those_of_three(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = randomly(2000, RANDOM(9))
    monkeypatch.setattr(tables, "SHORT_IDS", 10)
    monkeypatch.setattr(near_index, "SHORT_IDS", 10)
    index = NearIndex.build(hashes, path=path)
    assert index.arrays()["spread.ids"].shape == (16, 2000, 4)
    assert same(index.search(hashes[:300], 31, path=path), defined(hashes, hashes[:300], 31))


@pytest.mark.parametrize("path", native.PATHS)
def test_more_matches_than_there_is_room_for_are_refused_and_exactly_as_many_are_not(path: str) -> None:
    hashes = np.repeat(randomly(1, RANDOM(6)), 50, axis=0)
    index = NearIndex.build(hashes, path=path)
    assert len(index.search(hashes[:10], 0, most=500, path=path)) == 500
    for threads in (1, 2):
        with pytest.raises(TooManyMatches, match="more than 499 matches"):
            index.search(hashes[:10], 0, most=499, path=path, threads=threads)


def test_batches_join_without_a_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near_index, "BATCH", 7)
    hashes = randomly(100, RANDOM(10))
    found = NearIndex.build(hashes).search(hashes, 31)
    assert found.queries.tolist() == found.entries.tolist() == list(range(100))


def test_many_threads_may_search_one_index() -> None:
    hashes = randomly(5000, RANDOM(11))
    index = NearIndex.build(hashes)
    wanted = index.search(hashes[:1000], 31)
    answers: list[Found] = []
    threads = [
        threading.Thread(target=lambda: answers.append(index.search(hashes[:1000], 31))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    assert all(same(answer, wanted) for answer in answers)

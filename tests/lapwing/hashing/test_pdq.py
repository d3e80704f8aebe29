"""PDQ: what the published implementation gives, the same on every path, whichever way the picture lies."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.lapwing.hashing.pictures import made

from lapwing.hashing.pdq import ORIENTATIONS, PdqHashing, pdq_numpy, pdq_of
from lapwing.hashing.pdq.bands import band
from lapwing.hashing.pdq.decimating import add_rows_numpy
from lapwing.hashing.pdq.reference import box_filtered, decimated, luminance, samples
from lapwing.native import PATHS

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "pdq_cases.json").read_text())
if len(PATHS) > 1:
    from lapwing import _native


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case['width']}x{case['height']}x{case['channels']}"
)
def test_every_bit_and_the_quality_are_those_of_the_published_implementation(case: dict[str, Any]) -> None:
    pixels = made(case["height"], case["width"], case["seed"], case["channels"])
    value, quality = pdq_numpy(pixels)
    assert (value.hex(), quality) == (case["hash"], case["quality"])
    for path in PATHS:
        found = pdq_of(pixels, path=path)
        assert (found.hex, found.quality) == (case["hash"], case["quality"]), path


@pytest.mark.parametrize("length", [*range(5, 140), 255, 256, 640, 1000, 4000, 4096, 65535])
def test_a_band_is_two_box_filters_and_the_samples(length: int) -> None:
    side = np.random.default_rng(length).uniform(0, 255, (3, length))
    for turned in (False, True):
        way = -1 if turned else 1
        filtered = box_filtered(box_filtered(side[:, ::way]))[:, samples(length)][:, ::way]
        found = side @ band(length, turned).matrix(0, length).T
        np.testing.assert_allclose(found, filtered, atol=1e-3)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize(("height", "width"), [(128, 256), (97, 300), (61, 40), (256, 384)])
def test_a_picture_stored_turned_has_the_hash_of_the_picture_the_right_way_up(
    height: int, width: int, orientation: int, path: str
) -> None:
    stored = made(height, width, orientation)
    upright = ORIENTATIONS[orientation].of(stored)
    assert pdq_of(stored, orientation, path=path) == pdq_of(upright, path=path)
    assert pdq_of(upright, path=path).value == pdq_numpy(upright)[0]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_the_eight_hashes_are_exactly_those_of_the_eight_turned_pictures(orientation: int, path: str) -> None:
    stored = made(256, 420, 5)
    upright = ORIENTATIONS[orientation].of(stored)
    ways = pdq_of(stored, orientation, turned=True, path=path).turned
    assert ways == tuple(pdq_of(turn.of(upright), path=path).value for turn in ORIENTATIONS.values())
    assert len(set(ways)) == 8


@settings(max_examples=40, deadline=None)
@given(st.integers(5, 150), st.integers(5, 150), st.integers(0, 99), st.sampled_from([1, 3]), st.data())
def test_however_the_rows_come_the_samples_are_those_of_the_reference(
    height: int, width: int, seed: int, channels: int, data: st.DataObject
) -> None:
    pixels = made(height, width, seed, channels)
    cuts = sorted(data.draw(st.lists(st.integers(0, height), max_size=4)))
    for path in PATHS:
        hashing = PdqHashing(height, width, channels, path=path)
        for start, end in zip([0, *cuts], [*cuts, height], strict=True):
            hashing.add(pixels[start:end])
        found = hashing._decimating.samples(ORIENTATIONS[1])
        np.testing.assert_allclose(found, decimated(luminance(pixels)), atol=2e-3)


@settings(max_examples=40, deadline=None)
@given(st.integers(5, 260), st.integers(1, 300), st.integers(0, 2**32 - 1))
def test_every_native_path_gives_the_same_floats_at_every_width(height: int, width: int, seed: int) -> None:
    rows = np.random.default_rng(seed).integers(0, 256, (height, width), np.uint8)
    down = band(height)
    sums = [np.zeros((64, width), np.float32) for _ in PATHS]
    add_rows_numpy(sums[0], rows, 0, down)
    for path, found in zip(PATHS[1:], sums[1:], strict=True):
        _native.pdq_rows(found, rows, 0, down.starts, down.weights, path)
        assert np.array_equal(found, sums[1]), path
        np.testing.assert_allclose(found, sums[0], atol=2e-3)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"sums": np.zeros((63, 9), np.float32)}, "63 sums"),
        ({"rows": np.zeros((4, 10), np.uint8)}, "rows of another width"),
        ({"starts": np.zeros(3, np.int32)}, "three starts"),
        ({"starts": np.arange(64, 0, -1, dtype=np.int32)}, "starts that fall"),
        ({"starts": np.full(64, -1, np.int32)}, "a start before the picture"),
        ({"weights": np.zeros((0,), np.float32)}, "no weights"),
        ({"first": -1}, "a row before the first"),
    ],
)
def test_a_band_that_does_not_fit_is_refused_and_nothing_is_read_beyond(
    change: dict[str, Any], reason: str
) -> None:
    fits: dict[str, Any] = {
        "sums": np.zeros((64, 9), np.float32),
        "rows": np.zeros((4, 9), np.uint8),
        "first": 0,
        "starts": np.zeros(64, np.int32),
        "weights": np.zeros((64, 1), np.float32),
    }
    for path in PATHS[1:]:
        _refused(path, fits, change)


def _refused(path: str, fits: dict[str, Any], change: dict[str, Any]) -> None:
    _native.pdq_rows(*fits.values(), path)
    with pytest.raises(ValueError, match="do not fit"):
        _native.pdq_rows(*(fits | change).values(), path)
    samples_, along = np.empty((64, 64), np.float32), band(9)
    with pytest.raises(ValueError, match="do not fit"):
        _native.pdq_columns(samples_, fits["sums"], 1, along.starts + np.int32(9), along.weights)


@pytest.mark.parametrize(
    ("height", "width", "channels", "orientation"),
    [(4, 100, 3, 1), (100, 4, 1, 1), (0, 0, 3, 1), (9, 9, 4, 1), (9, 9, 2, 1), (9, 9, 3, 0), (9, 9, 3, 9)],
)
def test_what_has_no_hash_is_refused(height: int, width: int, channels: int, orientation: int) -> None:
    with pytest.raises(ValueError, match=r"too few|channels"):
        PdqHashing(height, width, channels, orientation)


def test_rows_missing_or_too_many_are_never_a_hash() -> None:
    hashing = PdqHashing(10, 10, 1)
    hashing.add(np.zeros((9, 10), np.uint8))
    with pytest.raises(ValueError, match="9 rows of 10"):
        hashing.finish()
    with pytest.raises(ValueError, match="do not fit"):
        hashing.add(np.zeros((2, 10), np.uint8))
    with pytest.raises(ValueError, match="do not fit"):
        hashing.add(np.zeros((1, 11), np.uint8))


def test_a_flat_picture_has_a_hash_of_no_quality_and_says_so() -> None:
    flat = pdq_of(np.full((200, 200, 3), 77, np.uint8))
    assert (flat.quality, flat.low_quality) == (0, True)
    assert not pdq_of(made(200, 200, 1)).low_quality

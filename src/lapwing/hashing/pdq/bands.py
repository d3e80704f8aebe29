"""Blur and decimation along one side as one matrix.

Both are linear, and what is done along the rows does not care what is done down the columns. So the two box
filters and the choice of 64 samples are a matrix of 64 rows, nearly all zeros: each sample is a weighted mean
of the pixels about it. A picture's samples are `down @ luminance @ along.T`, and no blurred picture is made.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from lapwing.hashing.pdq.reference import SIDE, Floats, reach, samples


class Band(Struct, frozen=True):
    """Sample k is `weights[k] @ side[starts[k] : starts[k] + weights.shape[1]]`; `starts` never falls."""

    starts: npt.NDArray[np.int32]  # (64,)
    weights: npt.NDArray[np.float32]  # (64, taps)

    @property
    def taps(self) -> int:
        """How many pixels a sample is made of."""
        return int(self.weights.shape[1])

    def matrix(self, first: int, count: int) -> Floats:
        """(64, count): the columns from `first` on of the whole matrix."""
        places = np.arange(first, first + count)[None, :] - self.starts[:, None]
        inside = (places >= 0) & (places < self.taps)
        values = np.take_along_axis(self.weights, np.clip(places, 0, self.taps - 1), axis=1)
        return np.where(inside, values, np.float32(0))


@lru_cache(maxsize=256)
def band(length: int, turned: bool = False) -> Band:
    """The matrix of a side of `length` pixels.

    `turned`: of a side whose pixels come in the opposite order. Its samples come in the order of the pixels,
    so whoever asks turns them. (The published filter is not symmetrical: a window of even width reaches one
    pixel further after its place than before.)
    """
    before, after = reach(length)
    middles = samples(length)[:, None] + np.arange(-before, after + 1)[None, :]  # of the second filter
    whole = (middles >= 0) & (middles < length)
    first, beyond = np.maximum(middles - before, 0), np.minimum(middles + after + 1, length)
    share = np.where(whole, 1 / (whole.sum(axis=1, keepdims=True) * (beyond - first)), 0)
    taps = min(length, 2 * (before + after) + 1)
    starts = np.clip(samples(length) - 2 * before, 0, length - taps)
    edges = np.zeros(
        (SIDE, taps + 1)
    )  # where a share begins and where it ends; their running sum is the weight
    rows = np.broadcast_to(np.arange(SIDE)[:, None], middles.shape)
    np.add.at(edges, (rows[whole], (first - starts[:, None])[whole]), share[whole])
    np.add.at(edges, (rows[whole], (beyond - starts[:, None])[whole]), -share[whole])
    weights = np.cumsum(edges, axis=1)[:, :taps]
    if turned:
        starts, weights = (length - taps - starts)[::-1], weights[::-1, ::-1]
    return Band(np.ascontiguousarray(starts, np.int32), np.ascontiguousarray(weights, np.float32))

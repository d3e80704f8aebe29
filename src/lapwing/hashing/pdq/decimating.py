"""The 64 by 64 samples of a picture whose rows come a strip at a time, in NumPy and in C.

The rows are summed up first, as bytes in whichever channels they come; the luminance is linear too, so it is
worked out of 64 rows and not of the whole picture.
"""

import numpy as np
import numpy.typing as npt

from lapwing.hashing.pdq.bands import Band, band
from lapwing.hashing.pdq.orientations import Turn
from lapwing.hashing.pdq.reference import LUMINANCE, SIDE, Floats, Pixels
from lapwing.native import NUMPY, PATHS, path_in_use

if len(PATHS) > 1:
    from lapwing import _native

STRIP = 64  # rows that NumPy takes at once: their floats stay in the cache

Sums = npt.NDArray[np.float32]


def add_rows_numpy(sums: Sums, rows: Pixels, first: int, down: Band) -> None:
    """Add `rows`, (count, bytes), which begin at row `first` of the picture, to `sums`, (64, bytes)."""
    for at in range(0, len(rows), STRIP):
        strip = rows[at : at + STRIP]
        weights = down.matrix(first + at, len(strip))
        touched = np.flatnonzero(weights.any(axis=1))
        if len(touched):
            low, high = int(touched[0]), int(touched[-1]) + 1
            sums[low:high] += weights[low:high] @ strip.astype(np.float32)


def along_rows_numpy(sums: Sums, channels: int, along: Band) -> npt.NDArray[np.float32]:
    """(64, 64): the samples along each of the 64 rows of `sums`, (64, width * channels)."""
    shades = sums if channels == 1 else sums.reshape(SIDE, -1, channels) @ np.array(LUMINANCE, np.float32)
    found: npt.NDArray[np.float32] = shades @ along.matrix(0, shades.shape[1]).T.astype(np.float32)
    return found


class Decimating:
    """`add()` the rows of a picture in order, then ask for its samples, in any of the ways it can lie.

    `channels` is 3 for RGB and 1 for grey; `ways` says which row may be the first: False the one that came
    first, True the last. Memory is 64 rows of floats for each, whatever the height.
    """

    def __init__(
        self, height: int, width: int, channels: int, ways: set[bool], path: str | None = None
    ) -> None:
        self._height, self._width, self._channels = height, width, channels
        self._sums = {way: np.zeros((SIDE, width * channels), np.float32) for way in ways}
        self._row = 0
        self._path = path_in_use(path)

    def add(self, pixels: Pixels) -> None:
        """Take the next rows: (count, width, 3) or (count, width) bytes. Raises ValueError for others."""
        count, length = len(pixels), self._width * self._channels
        if pixels.size != count * length or self._row + count > self._height:
            raise ValueError(f"rows of {pixels.shape} do not fit a picture {self._width} wide")
        rows = np.ascontiguousarray(pixels).reshape(count, length)
        for way, sums in self._sums.items():
            down = band(self._height, way)
            if self._path == NUMPY:
                add_rows_numpy(sums, rows, self._row, down)
            else:
                _native.pdq_rows(sums, rows, self._row, down.starts, down.weights, self._path)
        self._row += count

    def samples(self, turn: Turn) -> Floats:
        """(64, 64) samples of the picture turned. Raises ValueError when rows are missing."""
        if self._row != self._height:
            raise ValueError(f"there were {self._row} rows of {self._height}")
        sums, along = self._sums[turn.rows], band(self._width, turn.columns)
        if self._path == NUMPY:
            found = along_rows_numpy(sums, self._channels, along)
        else:
            found = np.empty((SIDE, SIDE), np.float32)
            _native.pdq_columns(found, sums, self._channels, along.starts, along.weights)
        return turn.of(found.astype(np.float64))

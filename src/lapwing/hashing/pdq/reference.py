"""PDQ as it is published, in NumPy and plainly. This defines what the fast way must give.

Source: "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm", Facebook, 2019, and the
reference implementation that came with it. The numbers named here are that document's.

A picture becomes its luminance; two box filters along the rows and two down the columns, each of a width of
about 1/128 of the picture, blur it; 64 by 64 samples of it are taken, of which a cosine transform keeps 16 by
16 frequencies. A bit says whether a frequency is above the median of them all.
"""

import numpy as np
import numpy.typing as npt

LUMINANCE = (0.299, 0.587, 0.114)  # of red, green and blue, ITU-R BT.601
SIDE = 64  # samples along each side after the decimation
FREQUENCIES = 16  # kept in each direction: 1 to 16, without the constant
PASSES = 2  # box filters in each direction: two make a tent
SMALLEST = 5  # pixels; nothing with a shorter side is hashed
QUALITY_SCALE = 90  # gradients, in hundredths of the range, for one point of quality

Floats = npt.NDArray[np.floating]
Pixels = npt.NDArray[np.uint8]


def luminance(pixels: Pixels) -> Floats:
    """(height, width) floats from 0 to 255, of (height, width, 3) RGB or (height, width) grey bytes."""
    if pixels.ndim == 2:
        return pixels.astype(np.float64)
    shades: Floats = pixels.astype(np.float64) @ np.array(LUMINANCE)
    return shades


def window(length: int) -> int:
    """How many pixels a box filter takes of a side of `length`."""
    return (length + 2 * SIDE - 1) // (2 * SIDE)


def reach(length: int) -> tuple[int, int]:
    """How many pixels before and after its own place a box filter takes, along a side of `length`."""
    after = (window(length) + 2) // 2 - 1
    return window(length) - 1 - after, after


def box_filtered(rows: Floats) -> Floats:
    """The mean of each pixel and those about it in its row. At the ends the window is cut, not padded."""
    length = rows.shape[1]
    before, after = reach(length)
    places = np.arange(length)
    first, beyond = np.maximum(places - before, 0), np.minimum(places + after + 1, length)
    totals = np.zeros((rows.shape[0], length + 1))
    np.cumsum(rows, axis=1, out=totals[:, 1:])
    means: Floats = (totals[:, beyond] - totals[:, first]) / (beyond - first)
    return means


def samples(length: int) -> npt.NDArray[np.intp]:
    """The places of the 64 samples along a side: the middles of as many equal parts, rounded down."""
    return ((2 * np.arange(SIDE) + 1) * length) // (2 * SIDE)


def decimated(shades: Floats) -> Floats:
    """(64, 64) samples of a blurred (height, width) luminance."""
    for _ in range(PASSES):
        shades = box_filtered(box_filtered(shades).T).T
    height, width = shades.shape
    return shades[np.ix_(samples(height), samples(width))]


def quality(buffer: Floats) -> int:
    """0 to 100: how much there is in the 64 by 64 samples to tell one picture from another by.

    Each step between neighbours counts in whole hundredths of the range, so that faint ones count nothing.
    """
    steps = [np.trunc(np.diff(buffer, axis=axis) * 100 / 255) for axis in (0, 1)]
    return min(100, int(sum(np.abs(step).sum() for step in steps)) // QUALITY_SCALE)


def _cosines() -> Floats:
    frequency, place = np.arange(1, FREQUENCIES + 1)[:, None], np.arange(SIDE)[None, :]
    cosines: Floats = np.sqrt(2 / SIDE) * np.cos(np.pi / (2 * SIDE) * frequency * (2 * place + 1))
    return cosines


COSINES = _cosines()


def transformed(buffer: Floats) -> Floats:
    """(16, 16): the frequencies 1 to 16 each way of the 64 by 64 samples."""
    frequencies: Floats = COSINES @ buffer @ COSINES.T
    return frequencies


def bits(frequencies: Floats) -> bytes:
    """32 bytes: the last frequency is the first bit. Of 256 the median is the lower of the middle two."""
    flat = frequencies.reshape(-1)
    median = np.partition(flat, flat.size // 2 - 1)[flat.size // 2 - 1]
    return np.packbits((flat > median)[::-1]).tobytes()


def pdq_numpy(pixels: Pixels) -> tuple[bytes, int]:
    """The hash and the quality of RGB or grey bytes, the right way up. This defines them."""
    buffer = decimated(luminance(pixels))
    return bits(transformed(buffer)), quality(buffer)

"""Pictures made by whole-number arithmetic from a seed: the same bytes everywhere, and of nothing."""

import random
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]


def made(height: int, width: int, seed: int, channels: int = 3) -> Pixels:
    """(height, width, 3) RGB, or (height, width) for one channel: waves, a few discs and some grain."""
    draw = random.Random(seed).random
    y, x = np.mgrid[0:height, 0:width].astype(np.int64)
    y, x = y * 4096 // height, x * 4096 // width
    shades = [_waves(y, x, draw) for _ in range(channels)]
    for _ in range(6):
        middle_y, middle_x, radius = (int(draw() * 4096) for _ in range(3))
        disc = (y - middle_y) ** 2 + (x - middle_x) ** 2 < (radius // 3) ** 2
        for shade in shades:
            shade[disc] += int(draw() * 160) - 80
    contrast = (8, 8, 4, 2, 1)[seed % 5]  # in eighths: some pictures are faint, so that their quality is low
    shades = [np.clip(128 + (shade - 128) * contrast // 8, 0, 255) for shade in shades]
    pixels = np.stack(shades, axis=2).astype(np.uint8)
    return pixels if channels == 3 else pixels[:, :, 0]


def _waves(
    y: npt.NDArray[np.int64], x: npt.NDArray[np.int64], draw: Callable[[], float]
) -> npt.NDArray[np.int64]:
    shade = np.full(y.shape, 128, np.int64)
    for _ in range(10):
        across, down, phase, high = (int(draw() * most) for most in (15, 15, 4096, 24))
        shade += np.abs((across * x + down * y + phase) % 4096 - 2048) * high // 1024 - high
    return shade + (x * 7919 + y * 104729 + x * y) % 11 - 5


def apart(one: bytes, other: bytes) -> int:
    """Bits that differ."""
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count()

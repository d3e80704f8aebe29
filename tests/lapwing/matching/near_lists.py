"""Made-up lists of hashes for the search's tests: random, alike, and as bad for an index as can be."""

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.uint8]
RANDOM = np.random.default_rng


def changed(row: Rows, bits: int, random: np.random.Generator, within: tuple[int, int] = (0, 256)) -> Rows:
    """The hash with exactly so many bits changed, all of them from `within`."""
    flipped = np.zeros(256, np.uint8)
    flipped[random.choice(np.arange(*within), bits, replace=False)] = 1
    return row ^ np.packbits(flipped)


def gathered(spread: Rows) -> Rows:
    """The hashes that have these bits when they are spread: so a test says what lies in which chunk."""
    row, column = np.divmod(np.arange(256), 16)
    bits = np.unpackbits(spread, axis=1, bitorder="little")
    return np.packbits(bits[:, (row + 3 * column) % 16 * 16 + column], axis=1, bitorder="little")


def randomly(count: int, random: np.random.Generator) -> Rows:
    """Hashes with nothing in common."""
    return random.integers(0, 256, (count, 32), dtype=np.uint8)


def around(centre: Rows, count: int, most: int, random: np.random.Generator) -> Rows:
    """Hashes at 0 to `most` bits from one."""
    order = np.argsort(random.random((count, 256)), axis=1)
    flipped = order < random.integers(0, most + 1, count)[:, None]
    return centre ^ np.packbits(flipped, axis=1)


def worst_lists(count: int) -> dict[str, Rows]:
    """Lists of one hash over and over, of near-duplicates, of chunks that are all zero, and of few values."""
    random = RANDOM(7)
    zeros = randomly(count, random)
    zeros[:, :16] = 0
    half = randomly(count, random)
    half[::2, 6:8] = 0
    few = random.choice(np.array([0, 1, 128, 255], np.uint8), (count, 32))
    clusters = np.concatenate([around(randomly(1, random)[0], count // 8, 12, random) for _ in range(8)])
    return {
        "identical": np.repeat(randomly(1, random), count, axis=0),
        "all zero": np.zeros((count, 32), np.uint8),
        "half of each zero": gathered(zeros),
        "one chunk zero in half of them": gathered(half),
        "bytes of four values": gathered(few),
        "near-duplicates": around(randomly(1, random)[0], count, 40, random),
        "clusters": clusters,
    }

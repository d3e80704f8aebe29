"""How many bits of PDQ, and how much quality, Lapwing differs by from pdqhash, on generated pictures.

pdqhash is the published C++ for Python. The pictures are those of the tests, in every kind of size.

    python -m benchmarks.pdq_agreement --pictures 300

`--record FILE` writes cases for the tests: sizes, seeds, and what pdqhash says of them.
"""

import argparse
import json
import random
from collections import Counter
from pathlib import Path

import numpy as np
import pdqhash
from tests.lapwing.hashing.pictures import Pixels, apart, made

from lapwing.hashing.pdq import ORIENTATIONS, Pdq, pdq_numpy, pdq_of
from lapwing.native import PATHS

SIZES = [(5, 5), (5, 200), (63, 64), (64, 64), (65, 127), (128, 128), (129, 300), (240, 320), (256, 1024)]
ORDER = (0, 5, 2, 4, 6, 3, 7, 1)  # of pdqhash's eight ways, in the order of EXIF's numbers
RECORDED = 22


def peer(pixels: Pixels) -> tuple[list[bytes], int]:
    """The eight hashes in EXIF's order, and the quality, as pdqhash has them."""
    colours = pixels if pixels.ndim == 3 else np.repeat(pixels[:, :, None], 3, axis=2)
    ways, quality = pdqhash.compute_dihedral(np.ascontiguousarray(colours))
    return [np.packbits(ways[place]).tobytes() for place in ORDER], int(quality)


def sizes(count: int, most: int = 1600) -> list[tuple[int, int]]:
    """Small, odd and ordinary sizes, the same each time."""
    draw = random.Random(31)
    return (SIZES + [(draw.randint(5, most), draw.randint(5, most)) for _ in range(count)])[:count]


def compare(count: int) -> None:
    """Print how often each difference was seen, a line a way of working it out."""
    differ: dict[str, Counter[tuple[int, int]]] = {}
    signs: Counter[int] = Counter()
    for seed, (height, width) in enumerate(sizes(count)):
        pixels = made(height, width, seed, 1 if seed % 4 == 3 else 3)
        ways, quality = peer(pixels)
        found = {path: pdq_of(pixels, path=path) for path in PATHS} | {"reference": Pdq(*pdq_numpy(pixels))}
        for name, own in found.items():
            differ.setdefault(name, Counter())[apart(own.value, ways[0]), own.quality - quality] += 1
        turned = [peer(turn.of(pixels))[0][0] for turn in ORIENTATIONS.values()]
        signs[max(apart(way, whole) for way, whole in zip(ways, turned, strict=True))] += 1
        exact = pdq_of(pixels, turned=True).turned
        worst = max(apart(way, whole) for way, whole in zip(exact, turned, strict=True))
        differ.setdefault("the worst of the eight ways", Counter())[worst, 0] += 1
    for name, seen in differ.items():
        told = (f"{n} pictures {b} bits {q:+} quality" for (b, q), n in sorted(seen.items()))
        print(f"{name}: {', '.join(told)}")
    told = (f"{n} pictures {b} bits" for b, n in sorted(signs.items()))
    print(
        f"pdqhash's own eight ways, the worst of them, from its hash of the turned picture: {', '.join(told)}"
    )


def record(path: Path) -> None:
    """Write what pdqhash says of a few pictures, for tests that run without it."""
    cases = []
    for seed, (height, width) in enumerate(sizes(RECORDED, 600)):
        channels = 1 if seed % 4 == 3 else 3
        (whole, *_), quality = peer(made(height, width, seed, channels))
        row = {"height": height, "width": width, "seed": seed, "channels": channels, "quality": quality}
        cases.append(row | {"hash": whole.hex()})
    path.write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")


def main() -> None:
    """Compare, or record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=300)
    parser.add_argument("--record", type=Path, metavar="FILE")
    given = parser.parse_args()
    if given.record:
        record(given.record)
    else:
        compare(given.pictures)


if __name__ == "__main__":
    main()

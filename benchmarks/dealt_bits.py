"""How many entries a search looks at for nothing: with a PDQ's rows as chunks, and with its bits dealt anew.

Counted, not timed, on hashes of crops of a folder's pictures, of crops of generated ones, and on random
hashes. Matches are left out. The numbers are for a list of a million, at 31 bits (docs/matching.md).

    python -m benchmarks.dealt_bits FOLDER --entries 20000 --queries 400
"""

import argparse
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image
from tests.lapwing.hashing.pictures import made

from lapwing.hashing.pdq import pdq_of
from lapwing.matching.tables import spread_numpy

DISTANCE, QUALITY, MILLION = 31, 50, 1_000_000
Rows = npt.NDArray[np.uint8]


def crops(pictures: list[npt.NDArray[np.uint8]], count: int, random: np.random.Generator) -> Rows:
    """Hashes of so many crops of pictures, each of a fifth to the whole of its picture's sides."""
    found: list[bytes] = []
    while len(found) < count:
        picture = pictures[int(random.integers(len(pictures)))]
        high, wide = (int(side * random.uniform(0.2, 1)) for side in picture.shape[:2])
        top = int(random.integers(picture.shape[0] - high + 1))
        left = int(random.integers(picture.shape[1] - wide + 1))
        pdq = pdq_of(np.ascontiguousarray(picture[top : top + high, left : left + wide]))
        if pdq.quality >= QUALITY:
            found.append(pdq.value)
    return np.frombuffer(b"".join(found), np.uint8).reshape(-1, 32)


def looked_at(hashes: Rows, queries: int) -> tuple[float, float]:
    """Entries of a million that the mean query looks at, and whole hashes that it compares, for nothing."""
    words, looked, compared = hashes.view(np.uint64), 0, 0
    for query in words[:queries]:
        apart = words[queries:] ^ query
        apart = apart[np.bitwise_count(apart).sum(axis=1) > DISTANCE]
        chunks = np.bitwise_count(apart.view(np.uint16)).astype(np.int16)
        near = chunks <= 1
        looked += int(near.sum())
        compared += int((near & (chunks + np.roll(chunks, -1, 1) <= 3)).sum())
    share = MILLION / (queries * (len(hashes) - queries))
    return looked * share, compared * share


def photographs(folder: Path) -> list[npt.NDArray[np.uint8]]:
    """The pictures of a folder."""
    return [np.asarray(Image.open(path).convert("RGB")) for path in sorted(folder.iterdir())]


def main() -> None:
    """Print a line for each list."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, nargs="?", help="photographs to crop")
    parser.add_argument("--entries", type=int, default=20_000)
    parser.add_argument("--queries", type=int, default=400)
    arguments = parser.parse_args()
    random, size = np.random.default_rng(5), arguments.entries + arguments.queries
    lists = {"random": random.integers(0, 256, (size, 32), np.uint8)}
    lists["crops of 8 made pictures"] = crops([made(600, 800, seed, 3) for seed in range(8)], size, random)
    if arguments.folder:
        pictures = photographs(arguments.folder)
        lists[f"crops of {len(pictures)} photographs"] = crops(pictures, size, random)
    print("list | looked at, as rows | dealt | compared, as rows | dealt")
    for name, hashes in lists.items():
        rows, dealt = (
            looked_at(one, arguments.queries)
            for one in (hashes, spread_numpy(hashes.view(np.uint64)).view(np.uint8))
        )
        print(f"{name} | {rows[0]:,.0f} | {dealt[0]:,.0f} | {rows[1]:,.0f} | {dealt[1]:,.0f}", flush=True)


if __name__ == "__main__":
    main()

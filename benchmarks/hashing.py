"""PDQ from JPEG bytes against the decoder's own time and against the peers; the exact hashes against OpenSSL.

Every way takes its turn in each round, so that whatever else the machine does falls on all of them. Ratios
are worked out round by round. The pictures are the tests' generated ones, saved at quality 85 by Pillow.

    python -m benchmarks.hashing --rounds 15

pdqhash and threatexchange are measured where they are installed (pip install pdqhash threatexchange).
"""

import argparse
import hashlib
import importlib.util
import os
import statistics
import time
from collections.abc import Callable
from io import BytesIO

import numpy as np
import simplejpeg
from PIL import Image
from tests.lapwing.hashing.pictures import apart, made

from lapwing.hashing import Digesting
from lapwing.hashing.limits import Limits
from lapwing.hashing.pdq import pdq_of
from lapwing.hashing.pictures import pdq_of_picture
from lapwing.native import PATHS

SIZES = {"1 megapixel": (1024, 1024), "12 megapixels": (3000, 4000)}
LIMITS = Limits()
Ways = dict[str, Callable[[], object]]


Clock = Callable[[], float]


def seconds(way: Callable[[], object], clock: Clock) -> float:
    """How long it takes once."""
    begun = clock()
    way()
    return clock() - begun


def interleaved(ways: Ways, rounds: int, clock: Clock = time.perf_counter) -> dict[str, list[float]]:
    """Each way's seconds, a figure a round, after one round that does not count."""
    for way in ways.values():
        way()
    seen: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            seen[name].append(seconds(way, clock))
    return seen


def spread(figures: list[float], form: str) -> str:
    """The median, and from the least to the most."""
    shown = (format(figure, form) for figure in (statistics.median(figures), min(figures), max(figures)))
    return "{} ({} to {})".format(*shown)


def ways_for(content: bytes) -> Ways:
    """The decoder alone, Lapwing's ways, and the peers that are here."""
    pixels = simplejpeg.decode_jpeg(content, "RGB")
    ways: Ways = {
        "decoder alone": lambda: simplejpeg.decode_jpeg(content, "RGB"),
        "decoder, luminance only": lambda: simplejpeg.decode_jpeg(content, "GRAY"),
        "lapwing": lambda: pdq_of_picture(content, LIMITS),
        "lapwing, eight ways": lambda: pdq_of_picture(content, LIMITS, turned=True),
    }
    for path in PATHS:
        ways[f"pixels to PDQ, {path}"] = lambda path=path: pdq_of(pixels, path=path)  # type: ignore[misc]
    if importlib.util.find_spec("pdqhash"):
        import pdqhash

        ways["pixels to PDQ, pdqhash"] = lambda: pdqhash.compute(pixels)
    if importlib.util.find_spec("threatexchange"):
        from threatexchange.signal_type.pdq.pdq_hasher import pdq_from_bytes

        ways["threatexchange"] = lambda: pdq_from_bytes(content)
    return ways


def pictures(rounds: int, clock: Clock) -> None:
    """Print each way's milliseconds and what it is of the decoder's and of the peers'."""
    for name, (height, width) in SIZES.items():
        file = BytesIO()
        Image.fromarray(made(height, width, 1)).save(file, "JPEG", quality=85)
        seen = interleaved(ways_for(file.getvalue()), rounds, clock)
        print(f"\n{name}, a JPEG of {len(file.getvalue()):,} bytes")
        for way, figures in seen.items():
            print(f"  {way:28} {spread([1000 * figure for figure in figures], '7.2f')} ms")
        for limit in ("decoder alone", "threatexchange"):
            if limit in seen:
                pairs = zip(seen["lapwing"], seen[limit], strict=True)
                over = [own / other if limit == "decoder alone" else other / own for own, other in pairs]
                told = "times its time:" if limit == "decoder alone" else "times as fast as"
                print(f"  lapwing: {spread(over, '.2f')} {told} {limit}")


def luminance_only(count: int) -> None:
    """Print how many bits a JPEG's own luminance plane, and a scaled decode, are off the RGB decode."""
    off: dict[str, list[int]] = {"luminance plane": [], "half size": [], "quarter size": []}
    for seed in range(count):
        file = BytesIO()
        Image.fromarray(made(600 + seed, 800, seed)).save(file, "JPEG", quality=(50, 75, 85, 95)[seed % 4])
        content = file.getvalue()
        whole = pdq_of(simplejpeg.decode_jpeg(content, "RGB")).value
        plane = simplejpeg.decode_jpeg(content, "GRAY")[:, :, 0]
        off["luminance plane"].append(apart(pdq_of(plane).value, whole))
        for name, factor in (("half size", 2), ("quarter size", 4)):
            image = Image.open(BytesIO(content))
            image.draft("RGB", (image.width // factor, image.height // factor))
            off[name].append(apart(pdq_of(np.asarray(image)).value, whole))
    print(f"\nbits off the RGB decode, {count} pictures at qualities 50, 75, 85 and 95")
    for name, bits in off.items():
        print(f"  {name:28} mean {statistics.mean(bits):.2f}, most {max(bits)}")


def streams(megabytes: int, rounds: int) -> None:
    """Print the rate of the three digests in one pass, against hashlib's (OpenSSL) one after the other."""
    block = os.urandom(1 << 20)

    def one(names: list[str]) -> None:
        hashes = [hashlib.new(name, usedforsecurity=False) for name in names]
        for _ in range(megabytes):
            for hashing in hashes:
                hashing.update(block)

    def all_at_once() -> None:
        with Digesting() as digesting:
            for _ in range(megabytes):
                digesting.update(block)
            digesting.finish()

    names = ["md5", "sha1", "sha256"]
    ways: Ways = {"lapwing, all three": all_at_once, "OpenSSL, all three": lambda: one(names)}
    for name in names:
        ways[f"OpenSSL, {name}"] = lambda name=name: one([name])  # type: ignore[misc]
    seen = interleaved(ways, rounds)
    print(f"\nexact hashes of {megabytes} MiB")
    for name, figures in seen.items():
        print(f"  {name:28} {spread([megabytes / figure for figure in figures], '.0f')} MiB/s")
    for limit in ("OpenSSL, all three", "OpenSSL, md5"):
        over = [other / own for own, other in zip(seen["lapwing, all three"], seen[limit], strict=True)]
        print(f"  lapwing: {spread(over, '.2f')} times the rate of {limit}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--pictures", type=int, default=52, help="for the bits off")
    parser.add_argument("--megabytes", type=int, default=256)
    parser.add_argument(
        "--processor",
        action="store_true",
        help="of pictures the processor's time, for a machine that is busy",
    )
    given = parser.parse_args()
    pictures(given.rounds, time.process_time if given.processor else time.perf_counter)
    luminance_only(given.pictures)
    streams(given.megabytes, given.rounds)


if __name__ == "__main__":
    main()

"""A picture's PDQ and its quality, fast: from rows as they are decoded, or from all pixels at once."""

from msgspec import Struct

from lapwing.hashing.pdq.decimating import Decimating
from lapwing.hashing.pdq.orientations import ORIENTATIONS
from lapwing.hashing.pdq.reference import COSINES, SMALLEST, Floats, Pixels, bits, quality, transformed
from lapwing.native import NUMPY, PATHS, path_in_use

if len(PATHS) > 1:
    from lapwing import _native

LOW_QUALITY = 50  # below it the published document would not match by the hash: it is kept, and flagged


class Pdq(Struct, frozen=True):
    """A hash and how much may be told by it."""

    value: bytes  # 32
    quality: int  # 0 to 100
    turned: tuple[bytes, ...] = ()  # the eight ways the picture can lie, in EXIF's order, where asked for

    @property
    def hex(self) -> str:
        """64 lower-case letters and digits, as lists have it."""
        return self.value.hex()

    @property
    def low_quality(self) -> bool:
        """Too little in the picture to match by: flat, or nearly so."""
        return self.quality < LOW_QUALITY


def hashed(samples: Floats, path: str) -> tuple[bytes, int]:
    """The hash and the quality of 64 by 64 samples."""
    if path == NUMPY:
        return bits(transformed(samples)), quality(samples)
    found = _native.pdq_bits(samples, COSINES)
    return found[:-1], found[-1]


class PdqHashing:
    """`add()` the rows of a picture from the first to the last, then `finish()`.

    `orientation` is EXIF's number of how the rows lie. It costs nothing: the pixels are not moved. With
    `turned` the hash of each of the eight ways is worked out too, each exactly that of the turned picture.
    (The published way, to change signs in the transform, was up to 42 bits off: docs/hashing.md.) Raises
    ValueError for a picture with a side shorter than SMALLEST, and for an orientation that is none.
    """

    def __init__(
        self,
        height: int,
        width: int,
        channels: int,
        orientation: int = 1,
        *,
        turned: bool = False,
        path: str | None = None,
    ) -> None:
        if min(height, width) < SMALLEST:
            raise ValueError(f"{width} by {height} pixels are too few: a side must have {SMALLEST}")
        if orientation not in ORIENTATIONS or channels not in (1, 3):
            raise ValueError(f"orientation {orientation}, {channels} channels")
        upright = ORIENTATIONS[orientation]
        self._turns = [upright.then(turn) for turn in ORIENTATIONS.values()] if turned else [upright]
        self._path = path_in_use(path)
        self._decimating = Decimating(
            height, width, channels, {turn.rows for turn in self._turns}, self._path
        )

    def add(self, pixels: Pixels) -> None:
        """Take the next rows: (count, width, 3) RGB or (count, width) grey bytes."""
        self._decimating.add(pixels)

    def finish(self) -> Pdq:
        """The hash of the picture the right way up. Raises ValueError when rows are missing."""
        (value, own_quality), *others = (
            hashed(self._decimating.samples(turn), self._path) for turn in self._turns
        )
        return Pdq(value, own_quality, (value, *(way for way, _ in others)) if others else ())


def pdq_of(pixels: Pixels, orientation: int = 1, *, turned: bool = False, path: str | None = None) -> Pdq:
    """The hash of (height, width, 3) RGB or (height, width) grey bytes. Raises ValueError as PdqHashing."""
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    height, width = pixels.shape[0], pixels.shape[1]
    hashing = PdqHashing(height, width, channels, orientation, turned=turned, path=path)
    hashing.add(pixels)
    return hashing.finish()

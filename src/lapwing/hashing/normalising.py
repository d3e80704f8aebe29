"""Pixels of every kind made into 8-bit grey or RGB, as they are hashed: strip by strip, so memory is small.

CMYK becomes RGB as the decoder has it (with Adobe's inversion undone); a palette is looked up; of 16 bits the
high eight are kept, as a PNG decoder that strips to 8 bits does. Alpha is left out: the colours under it are
hashed as they are stored. So do the published tools and pdqhash, which take the first three channels, so the
hash on a list and the hash made here of one file are the same.
"""

from collections.abc import Iterator

import numpy as np
from PIL import Image

from lapwing.hashing.failures import CannotHash
from lapwing.hashing.pdq.reference import Pixels

STRIP = 256  # rows made into arrays at once
_GREY = {"1", "L", "LA", "La"}
_COLOUR = {"RGB", "RGBA", "RGBX", "RGBa", "P", "PA", "CMYK", "YCbCr", "HSV"}
_DEEP = {"I;16", "I;16L", "I;16B", "I;16N"}


def channels_of(image: Image.Image) -> int:
    """1 when it is hashed as grey, 3 as RGB. Raises CannotHash for pixels of another kind."""
    if image.mode in _GREY or _is_deep(image):
        return 1
    if image.mode in _COLOUR:
        return 3
    raise CannotHash("unsupported_pixels", image.mode)


def strips(image: Image.Image) -> Iterator[Pixels]:
    """The rows of a decoded picture: (count, width) or (count, width, 3) bytes."""
    width, height = image.size
    for top in range(0, height, STRIP):
        yield _normalised(image, image.crop((0, top, width, min(height, top + STRIP))))


def _normalised(image: Image.Image, strip: Image.Image) -> Pixels:
    if _is_deep(image):
        return (np.asarray(strip).astype(np.uint32) >> 8).astype(np.uint8)
    if image.mode in _GREY:
        return np.asarray(strip.convert("LA").getchannel(0) if image.mode == "La" else strip.convert("L"))
    if image.mode == "RGBa":
        strip = strip.convert("RGBA")
    return np.asarray(strip.convert("RGB"))


def _is_deep(image: Image.Image) -> bool:
    """16 bits of grey. A PNG has no more than that, though some versions of Pillow give it as 32."""
    return image.mode in _DEEP or (image.mode == "I" and image.format == "PNG")

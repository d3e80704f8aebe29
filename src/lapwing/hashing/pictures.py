"""From the bytes of a picture to its PDQ. Run it where a decoder may die: see `worker`."""

from io import BytesIO

import simplejpeg
from PIL import Image

from lapwing.hashing.exif_orientation import jpeg_orientation
from lapwing.hashing.failures import CannotHash
from lapwing.hashing.limits import Limits
from lapwing.hashing.normalising import channels_of, strips
from lapwing.hashing.pdq import ORIENTATIONS, SMALLEST, Pdq, PdqHashing, pdq_of
from lapwing.hashing.recognising import other_picture_format, picture_format

_ORIENTATION = 0x0112  # the EXIF tag
_QUICK = {
    "Gray": "GRAY",
    "YCbCr": "RGB",
    "RGB": "RGB",
}  # colours of a JPEG that the quick decoder gives whole


def pdq_of_picture(content: bytes, limits: Limits, *, turned: bool = False) -> Pdq:
    """The PDQ of a picture file, of its first frame where it moves, the right way up.

    Raises CannotHash, and MemoryError where the process has a limit.
    """
    decoder = picture_format(content)
    if decoder is None:
        other = other_picture_format(content)
        raise CannotHash(*(("unsupported_format", other) if other else ("unrecognised",)))
    try:
        if decoder == "JPEG" and (quick := _quick(content, limits, turned)) is not None:
            return quick
        return _by_pillow(content, decoder, limits, turned)
    except (CannotHash, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise CannotHash("too_many_pixels") from error
    except (
        Exception
    ) as error:  # decoders of hostile bytes raise anything: struct.error, KeyError, SyntaxError
        raise CannotHash("damaged", type(error).__name__) from error


def _quick(content: bytes, limits: Limits, turned: bool) -> Pdq | None:
    """A JPEG through libjpeg-turbo alone; None for one that it warns of, or does not give as RGB or grey.

    The pixels are those that Pillow gives, from the same library with the same settings.
    """
    try:
        height, width, colours, _ = simplejpeg.decode_jpeg_header(content)
        _check(width, height, limits)
        if colours not in _QUICK:
            return None
        pixels = simplejpeg.decode_jpeg(content, _QUICK[colours])
    except ValueError:
        return None
    return pdq_of(pixels[:, :, 0] if colours == "Gray" else pixels, jpeg_orientation(content), turned=turned)


def _by_pillow(content: bytes, decoder: str, limits: Limits, turned: bool) -> Pdq:
    if decoder == "HEIF":
        _register_heif()
    with Image.open(BytesIO(content), formats=[decoder]) as image:
        _check(*image.size, limits)
        channels_of(image)
        image.load()
        width, height = image.size  # a TIFF that lies turned is upright only now
        _check(width, height, limits)
        hashing = PdqHashing(height, width, channels_of(image), _orientation(image), turned=turned)
        for strip in strips(image):
            hashing.add(strip)
        return hashing.finish()


def _check(width: int, height: int, limits: Limits) -> None:
    if width * height > limits.pixels:
        raise CannotHash("too_many_pixels", f"{width} by {height}")
    if min(width, height) < SMALLEST:
        raise CannotHash("too_small", f"{width} by {height}")


def _orientation(image: Image.Image) -> int:
    """How the pixels lie, 1 to 8. One that is missing or cannot be read is 1, as every viewer has it."""
    try:
        orientation = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # EXIF is hostile bytes too, and a picture with bad EXIF is shown as it lies
        return 1
    return orientation if orientation in ORIENTATIONS else 1


def _register_heif() -> None:
    from pillow_heif import register_heif_opener  # takes a while to load, and few files need it

    register_heif_opener()

"""Picture files of every format, kind of pixel and orientation; and what is not one, refused by name."""

import struct
import warnings
import zlib
from collections.abc import Callable
from io import BytesIO

import numpy as np
import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.lapwing.hashing.pictures import Pixels, apart, made

from lapwing.hashing.exif_orientation import jpeg_orientation
from lapwing.hashing.failures import REASONS, CannotHash, Failure
from lapwing.hashing.limits import Limits
from lapwing.hashing.pdq import ORIENTATIONS, pdq_of
from lapwing.hashing.pictures import pdq_of_picture
from lapwing.hashing.recognising import picture_format

LOSSLESS = {"chroma": 444, "matrix_coefficients": 0}
COLOUR = made(240, 320, 1)
GREY = made(240, 320, 5, 1)
LIMITS = Limits()


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    file = BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def exif(orientation: int) -> Image.Exif:
    found = Image.Exif()
    found[0x0112] = orientation
    return found


def heif(image: Image.Image, **options: object) -> bytes:
    file = BytesIO()
    pillow_heif.from_pillow(image).save(file, quality=-1, **options)
    return file.getvalue()


def image_of(pixels: Pixels) -> Image.Image:
    return Image.fromarray(pixels)


def alpha(pixels: Pixels) -> Image.Image:
    image = image_of(pixels)
    image.putalpha(image_of(made(240, 320, 7, 1)))
    return image


PALETTE = image_of(COLOUR).quantize(64)
INK = image_of(GREY).convert("1")
DEEP = Image.fromarray(GREY.astype(np.uint16) * 256 + 201)
SHADES = image_of(COLOUR).convert("L")


def array_of(image: Image.Image, mode: str) -> Pixels:
    return np.asarray(image.convert(mode))


WHOLE: list[tuple[Callable[[], bytes], Callable[[], Pixels], str, str]] = [
    (lambda: saved(image_of(COLOUR), "PNG"), lambda: COLOUR, "PNG", "RGB as it is"),
    (lambda: saved(image_of(GREY), "PNG"), lambda: GREY, "PNG", "grey as it is"),
    (lambda: saved(alpha(COLOUR), "PNG"), lambda: COLOUR, "PNG", "alpha is left out"),
    (lambda: saved(alpha(COLOUR).convert("LA"), "PNG"), lambda: array_of(SHADES, "L"), "PNG", "beside grey"),
    (lambda: saved(PALETTE, "PNG"), lambda: array_of(PALETTE, "RGB"), "PNG", "a palette is looked up"),
    (lambda: saved(INK, "PNG"), lambda: array_of(INK, "L"), "PNG", "one bit is 0 or 255"),
    (lambda: saved(DEEP, "PNG"), lambda: GREY, "PNG", "16 bits: the high eight"),
    (lambda: saved(DEEP, "TIFF"), lambda: GREY, "TIFF", "and of a TIFF"),
    (lambda: saved(image_of(COLOUR), "TIFF", compression="tiff_lzw"), lambda: COLOUR, "TIFF", "packed"),
    (lambda: saved(image_of(COLOUR).convert("CMYK"), "TIFF"), lambda: COLOUR, "TIFF", "CMYK back to RGB"),
    (lambda: saved(image_of(COLOUR), "BMP"), lambda: COLOUR, "BMP", "a bitmap"),
    (lambda: saved(image_of(GREY), "GIF"), lambda: GREY, "GIF", "greys in a palette"),
    (lambda: saved(image_of(GREY), "GIF", **moving(GREY)), lambda: GREY, "GIF", "the first of two frames"),
    (lambda: saved(image_of(GREY), "PNG", **moving(GREY)), lambda: GREY, "PNG", "the first of two frames"),
    (lambda: saved(image_of(COLOUR), "WEBP", lossless=True), lambda: COLOUR, "WEBP", "lossless"),
    (lambda: heif(image_of(COLOUR), **LOSSLESS), lambda: COLOUR, "HEIF", "lossless"),
]


def moving(pixels: Pixels) -> dict[str, object]:
    return {"save_all": True, "append_images": [image_of(pixels[::-1])]}


@pytest.mark.parametrize(
    ("content", "pixels", "form", "reason"), WHOLE, ids=[f"{c[2]}-{c[3]}" for c in WHOLE]
)
def test_pixels_of_every_kind_are_hashed_as_they_are_seen(
    content: Callable[[], bytes], pixels: Callable[[], Pixels], form: str, reason: str
) -> None:
    file = content()
    assert picture_format(file) == form
    found, meant = pdq_of_picture(file, LIMITS), pdq_of(pixels())
    assert (apart(found.value, meant.value), found.quality) == (0, meant.quality), reason


@pytest.mark.parametrize(
    "options",
    [
        {"quality": 50},
        {"quality": 95, "subsampling": 0},
        {"quality": 80, "progressive": True},
        {"quality": 20},
    ],
)
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_jpeg_gives_the_hash_of_the_pixels_that_pillow_decodes(
    mode: str, options: dict[str, object]
) -> None:
    file = saved(image_of(COLOUR).convert(mode), "JPEG", **options)
    with Image.open(BytesIO(file)) as image:
        seen = np.asarray(image.convert("RGB" if mode == "CMYK" else mode))
    assert pdq_of_picture(file, LIMITS) == pdq_of(seen)
    assert apart(pdq_of(seen).value, pdq_of(COLOUR).value) <= 20


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_a_picture_is_hashed_the_right_way_up(form: str, orientation: int) -> None:
    lying = image_of(ORIENTATIONS[UPRIGHT_OF[orientation]].of(COLOUR))
    options = {"exif": exif(orientation).tobytes() if form in ("HEIF", "AVIF") else exif(orientation)}
    if form == "HEIF":
        file = heif(lying, **LOSSLESS, **options)
    else:
        quality = {"JPEG": {"quality": 95}, "WEBP": {"lossless": True}, "AVIF": {"quality": 95}}.get(form, {})
        file = saved(lying, form, **quality, **options)
    found = pdq_of_picture(file, LIMITS, turned=True)
    assert apart(found.value, pdq_of(COLOUR).value) <= (6 if form in ("JPEG", "AVIF") else 0)
    assert found.turned[UPRIGHT_OF[orientation] - 1] == pdq_of_picture(plain(file, form, lying), LIMITS).value


UPRIGHT_OF = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}  # the turn that undoes each turn


def plain(file: bytes, form: str, lying: Image.Image) -> bytes:
    """The same stored pixels with nothing said of how they lie."""
    if form in ("JPEG", "AVIF"):
        with Image.open(BytesIO(file)) as image:
            image.load()
            return saved(Image.fromarray(np.asarray(image)), "PNG")
    return saved(lying, "PNG")


def png(width: int, height: int, body: bytes = b"") -> bytes:
    """A PNG that says it is so wide and high, with whatever for its content."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


JPEG = saved(image_of(COLOUR), "JPEG")
REFUSED: list[tuple[bytes, str, str]] = [
    (b"", "unrecognised", "nothing"),
    (b"a dull text", "unrecognised", "a text"),
    (JPEG[: len(JPEG) // 2], "damaged", "half a JPEG"),
    (JPEG[:20], "damaged", "the beginning of a JPEG"),
    (saved(image_of(COLOUR), "PNG")[:-4000], "damaged", "a PNG cut short"),
    (saved(image_of(COLOUR), "WEBP")[:-400], "damaged", "a WebP cut short"),
    (heif(image_of(COLOUR))[:-400], "damaged", "a HEIC cut short"),
    (png(60000, 60000), "too_many_pixels", "a header that promises 3.6 thousand million pixels"),
    (png(3000, 3000, zlib.compress(b"\0" * 10**6)), "damaged", "a header that promises more than comes"),
    (png(4, 400), "too_small", "four pixels wide"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "unsupported_format", "JPEG XL"),
    (b"8BPS\0\1", "unsupported_format", "a PSD"),
    (saved(Image.new("RGB", (16, 16)), "ICO"), "unsupported_format", "an icon"),
    (struct.pack("<99H", *range(99)), "unrecognised", "numbers in a row, as NTFS has in $UpCase"),
    (saved(Image.new("F", (9, 9)), "TIFF"), "unsupported_pixels", "floats"),
    (saved(Image.new("I", (9, 9)), "TIFF"), "unsupported_pixels", "32 bits of grey"),
    (b"II*\0\xff\xff\xff\xff", "damaged", "a TIFF whose directory is nowhere"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "reason", "what"), REFUSED, ids=[row[2] for row in REFUSED])
def test_what_cannot_be_hashed_is_a_failure_with_a_name(content: bytes, reason: str, what: str) -> None:
    with pytest.raises(CannotHash) as caught:
        pdq_of_picture(content, LIMITS)
    assert caught.value.failure.reason == reason
    assert REASONS[reason] in str(caught.value)


def test_a_reason_that_is_not_in_the_table_is_none() -> None:
    with pytest.raises(ValueError, match="no reason"):
        Failure("bad luck")


@settings(max_examples=100, deadline=None)
@given(
    st.integers(0, 10),
    st.sampled_from(["II", "MM"]),
    st.lists(st.tuples(st.integers(0, 59), st.integers(0, 255)), max_size=3),
)
def test_the_orientation_of_a_jpeg_is_what_pillow_reads(
    orientation: int, order: str, changes: list[tuple[int, int]]
) -> None:
    content = bytearray(saved(image_of(GREY[:16, :16]), "JPEG", exif=exif_block(orientation, order)))
    for place, value in changes:
        content[20 + place] = value
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(BytesIO(content), formats=["JPEG"]) as image,
        ):
            told = image.getexif().get(0x0112, 1)
    except Exception:
        return  # no picture, so nothing lies
    own = jpeg_orientation(bytes(content))
    assert own in (told, 1) or told not in range(2, 9)  # what is damaged may be read as nothing
    if not changes:
        assert own == (orientation if 1 <= orientation <= 8 else 1)


def exif_block(orientation: int, order: str) -> bytes:
    """EXIF with a dull entry before the orientation."""
    sign = "<" if order == "II" else ">"
    rows = ((0x0100, 3, 1, 16, 0), (0x0112, 3, 1, orientation, 0))
    entries = b"".join(struct.pack(sign + "HHIHH", *row) for row in rows)
    head = order.encode() + struct.pack(sign + "HIH", 42, 8, len(rows))
    return b"Exif\0\0" + head + entries + struct.pack(sign + "I", 0)


@given(st.binary(max_size=300))
def test_any_bytes_have_an_orientation(content: bytes) -> None:
    assert 1 <= jpeg_orientation(b"\xff\xd8\xff\xe1\x00\x40Exif\0\0II" + content) <= 8

"""What a picture says of its camera, wherever in the file it says so."""

import struct
from io import BytesIO

import pytest
from PIL import ExifTags, Image

from lapwing.hashing.picture_facts import Facts, facts_of

COMMENT = b"\xff\xfe" + struct.pack(">H", 65535) + bytes(65533)
FOUND = Facts(make="A maker", taken="2026:01:05 09:00:00")


def jpeg(*, exif: bool) -> bytes:
    said = Image.Exif()
    if exif:
        said[ExifTags.Base.Make] = "A maker"
        said.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:01:05 09:00:00"
    file = BytesIO()
    Image.new("RGB", (64, 64)).save(file, "JPEG", exif=said)
    return file.getvalue()


def test_a_camera_is_named() -> None:
    assert facts_of(jpeg(exif=True), "JPEG") == FOUND


@pytest.mark.parametrize(
    ("content", "found", "reason"),
    [
        (jpeg(exif=False), None, "there is none"),
        (jpeg(exif=False) + jpeg(exif=True)[2:], None, "behind the picture is not in it"),
        (jpeg(exif=True)[:2] + 2 * COMMENT + jpeg(exif=True)[2:], FOUND, "after 128 KiB of something else"),
        (
            jpeg(exif=True)[:20] + b"\0\0\0" + jpeg(exif=True)[20:],
            FOUND,
            "Pillow passes over what is between",
        ),
        (jpeg(exif=True)[:24], None, "it breaks off"),
        (b"\xff\xd8\xff", None, "nothing but a beginning"),
    ],
)
def test_where_it_is_said(content: bytes, found: Facts | None, reason: str) -> None:
    assert facts_of(content, "JPEG") == found, reason

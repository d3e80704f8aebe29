"""What a picture file says of the camera that made it: device, time and place, as EXIF has them."""

import struct
from io import BytesIO

from msgspec import Struct
from PIL import ExifTags, Image

from lapwing.hashing.exif_orientation import exif_block

_TEXT = 200  # characters of one fact


class Facts(Struct, frozen=True, omit_defaults=True):
    """As the file has them; "" where it does not say. Whoever edits a file can write anything here."""

    make: str = ""
    model: str = ""
    serial: str = ""
    software: str = ""
    taken: str = ""  # the camera's clock as written, `2026:01:05 09:00:00`, and its zone where it states one
    digitised: str = ""
    latitude: float | None = None  # degrees, north and east positive
    longitude: float | None = None
    satellite_time: str = ""  # by the satellites: UTC


def facts_of(content: bytes, decoder: str) -> Facts | None:
    """The facts in a picture file; None where it has none that can be read."""
    try:
        if decoder == "JPEG" and exif_block(content) is None:
            return None
    except (struct.error, IndexError):  # Pillow may make something of it
        pass
    try:
        with Image.open(BytesIO(content), formats=[decoder]) as image:
            exif = image.getexif()
            if not exif:
                return None
            facts = _facts(exif)
    except Exception:  # EXIF is hostile bytes, and bad facts are no facts
        return None
    return facts if facts != Facts() else None


def _facts(exif: Image.Exif) -> Facts:
    own, place = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
    tag, gps = ExifTags.Base, ExifTags.GPS
    return Facts(
        make=text_of(exif.get(tag.Make)),
        model=text_of(exif.get(tag.Model)),
        serial=text_of(own.get(tag.BodySerialNumber)),
        software=text_of(exif.get(tag.Software)),
        taken=text_of(own.get(tag.DateTimeOriginal)) + text_of(own.get(tag.OffsetTimeOriginal)),
        digitised=text_of(own.get(tag.DateTimeDigitized)) + text_of(own.get(tag.OffsetTimeDigitized)),
        latitude=_degrees(place.get(gps.GPSLatitude), place.get(gps.GPSLatitudeRef), "S", 90),
        longitude=_degrees(place.get(gps.GPSLongitude), place.get(gps.GPSLongitudeRef), "W", 180),
        satellite_time=_satellites(place.get(gps.GPSDateStamp), place.get(gps.GPSTimeStamp)),
    )


def text_of(value: object) -> str:
    """What can be read of a fact; "" where it is no text."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return ""
    return "".join(one for one in value.strip(" \0")[:_TEXT] if one.isprintable())


def _degrees(value: object, reference: object, negative: str, most: int) -> float | None:
    if not isinstance(value, tuple) or len(value) != 3:
        return None
    try:
        degrees, minutes, seconds = (float(part) for part in value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    total = degrees + minutes / 60 + seconds / 3600
    if not 0 <= total <= most:
        return None
    return round(-total if text_of(reference).upper() == negative else total, 6)


def _satellites(day: object, clock: object) -> str:
    if not isinstance(clock, tuple) or len(clock) != 3 or not text_of(day):
        return ""
    try:
        hours, minutes, seconds = (int(float(part)) for part in clock)
    except (TypeError, ValueError, OverflowError):
        return ""
    return f"{text_of(day)} {hours:02}:{minutes:02}:{seconds:02}Z"

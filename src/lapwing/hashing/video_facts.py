"""What a video says of the camera that made it: by what its container says beside the frames.

Phones write it: Apple's in keys of their own, Android's in keys of theirs and a place by ISO 6709.
"""

import re
from collections.abc import Mapping
from typing import BinaryIO

from msgspec.structs import replace

from lapwing.hashing.picture_facts import Facts, text_of

_APPLE, _ANDROID = "com.apple.quicktime.", "com.android."
# The first of these keys that a container has is the fact. Times are as FFmpeg writes what is there.
_KEYS = {
    "make": (f"{_APPLE}make", f"{_ANDROID}manufacturer", "make"),
    "model": (f"{_APPLE}model", f"{_ANDROID}model", "model"),
    "serial": (f"{_APPLE}camera.identifier", "camera_serial_number", "serial_number"),
    "software": (f"{_APPLE}software", f"{_ANDROID}version", "software", "encoder"),
    "taken": (f"{_APPLE}creationdate", "creation_time", "date"),
}
_PLACES = (f"{_APPLE}location.iso6709", "location", "location-eng")
# Degrees as ISO 6709 has them, with their fraction; its form in degrees and minutes is not read.
_DEGREES = re.compile(r"([+-]\d{2}(?:\.\d+)?)([+-]\d{3}(?:\.\d+)?)(?![\d.])")


def facts_of_video(video: BinaryIO) -> Facts | None:
    """The facts in a video file, which can seek and stays open; None where it has none that can be read."""
    try:
        import av

        with av.open(video, mode="r", metadata_errors="replace") as container:
            said = {**container.metadata}
            for stream in container.streams.video[:1]:
                said = {**stream.metadata, **said}
    except Exception:  # its bytes are hostile, and bad facts are no facts
        return None
    facts = _facts({name.lower(): value for name, value in said.items()})
    return facts if facts != Facts() else None


def _facts(said: Mapping[str, str]) -> Facts:
    found = {
        name: next((text for key in keys if (text := text_of(said.get(key)))), "")
        for name, keys in _KEYS.items()
    }
    latitude, longitude = next(
        (place for key in _PLACES if (place := _place(said.get(key, "")))), (None, None)
    )
    return replace(Facts(latitude=latitude, longitude=longitude), **found)


def _place(text: str) -> tuple[float, float] | None:
    found = _DEGREES.match(text)
    if found is None:
        return None
    latitude, longitude = float(found[1]), float(found[2])
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None

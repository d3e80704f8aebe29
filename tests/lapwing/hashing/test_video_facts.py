"""What a video says of its camera, whatever wrote it there, and what is no place or no time."""

import io
import json
from pathlib import Path

import av
import numpy as np
import pytest
from tests.lapwing.hashing.pictures import made
from tests.lapwing.scanning.made_sources import put

from lapwing.cli import main
from lapwing.hashing.video_facts import facts_of_video

APPLE = {
    "com.apple.quicktime.make": "Acme",
    "com.apple.quicktime.model": "Phone 9",
    "com.apple.quicktime.software": "9.1",
    "com.apple.quicktime.location.ISO6709": "-33.8570-070.6700+010.000/",
    "com.apple.quicktime.creationdate": "2026-03-04T05:06:07+0100",
    "creation_time": "2026-03-04T04:06:07.000000Z",
}
MADE = "2026-03-04T04:06:07.000000Z"


def film(form: str, said: dict[str, str], seconds: int = 2) -> bytes:
    """A video of noise, with what a container of this form keeps of what it is told."""
    file = io.BytesIO()
    options = {"movflags": "use_metadata_tags"} if form == "mov" else {}
    with av.open(file, "w", format=form, options=options) as container:
        container.metadata.update(said)
        stream = container.add_stream("mpeg4", rate=8)
        stream.width, stream.height, stream.pix_fmt = 192, 144, "yuv420p"
        for number in range(seconds * 8):
            pixels = made(144, 192, number // 8).astype(np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode(None))
    return file.getvalue()


@pytest.mark.parametrize(
    ("form", "said", "found", "why"),
    [
        ("mov", APPLE, ("Acme", "Phone 9", "2026-03-04T05:06:07+0100", -33.857, -70.67), "Apple's own keys"),
        ("mp4", {"location": "+51.5033-000.1195/", "creation_time": MADE},
         ("", "", MADE, 51.5033, -0.1195), "as Android writes a place"),
        ("matroska", {"creation_time": MADE}, ("", "", MADE, None, None), "only a time"),
        ("mov", {"location": "+5130.20-00007.17/"}, ("", "", "", None, None), "minutes are no degrees"),
        ("mov", {"location": "+91.0000+000.0000/"}, ("", "", "", None, None), "no such latitude"),
        ("mov", {"location": "somewhere"}, ("", "", "", None, None), "no place at all"),
        ("mov", {"make": "A\x1b[31m" + "c" * 5000}, ("A[31m" + "c" * 194, "", "", None, None), "hostile"),
    ],
)  # fmt: skip
def test_what_a_container_says(form: str, said: dict[str, str], found: tuple[object, ...], why: str) -> None:
    facts = facts_of_video(io.BytesIO(film(form, said)))
    assert facts is not None  # at least what wrote it
    assert (facts.make, facts.model, facts.taken, facts.latitude, facts.longitude) == found, why


@pytest.mark.parametrize("content", [b"", b"no video", film("mov", {})[:40]])
def test_what_cannot_be_read_has_no_facts(content: bytes) -> None:
    assert facts_of_video(io.BytesIO(content)) is None


def test_a_scan_has_the_facts_of_a_video_also_where_its_frames_cannot_be_read(tmp_path: Path) -> None:
    whole = film("mov", APPLE)
    put(tmp_path / "device", "a.mov", whole)
    at = whole.index(b"mdat") + 4
    put(
        tmp_path / "device",
        "broken.mov",
        whole[:at] + bytes(len(whole[at : whole.index(b"moov") - 4])) + whole[whole.index(b"moov") - 4 :],
    )
    out = tmp_path / "out"
    assert main(["scan", str(tmp_path / "device"), "--no-lists", "--out", str(out), "--workers", "1"]) == 0
    read, broken = (json.loads(line) for line in (out / "items.jsonl").read_text().splitlines())
    assert len(read["vpdq"]) == 2
    assert (read["facts"]["model"], read["facts"]["latitude"]) == ("Phone 9", -33.857)
    assert broken["failure"]["reason"] in ("damaged", "no_frames")
    assert broken["facts"] == read["facts"]

"""What is looked at first: by what a file is called, before a byte of it is read."""

import pytest

from lapwing.scanning.found import Found, Step
from lapwing.scanning.phases import Phase, first_phase, rank_of


def found(path: bytes) -> Found:
    return Found(path=path, locator=(Step("folder", path),))


@pytest.mark.parametrize(
    ("path", "phase", "why"),
    [
        (b"DCIM/IMG_1.jpg", Phase.EXACT, "a picture"),
        (b"DCIM/VID_1.MP4", Phase.EXACT, "a video"),
        (b"cache/0a1b2c3d", Phase.EXACT, "programs give what they keep no extension"),
        (b"phone.zip", Phase.WALK, "it holds others"),
        (b"letter.txt", Phase.REST, "all else"),
        (b"data_1/https://example.org/a.jpg?size=9", Phase.EXACT, "an address, and what is asked of it"),
        (b"data_1/https://example.org/a?of=b.txt", Phase.EXACT, "what is asked of it is no extension"),
        (b"data_1/https://example.org/a.js?of=b.jpg", Phase.REST, "nor does it make one"),
        (b"what?/a.jpg", Phase.EXACT, "a folder may be called anything"),
    ],
)
def test_what_is_likely_to_be_a_picture_or_a_video_comes_first(path: bytes, phase: Phase, why: str) -> None:
    assert first_phase(found(path)) == phase, why


@pytest.mark.parametrize(
    ("first", "then", "why"),
    [
        (b"DCIM/a.jpg", b"Pictures/a.jpg", "the camera's own before what people keep"),
        (b"Pictures/a.jpg", b"cache/a.jpg", "what people keep before what programs keep"),
        (b"cache/a.jpg", b"DCIM/a", "a picture before what may be anything"),
        (b"cache/a.jpg?b", b"cache/a", "an address of a picture before one of anything"),
        (b"DCIM/a", b"DCIM/a.mp4", "videos last: they take longest"),
    ],
)
def test_pictures_come_before_videos_and_what_people_made_before_caches(
    first: bytes, then: bytes, why: str
) -> None:
    assert rank_of(found(first)) < rank_of(found(then)), why

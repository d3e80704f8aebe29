"""vPDQ: frames sampled by time, and how much two videos share."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.lapwing.hashing.pictures import apart, made

from lapwing.hashing.failures import CannotHash
from lapwing.hashing.limits import Limits
from lapwing.hashing.pdq import pdq_of
from lapwing.hashing.videos import frames_of_video
from lapwing.hashing.vpdq import Frame, Shared, compared, parse, text

SCENES = [made(144, 192, seed) for seed in (0, 1, 5, 6)]
NIGHT = np.zeros((144, 192, 3), np.uint8)
LIMITS = Limits()


def film(path: Path, scenes: list[np.ndarray], *, rate: int = 8, codec: str = "ffv1") -> bytes:
    """A video of each scene for a second. ffv1 loses nothing but what YUV does."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = 192, 144, "yuv444p" if codec == "ffv1" else "yuv420p"
        for number in range(len(scenes) * rate):
            frame = av.VideoFrame.from_ndarray(scenes[number // rate], format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return bytes(path)


@pytest.mark.parametrize(
    ("name", "codec", "near"), [("a.mkv", "ffv1", 4), ("a.mp4", "mpeg4", 31), ("a.webm", "libvpx", 31)]
)
def test_a_frame_a_second_is_hashed(tmp_path: Path, name: str, codec: str, near: int) -> None:
    frames = frames_of_video(film(tmp_path / name, SCENES, codec=codec), LIMITS)
    assert [round(frame.seconds, 2) for frame in frames] == [0, 1, 2, 3]
    for frame, scene in zip(frames, SCENES, strict=True):
        assert apart(frame.value, pdq_of(scene).value) <= near


@pytest.mark.parametrize(
    ("rate", "every", "times"), [(8, 0.5, 8), (3, 1.0, 4), (8, 10.0, 1), (8, 0.0001, 32)]
)
def test_frames_are_sampled_by_time_and_not_by_count(
    tmp_path: Path, rate: int, every: float, times: int
) -> None:
    frames = frames_of_video(film(tmp_path / "a.mkv", SCENES, rate=rate), LIMITS, every=every)
    assert len(frames) == times


@pytest.mark.parametrize(
    ("query", "other", "shared", "reason"),
    [
        ([0, 1, 2, 3], [0, 1, 2, 3], (100, 100), "the same"),
        ([3, 1], [0, 1, 2, 3], (100, 50), "a part of another, in another order"),
        ([0, 1, 2, 3], [3], (25, 100), "a part of which is the other"),
        ([0, 1], [2, 3], (0, 0), "nothing"),
        ([0, 4], [0, 4], (100, 100), "a black frame is not compared"),
        ([4], [4], (0, 0), "nothing but black has nothing to compare"),
        ([], [0], (0, 0), "nothing at all"),
    ],
)
def test_how_much_is_shared(query: list[int], other: list[int], shared: tuple[int, int], reason: str) -> None:
    hashes = [pdq_of(pixels) for pixels in (*SCENES, NIGHT)]
    ours, theirs = (
        [Frame(hashes[i].value, hashes[i].quality, float(i)) for i in row] for row in (query, other)
    )
    assert compared(ours, theirs) == Shared(*map(float, shared)), reason
    assert compared(ours, theirs).matches == (shared[0] >= 80)


seconds = st.integers(0, 10**7).map(lambda milliseconds: milliseconds / 1000)
frames = st.builds(Frame, st.binary(min_size=32, max_size=32), st.integers(0, 100), seconds)


@settings(max_examples=60, deadline=None)
@given(st.lists(frames, max_size=6), st.lists(frames, max_size=6), st.integers(0, 256))
def test_the_comparison_is_that_of_each_frame_with_each(
    ours: list[Frame], theirs: list[Frame], distance: int
) -> None:
    a, b = ([frame for frame in row if frame.quality >= 50] for row in (ours, theirs))
    near = [[apart(x.value, y.value) <= distance for y in b] for x in a]
    meant = (0.0, 0.0)
    if a and b:
        meant = (100 * sum(map(any, near)) / len(a), 100 * sum(map(any, zip(*near, strict=True))) / len(b))
    found = compared(ours, theirs, distance=distance)
    assert (found.query_percent, found.compared_percent) == pytest.approx(meant)
    assert parse(text(ours)) == tuple(ours)


@pytest.mark.parametrize(
    "bad",
    ["", "{}", "[1]", '["ab,1,0"]', *(f'["{"0" * 64},{rest}"]' for rest in ("101,0", "1,-1", "1,nan", "1"))],
)
def test_a_text_that_is_no_vpdq_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match=r"vPDQ is|frame 1"):
        parse(bad)


def test_a_video_that_cannot_be_hashed_has_a_reason(tmp_path: Path) -> None:
    whole = Path(tmp_path / "a.mkv")
    film(whole, SCENES)
    cases = {
        "damaged": b"\x1a\x45\xdf\xa3" + b"\0" * 300,
        "too_many_frames": whole.read_bytes(),
        "too_many_pixels": whole.read_bytes(),
    }
    small = {"too_many_frames": Limits(frames=3), "too_many_pixels": Limits(pixels=144 * 192 - 1)}
    for reason, content in cases.items():
        whole.write_bytes(content)
        with pytest.raises(CannotHash) as caught:
            frames_of_video(bytes(whole), small.get(reason, LIMITS))
        assert caught.value.failure.reason == reason


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), format="s16", layout="mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
    with pytest.raises(CannotHash) as caught:
        frames_of_video(bytes(path), LIMITS)
    assert caught.value.failure.reason == "no_frames"

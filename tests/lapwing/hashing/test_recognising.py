"""What a file is, by its first bytes: what a camera writes is never taken for something else."""

from pathlib import Path

import av
import pytest
from tests.lapwing.hashing.pictures import made

from lapwing.hashing import recognising
from lapwing.hashing.pool import HashingPool
from lapwing.hashing.recognising import is_video, media_type, named_kind

OTHERS = [
    (b"\0\0\0\x18ftypcrx \0\0\0\1", "image/x-canon-cr3", "a picture in the frame of a video"),
    (b"II\x1a\0\0\0HEAPCCDR", "image/x-canon-crw", "Canon's before"),
    (b"FUJIFILMCCD-RAW 0201", "image/x-fuji-raf", "Fuji"),
    (b"IIRO\x08\0\0\0", "image/x-olympus-orf", "nearly a TIFF"),
    (b"IIRS\x08\0\0\0", "image/x-olympus-orf", "an older one"),
    (b"MMOR\0\0\0\x08", "image/x-olympus-orf", "the other end first"),
    (b"IIU\0\x18\0\0\0", "image/x-panasonic-rw2", "nearly a TIFF"),
    (b"FOVb\0\0\2\0", "image/x-sigma-x3f", "Sigma"),
]
VIDEOS = [
    (b"\0\0\0\x08wide\0\0\0\0mdat", "video/mp4", "QuickTime without its first part"),
    (b"\0\0\0\x08skip", "video/mp4", "an empty part first"),
    (b"\0\0\x10\0free", "video/mp4", "an empty part first"),
    (b"\0\0\0\x14pnot", "video/mp4", "QuickTime with a preview"),
    (b"G" + bytes(187) + b"G" + bytes(187) + b"G", "video/mp2t", "broadcast"),
    (
        b"\0\0\0\1G" + bytes(191) + b"G" + bytes(191) + b"G",
        "video/mp2t",
        "a camcorder: with a time before each",
    ),
    (b"OggS" + bytes(24) + b"\x80theora", "video/ogg", "Theora"),
    (b"OggS" + bytes(24) + b"fishead\0", "video/ogg", "several in one"),
    (b".RMF\0\0\0\x12", "application/vnd.rn-realmedia", "RealMedia"),
    (b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01\x02", "application/mxf", "professional cameras"),
]
NEITHER = [
    (b"OggS" + bytes(24) + b"\x01vorbis", "audio/ogg", "sound"),
    (b"\0\0\0\x18ftypM4A ", "audio/mp4", "sound"),
    (b"time free for all", None, "words"),
    (b"IIn the beginning", None, "words"),
]


@pytest.mark.parametrize(("head", "said", "why"), OTHERS)
def test_a_cameras_own_format_is_a_picture_and_no_video(head: bytes, said: str, why: str) -> None:
    assert (media_type(head), is_video(head)) == (said, False), why
    assert recognising.other_picture_format(head)


@pytest.mark.parametrize(("head", "said", "why"), VIDEOS)
def test_a_video_is_known_by_its_bytes(head: bytes, said: str, why: str) -> None:
    assert (media_type(head), is_video(head)) == (said, True), why


@pytest.mark.parametrize(("head", "said", "why"), NEITHER)
def test_what_is_neither_is_taken_for_neither(head: bytes, said: str | None, why: str) -> None:
    assert (media_type(head), is_video(head)) == (said, False), why
    assert recognising.picture_format(head) is None
    assert recognising.other_picture_format(head) is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (b"IMG_1.DNG", "picture"),
        (b"IMG_1.CR3", "picture"),
        (b"_DSC1.NEF", "picture"),
        (b"DSC1.arw", "picture"),
        (b"IMG_1.HIF", "picture"),
        (b"a.mts", "video"),
        (b"a.3g2", "video"),
        (b"VTS_01_1.VOB", "video"),
        (b"a.cr", None),
        (b"a.raw", None),
    ],
)
def test_a_name_says_what_was_promised(name: bytes, kind: str | None) -> None:
    assert named_kind(name) == kind


def test_a_cameras_own_format_is_counted_as_a_picture_that_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "called_nothing"
    path.write_bytes(b"FUJIFILMCCD-RAW 0201" + bytes(5000))
    with HashingPool(1) as pool:
        [found] = pool.hashes([bytes(path)])
    assert (found.kind, found.media_type) == ("picture", "image/x-fuji-raf")
    assert found.failure is not None
    assert (found.failure.reason, found.failure.detail) == ("unsupported_format", "RAF")
    assert found.digests is not None


@pytest.mark.parametrize(
    ("form", "options", "codec", "said"),
    [
        ("mpegts", {"mpegts_m2ts_mode": "1"}, "mpeg2video", "video/mp2t"),
        ("mpegts", {"mpegts_m2ts_mode": "0"}, "mpeg2video", "video/mp2t"),
        ("mxf", {}, "mpeg2video", "application/mxf"),
        ("rm", {}, "rv20", "application/vnd.rn-realmedia"),
    ],
)
def test_what_others_write_is_known_and_its_frames_hashed(
    tmp_path: Path, form: str, options: dict[str, str], codec: str, said: str
) -> None:
    path = tmp_path / "called_nothing"
    with av.open(str(path), "w", format=form, options=options) as container:
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = 352, 288, "yuv420p"
        for number in range(50):
            pixels = made(288, 352, 1 + number // 25)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode())
    with HashingPool(1, video=True) as pool:
        [found] = pool.hashes([bytes(path)])
    assert (found.kind, found.media_type, found.failure) == ("video", said, None)
    assert found.frames

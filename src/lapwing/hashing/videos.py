"""From a video file to the PDQ of its frames, one a second. Run it where a decoder may die: see `worker`.

PyAV is the extra `video`: the wheels on PyPI bundle FFmpeg with codecs under the GPL.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from lapwing.hashing.failures import CannotHash
from lapwing.hashing.limits import Limits
from lapwing.hashing.pdq import SMALLEST, pdq_of
from lapwing.hashing.vpdq import Frame

if TYPE_CHECKING:
    import av
    import av.container

SECONDS = 1.0  # between the frames that are hashed, as python-threatexchange has it


def frames_of_video(video: bytes | BinaryIO, limits: Limits, *, every: float = SECONDS) -> tuple[Frame, ...]:
    """The first frame, and then the first that is shown `every` seconds or more after each that is due.

    Frames are hashed as they are stored: a turn that the file asks of a player is not made, as the published
    tool makes none. `video` is a path, or a stream that can seek and stays open. Raises CannotHash.
    """
    try:
        import av
    except ImportError:
        raise CannotHash("no_video") from None
    frames: list[Frame] = []
    try:
        with _opened(video) as file, av.open(file, mode="r", metadata_errors="replace") as container:
            for frame in _sampled(container, every):
                if frame.width * frame.height > limits.pixels:
                    raise CannotHash("too_many_pixels", f"{frame.width} by {frame.height}")
                if min(frame.width, frame.height) < SMALLEST:
                    raise CannotHash("too_small", f"{frame.width} by {frame.height}")
                if len(frames) >= limits.frames:
                    raise CannotHash("too_many_frames")
                found = pdq_of(frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False))
                frames.append(Frame(found.value, found.quality, frame.time or 0.0))
    except (CannotHash, MemoryError):
        raise
    except Exception as error:  # a decoder of hostile bytes raises anything
        raise CannotHash("damaged", type(error).__name__) from error
    if not frames:
        raise CannotHash("no_frames")
    return tuple(frames)


def _opened(video: bytes | BinaryIO) -> AbstractContextManager[BinaryIO]:
    return open(video, "rb") if isinstance(video, bytes) else nullcontext(video)


def _sampled(container: "av.container.InputContainer", every: float) -> "Iterator[av.VideoFrame]":
    """Frames that are due. One without a time is taken to be due: too many are better than too few."""
    if not container.streams.video:
        raise CannotHash("no_frames")
    due = 0
    begin: float | None = None
    for frame in container.decode(container.streams.video[0]):
        if frame.time is None:
            yield frame
            continue
        begin = frame.time if begin is None else begin
        if frame.time - begin >= due * every - 1e-6:
            due = int((frame.time - begin + 1e-6) // every) + 1
            yield frame

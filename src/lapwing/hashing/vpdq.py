"""vPDQ: a video as the PDQ of frames of it, and how much of two videos is the same.

Source: facebook/ThreatExchange, vpdq. A hash is a list of frames; two videos are compared by how many frames
of each have a near one in the other. In text it is what python-threatexchange writes: a JSON list of strings
`hash,quality,seconds`.
"""

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import Struct

DISTANCE = 31  # bits; PDQ's own
QUALITY = 50  # frames of less are not compared: black ones would match black ones
QUERY_PERCENT = 80.0  # of the query's frames must be in the other, for a match ...
COMPARED_PERCENT = 0.0  # ... and of the other's in the query
_BLOCK = 256  # frames compared at once with all the others


class Frame(Struct, frozen=True):
    """The PDQ of one frame, and when it is shown."""

    value: bytes  # 32
    quality: int  # 0 to 100
    seconds: float  # from the beginning


class Shared(Struct, frozen=True):
    """How much of each video is in the other, in percent of the frames that are good enough to compare."""

    query_percent: float
    compared_percent: float

    @property
    def matches(self) -> bool:
        """By the published thresholds."""
        return (
            self.query_percent >= QUERY_PERCENT
            and self.compared_percent >= COMPARED_PERCENT
            and self.query_percent > 0
        )


def compared(
    query: Iterable[Frame], other: Iterable[Frame], *, distance: int = DISTANCE, quality: int = QUALITY
) -> Shared:
    """How much of two videos is shared. Frames below `quality` are left out; none left is 0 percent."""
    ours, theirs = (
        _words([frame for frame in frames if frame.quality >= quality]) for frames in (query, other)
    )
    if not len(ours) or not len(theirs):
        return Shared(0.0, 0.0)
    found, reached = np.zeros(len(ours), bool), np.zeros(len(theirs), bool)
    for start in range(0, len(ours), _BLOCK):
        apart = np.bitwise_count(ours[start : start + _BLOCK, None, :] ^ theirs[None, :, :]).sum(axis=2)
        near = apart <= distance
        found[start : start + _BLOCK] = near.any(axis=1)
        reached |= near.any(axis=0)
    return Shared(100 * float(found.mean()), 100 * float(reached.mean()))


def parse(text: str) -> tuple[Frame, ...]:
    """The frames of the text that is exchanged. Raises ValueError, saying which frame is bad."""
    try:
        rows = msgspec.json.decode(text, type=list[str])
    except msgspec.DecodeError:
        raise ValueError("vPDQ is a JSON list of texts") from None
    return tuple(_frame(number, row) for number, row in enumerate(rows, 1))


def text(frames: Sequence[Frame]) -> str:
    """The same frames as text: seconds to three places."""
    return msgspec.json.encode([f"{f.value.hex()},{f.quality},{f.seconds:.3f}" for f in frames]).decode()


def _frame(number: int, row: str) -> Frame:
    try:
        digits, quality, seconds = row.split(",")
        frame = Frame(bytes.fromhex(digits), int(quality), float(seconds))
    except ValueError:
        raise ValueError(f"frame {number} is not a hash, a quality and seconds") from None
    if len(digits) != 64 or not 0 <= frame.quality <= 100 or not 0 <= frame.seconds < float("inf"):
        raise ValueError(f"frame {number} is out of range")
    return frame


def _words(frames: list[Frame]) -> npt.NDArray[np.uint64]:
    return np.frombuffer(b"".join(frame.value for frame in frames), np.uint64).reshape(-1, 4)

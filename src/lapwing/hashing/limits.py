"""How much a file may cost before it is given up, by name. All of it can be set by whoever scans."""

from msgspec import Struct

MIB = 1 << 20


class Limits(Struct, frozen=True):
    """The defaults decode the largest pictures that telephones make (200 million pixels)."""

    pixels: int = 1 << 28  # of a picture, or of one frame
    frames: int = 100_000  # sampled of a video: a day and three hours of it at one a second
    file_bytes: int = 1 << 29  # of a picture; a larger file still has its exact hashes
    memory_bytes: int = 4 << 30  # address space of one decoding process
    stalled_seconds: float = 600.0  # without a byte read, or anything found in what holds files
    picture_seconds: float = 60.0
    video_seconds: float = 1800.0

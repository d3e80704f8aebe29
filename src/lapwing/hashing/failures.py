"""Why a file has no hash of what it looks like. Each is counted and named; none is ever an empty hash."""

from msgspec import Struct

REASONS: dict[str, str] = {
    "unreadable": "the file cannot be read",
    "unreachable": "the store that it lies in does not answer, or lets nobody in",
    "changed": "the file changed while it was read",
    "unrecognised": "its name is that of a picture or video, and its bytes are those of none that is known",
    "misnamed": "its name is that of a picture, and its bytes are those of a video, which was not asked for",
    "unsupported_format": "it is a picture in a format that is not read",
    "unsupported_pixels": "its pixels are of a kind that is not read",
    "damaged": "the decoder refused it: it is cut short, damaged, or not what it says it is",
    "too_small": "a side has fewer pixels than can be hashed",
    "too_many_pixels": "it has more pixels than allowed",
    "too_many_frames": "it is a longer video than allowed",
    "too_large": "the file has more bytes than allowed for what is decoded",
    "out_of_memory": "to decode it takes more memory than allowed",
    "out_of_time": "to decode it takes longer than allowed",
    "decoder_died": "the process that decoded it ended",
    "no_video": "video needs the extra: pip install 'lapwing[video]'",
    "no_frames": "the video has no frame that can be decoded",
    "encrypted": "it is encrypted, and nobody gave a password",
    "bomb": "what it lies in unpacks to so much more than its own size that it is not unpacked",
    "no_images": "disk images need the extra: pip install 'lapwing[images]'",
    "no_scanning": "what is in it needs the extra: pip install 'lapwing[scanning]'",
    "no_file_system": "the partition has no file system that is read, or it is encrypted",
    "too_deep": "it lies in more files inside one another than are looked into",
    "partly_read": "only a part of what is in it was looked at",
    "photodna_failed": "the licensed module gave no PhotoDNA value",
}


class Failure(Struct, frozen=True):
    """A reason of REASONS, and what was seen, for a person."""

    reason: str
    detail: str = ""

    def __post_init__(self) -> None:
        if self.reason not in REASONS:
            raise ValueError(f"there is no reason {self.reason!r}")

    @property
    def sentence(self) -> str:
        """What it means, and what was seen."""
        return REASONS[self.reason] + (f" ({self.detail})" if self.detail else "")


class CannotHash(Exception):
    """Raised by whoever decodes. `failure` says why."""

    def __init__(self, reason: str, detail: str = "") -> None:
        self.failure = Failure(reason, detail)
        super().__init__(self.failure.sentence)

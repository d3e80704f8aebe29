"""What a wire format is."""

from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from msgspec import Struct

from lapwing.report import Report


class Format(Struct, frozen=True):
    """A wire format: its name in FORMATS, its media type, and the three things that it can do.

    `recognises` takes the first bytes of a document (64 KiB are enough). `read` takes a stream opened in
    binary and raises Unreadable. `write` writes to such a stream and raises Unwritable.
    """

    name: str
    media_type: str
    recognises: Callable[[bytes], bool]
    read: Callable[[BinaryIO], Iterator[Report]]
    write: Callable[[Iterable[Report], BinaryIO], None]

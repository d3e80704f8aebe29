"""What a worker is asked and what it answers, as length-prefixed MessagePack on two pipes."""

import struct

import msgspec
from msgspec import Struct

from lapwing.hashing.digests import Digests
from lapwing.hashing.failures import Failure
from lapwing.hashing.limits import Limits
from lapwing.hashing.pdq.hashed import Pdq
from lapwing.hashing.picture_facts import Facts
from lapwing.hashing.vpdq import Frame

LENGTH = struct.Struct("<I")
LONGEST = 1 << 28  # bytes of a message; frames of the longest video take some 5 million


class Asked(Struct, frozen=True):
    """A file, and what is wanted of it."""

    path: bytes  # as the opener understands it: for files of this machine, their path
    turned: bool = False
    video: bool = False
    exact: bool = True  # the hashes of its bytes
    look: bool = True  # what it looks like; a video only with `video`
    facts: bool = False  # what a picture says of the camera
    walk: bool = False  # what lies in it, instead of any hash
    alone: bool = False  # it may take long: it waits for a process that has nothing else
    shown: bytes = b""  # its path as people see it, for what is found in it


class Listed(Struct, frozen=True, tag="listed"):
    """Some of what lies in a file, each as the opener packs it."""

    inside: list[bytes]


class Beat(Struct, frozen=True, tag="beat"):
    """It is still reading: so many bytes since the last word."""

    size: int


class Longer(Struct, frozen=True, tag="longer"):
    """What comes now may take so many seconds more than is allowed without a word."""

    seconds: float


class Read(Struct, frozen=True, tag="read"):
    """The bytes are read. What follows is decoding, which may take the worker's life."""

    kind: str  # picture, video or other
    digests: Digests | None  # None where only the look was asked for
    modified_ns: int | None  # None where the file lies in another
    media_type: str | None = None  # by its content
    holds: str | None = None  # the kind of place that it is, where the opener knows such


class Looked(Struct, frozen=True, tag="looked"):
    """The last answer: what the file looks like, or why that is not known."""

    pdq: Pdq | None = None
    frames: tuple[Frame, ...] | None = None
    photodna: bytes | None = None
    facts: Facts | None = None
    failure: Failure | None = None
    seconds: float | None = None  # that the file took; None where the process did not live to say it
    read: Read | None = None  # where nothing was to be decoded: then it is not said by itself


class Started(Struct, frozen=True):
    """The first thing a worker is told."""

    limits: Limits
    opener: str = "lapwing.hashing.opening"  # the module that opens what is asked for


Answer = Listed | Beat | Longer | Read | Looked
ANSWERS = msgspec.msgpack.Decoder(Answer)
ASKED = msgspec.msgpack.Decoder(Asked)
STARTED = msgspec.msgpack.Decoder(Started)
_ENCODER = msgspec.msgpack.Encoder()


def framed(message: Struct) -> bytes:
    """A message as it goes over the pipe."""
    body = _ENCODER.encode(message)
    return LENGTH.pack(len(body)) + body

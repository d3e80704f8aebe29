"""What a worker is asked and what it answers, as length-prefixed MessagePack on two pipes."""

import struct
from typing import BinaryIO

import msgspec
from msgspec import Struct

from lapwing.hashing.digests import Digests
from lapwing.hashing.failures import Failure
from lapwing.hashing.limits import Limits
from lapwing.hashing.pdq.hashed import Pdq
from lapwing.hashing.vpdq import Frame

LENGTH = struct.Struct("<I")
LONGEST = 1 << 28  # bytes of a message; frames of the longest video take some 5 million


class Asked(Struct, frozen=True):
    """A file, and what is wanted of it besides its exact hashes."""

    path: bytes
    turned: bool = False
    video: bool = False


class Read(Struct, frozen=True, tag="read"):
    """The first answer: the bytes are read. What follows is decoding, which may take the worker's life."""

    kind: str  # picture, video or other
    digests: Digests
    modified_ns: int


class Looked(Struct, frozen=True, tag="looked"):
    """The last answer: what the file looks like, or why that is not known."""

    pdq: Pdq | None = None
    frames: tuple[Frame, ...] | None = None
    photodna: bytes | None = None
    failure: Failure | None = None


class Started(Struct, frozen=True):
    """The first thing a worker is told."""

    limits: Limits


ANSWERS = msgspec.msgpack.Decoder(Read | Looked)
ASKED = msgspec.msgpack.Decoder(Asked)
STARTED = msgspec.msgpack.Decoder(Started)
_ENCODER = msgspec.msgpack.Encoder()


def framed(message: Struct) -> bytes:
    """A message as it goes over the pipe."""
    body = _ENCODER.encode(message)
    return LENGTH.pack(len(body)) + body


def received(stream: BinaryIO) -> bytes | None:
    """The next message; None when the other side has gone."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    size: int = LENGTH.unpack(head)[0]
    body = stream.read(size)
    return body if len(body) == size else None

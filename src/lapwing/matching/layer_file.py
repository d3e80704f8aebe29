"""Named arrays in one file, read where they lie: the body of a list on disk.

The arrays come first, each at a multiple of ALIGNED bytes. After them a description in JSON says where each
lies and has the SHA-256 of its bytes; then come the SHA-256 of the description, its length and MAGIC. A file
cut short or torn has no end that fits, so it is refused and never matched less. Nothing in a file is ever
changed: it appears whole, under its own name, or not at all.
"""

import hashlib
import math
import mmap
import os
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import Struct

from lapwing.matching.durable import replace_file

MAGIC = b"LAPWING1"
ALIGNED = 64  # bytes; a processor's cache line, and more than any array's own need
TYPES = ("|u1", "<u2", "<u4", "<u8", "<f4")  # what an array may be of
LONGEST = 16 * 1024 * 1024  # bytes of a description
_END = struct.Struct("<32sQ8s")  # the description's SHA-256, its length, MAGIC
_PIECE = 1 << 22

Arrays = Mapping[str, npt.NDArray[Any]]


class BadList(Exception):
    """A list, or a file of it, cannot be used."""

    def __init__(self, path: Path, sentence: str) -> None:
        self.path = path
        self.sentence = sentence
        super().__init__(f"{path.parent.name}/{path.name}: {sentence}")

    @property
    def list_name(self) -> str:
        """The list's name: files of a list lie in a folder called so."""
        return self.path.parent.name


class Section(Struct, frozen=True, forbid_unknown_fields=True):
    """Where one array lies."""

    dtype: str
    shape: tuple[int, ...]
    offset: int
    sha256: str

    @property
    def size(self) -> int:
        """Bytes of the array."""
        return math.prod(self.shape) * np.dtype(self.dtype).itemsize


class Description(Struct, frozen=True, forbid_unknown_fields=True):
    """What a file says of itself: its arrays, and what its writer noted."""

    sections: dict[str, Section]
    notes: dict[str, Any]


class LayerFile:
    """A file, open: `arrays` are read-only and lie in the file, which processes share."""

    def __init__(self, path: Path, description: Description, mapped: "mmap.mmap") -> None:
        self.path = path
        self.description = description
        self.arrays: dict[str, npt.NDArray[Any]] = {
            name: np.frombuffer(mapped, one.dtype, math.prod(one.shape), one.offset).reshape(one.shape)
            for name, one in description.sections.items()
        }

    @classmethod
    def open(cls, path: Path) -> "LayerFile":
        """Check that the file has all it says, without reading the arrays. Raises BadList, OSError."""
        with path.open("rb") as file:
            description = _described(path, file)
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return cls(path, description, mapped)

    def verify(self) -> None:
        """Read every array and compare it with its checksum. Raises BadList, naming the one that differs."""
        for name, section in self.description.sections.items():
            if _sha256(self.arrays[name]) != section.sha256:
                raise BadList(self.path, f"its part {name} was changed or damaged since it was written")


def write_layer(path: Path, arrays: Arrays, notes: Mapping[str, Any]) -> None:
    """Write arrays, whole or not at all, and on the disk when this returns.

    `notes` is anything that JSON can say. Raises OSError, and ValueError for an array of no type of TYPES.
    """
    replace_file(path, lambda file: _write(file, arrays, notes))


def _write(file: BinaryIO, arrays: Arrays, notes: Mapping[str, Any]) -> None:
    sections = {}
    for name, array in arrays.items():
        if array.dtype.newbyteorder("<").str not in TYPES:
            raise ValueError(f"{name} is of {array.dtype}, which no list has")
        whole = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
        file.write(b"\0" * (-file.tell() % ALIGNED))
        sections[name] = Section(whole.dtype.str, whole.shape, file.tell(), _sha256(whole))
        for piece in _pieces(whole):
            file.write(piece)
    described = msgspec.json.encode(Description(sections, dict(notes)))
    file.write(described)
    file.write(_END.pack(hashlib.sha256(described).digest(), len(described), MAGIC))


def _pieces(array: npt.NDArray[Any]) -> list[memoryview]:
    whole = memoryview(array.reshape(-1).view(np.uint8).data)
    return [whole[start : start + _PIECE] for start in range(0, len(whole), _PIECE)]


def _sha256(array: npt.NDArray[Any]) -> str:
    digest = hashlib.sha256()
    for piece in _pieces(array):
        digest.update(piece)
    return digest.hexdigest()


def _described(path: Path, file: BinaryIO) -> Description:
    size = os.fstat(file.fileno()).st_size
    if size < _END.size:
        raise BadList(path, "it is no part of a list, or was cut short")
    file.seek(size - _END.size)
    sha256, length, magic = _END.unpack(file.read(_END.size))
    if magic != MAGIC or length > min(LONGEST, size - _END.size):
        raise BadList(path, "it is no part of a list, or was cut short")
    file.seek(size - _END.size - length)
    described = file.read(length)
    if hashlib.sha256(described).digest() != sha256:
        raise BadList(path, "what it says of itself was changed or damaged")
    try:
        description = msgspec.json.decode(described, type=Description)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadList(path, f"what it says of itself is not understood: {error}") from None
    for name, section in description.sections.items():
        if section.dtype not in TYPES or min(section.shape, default=0) < 0 or section.offset < 0:
            raise BadList(path, f"its part {name} is of no kind that is known")
        if section.offset % ALIGNED or section.offset + section.size > size - _END.size - length:
            raise BadList(path, f"its part {name} is not where it says")
    return description

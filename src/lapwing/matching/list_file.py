"""One list of one kind of hash, as a file that is searched where it lies.

A header line of JSON, padded to HEADER bytes, and then the hashes, raw, sorted and each once. The header has
the SHA-256 of everything after it, so a damaged or shortened list is refused and never matched less.
"""

import hashlib
import mmap
import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from lapwing.hashing import DIGESTS

FORMAT, VERSION, HEADER, SUFFIX = "lapwing-hashes", 1, 512, ".hashes"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_PIECE = 1024 * 1024


class BadList(Exception):
    """A list cannot be used."""

    def __init__(self, path: Path, sentence: str) -> None:
        self.path = path
        self.sentence = sentence
        super().__init__(f"{path.name}: {sentence}")


class Header(Struct, frozen=True, forbid_unknown_fields=True):
    """What a list file says of itself."""

    format: str
    version: int
    name: str
    hash_type: str
    count: int
    sha256: str  # of every byte after the header


class HashList:
    """A list, open. `raw_hash in known` looks it up; `len(known)` hashes."""

    def __init__(self, path: Path, header: Header, content: "mmap.mmap | bytes") -> None:
        self.path = path
        self.name = header.name
        self.hash_type = header.hash_type
        self.sha256 = header.sha256
        self._count = header.count
        self._size = DIGESTS[header.hash_type].size
        self._content = content

    @classmethod
    def open(cls, path: Path) -> "HashList":
        """Check the whole file, and map it. Raises BadList, OSError."""
        with path.open("rb") as file:
            header = _header(path, file.read(HEADER))
            length = os.fstat(file.fileno()).st_size - HEADER
            if length != header.count * DIGESTS[header.hash_type].size:
                raise BadList(
                    path, f"it promises {header.count} hashes and does not have them: it was cut short"
                )
            _check_content(path, file, header)
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return cls(path, header, mapped)

    def __len__(self) -> int:
        return self._count

    def __contains__(self, value: bytes) -> bool:
        low, high = 0, self._count
        while low < high:
            middle = (low + high) // 2
            start = HEADER + middle * self._size
            if self._content[start : start + self._size] < value:
                low = middle + 1
            else:
                high = middle
        start = HEADER + low * self._size
        return low < self._count and self._content[start : start + self._size] == value


def write_list(folder: Path, name: str, hash_type: str, hashes: Iterable[bytes]) -> Path:
    """Write a list from sorted raw hashes, repeats allowed, in place of an older one of that name and kind.

    It appears whole or not at all. Raises BadList for a name that is not `a-z0-9_-`, OSError.
    """
    path = folder / f"{name}.{hash_type}{SUFFIX}"
    if not _NAME.fullmatch(name):
        raise BadList(path, "a list's name is small letters, digits, - and _, at most 64")
    handle, temporary = tempfile.mkstemp(prefix=".building-", dir=folder)
    try:
        with open(handle, "wb") as file:
            _write(file, name, hash_type, hashes)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o640)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path


def _write(file: BinaryIO, name: str, hash_type: str, hashes: Iterable[bytes]) -> None:
    file.write(b"\0" * HEADER)
    digest, count, last = hashlib.sha256(), 0, b""
    for value in hashes:
        if value != last:
            file.write(value)
            digest.update(value)
            count, last = count + 1, value
    header = msgspec.json.encode(Header(FORMAT, VERSION, name, hash_type, count, digest.hexdigest()))
    file.seek(0)
    file.write(header.ljust(HEADER - 1) + b"\n")


def _header(path: Path, start: bytes) -> Header:
    try:
        header = msgspec.json.decode(start, type=Header)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BadList(path, "it is not a list of hashes") from None
    if len(start) != HEADER or header.format != FORMAT or header.hash_type not in DIGESTS:
        raise BadList(path, "it is not a list of hashes")
    if not _NAME.fullmatch(header.name):
        raise BadList(path, "its name is none")
    if header.version != VERSION:
        raise BadList(path, f"it is of version {header.version}; this Lapwing knows version {VERSION}")
    return header


def _check_content(path: Path, file: BinaryIO, header: Header) -> None:
    digest = hashlib.sha256()
    while piece := file.read(_PIECE):
        digest.update(piece)
    if digest.hexdigest() != header.sha256:
        raise BadList(path, "it was changed or damaged since it was built")

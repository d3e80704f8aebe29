"""A machine's disk in QCOW and QCOW2, as QEMU's documents have the format (docs/interop/qcow2.txt).

Read here because libqcow gives zeros, without a word, for some clusters that are packed.
"""

import io
import struct
import zlib
from functools import lru_cache
from typing import Any

from msgspec import Struct

from lapwing.hashing.failures import CannotHash
from lapwing.scanning.parts import Placed, buffered, difference

MARK = b"QFI\xfb"
_CLUSTER_BITS = range(9, 22)
_MOST_TABLES = 1 << 22  # entries of the first table: 2 petabytes in clusters of the usual size
_KEPT_TABLES = 64
_MOST_WINDOW = 1 << 23  # bytes that zstd may keep to look back in: four of the largest clusters
_DATA_ELSEWHERE, _SUBCLUSTERS = 1 << 2, 1 << 4  # features that whoever reads it has to know
_OFFSET = 0x00FFFFFFFFFFFE00
_PACKED, _ZERO = 1 << 62, 1
_SECTOR = 512


class _Header(Struct, frozen=True):
    """What an image says of itself: sizes in bytes, and powers of two in bits."""

    version: int
    size: int  # of the disk
    bits: int  # of a cluster
    table_bits: int  # of how many entries a second table has
    first: int  # where the first table begins
    other: int = 0  # where the name of the image begins that this one differs from
    encrypted: bool = False
    features: int = 0
    zstd: bool = False


def opened(file: Any) -> Any:
    """The disk in an image, to seek and read in. Raises CannotHash, OSError."""
    header = _header(file)
    if header.encrypted:
        raise CannotHash("encrypted")
    if header.other:
        raise difference()
    if header.features & (_DATA_ELSEWHERE | _SUBCLUSTERS):
        raise CannotHash("partly_read", "its data lies in another file, or in parts of clusters")
    if header.bits not in _CLUSTER_BITS or not 0 < header.table_bits <= 21:
        raise CannotHash("damaged", f"clusters of 2^{header.bits} bytes")
    return buffered(_Qcow(file, header))


def _header(file: Any) -> _Header:
    head = file.read(112).ljust(112, b"\0")
    version, other = struct.unpack_from(">IQ", head, 4)
    if version == 1:
        size, bits, table_bits, crypt, first = struct.unpack_from(">QBBxxIQ", head, 24)
        return _Header(1, size, bits, table_bits, first, other, bool(crypt))
    if version not in (2, 3):
        raise CannotHash("partly_read", f"QCOW of version {version}")
    bits, size, crypt, _, first = struct.unpack_from(">IQIIQ", head, 20)
    features, length = struct.unpack_from(">Q20xI", head, 72) if version == 3 else (0, 0)
    return _Header(
        version,
        size,
        bits,
        bits - 3,
        first,
        other,
        bool(crypt),
        features,
        zstd=length > 104 and head[104] == 1,
    )


def _by_zlib(packed: bytes, most: int) -> bytes:
    try:
        return zlib.decompressobj(-15).decompress(packed, most)
    except zlib.error as error:
        raise OSError(f"a cluster of the image cannot be unpacked: {error}") from error


def _by_zstd(packed: bytes, most: int) -> bytes:
    """Of the extra `images`. What is packed says itself where it ends, and may ask for no more memory."""
    try:
        import zstandard
    except ImportError:
        raise CannotHash("no_images") from None
    unpacking = zstandard.ZstdDecompressor(max_window_size=_MOST_WINDOW)
    try:
        return unpacking.stream_reader(io.BytesIO(packed)).read(most)
    except zstandard.ZstdError as error:
        raise OSError(f"a cluster of the image cannot be unpacked: {error}") from error


class _Qcow(Placed):
    """The disk, of which each cluster lies somewhere, packed or not, or nowhere: then it is empty."""

    def __init__(self, file: Any, header: _Header) -> None:
        self._file, self._header = file, header
        entries = -(-header.size >> header.bits + header.table_bits)
        if entries > _MOST_TABLES:
            raise CannotHash("damaged", f"a disk of {header.size} bytes")
        self._first = self._table(header.first, entries)
        self._second = lru_cache(_KEPT_TABLES)(self._table)
        super().__init__(header.size)

    def piece(self, at: int, wanted: int) -> bytes:
        """Bytes of one cluster. Raises OSError."""
        header, whole = self._header, 1 << self._header.bits
        number, start = divmod(at, whole)
        wanted = min(wanted, whole - start)
        entry = self._entry(number)
        if entry & (_PACKED << (header.version == 1)):
            return self._unpacked(entry)[start : start + wanted]
        place = entry & _OFFSET if header.version > 1 else entry
        if not place or (header.version > 2 and entry & _ZERO):
            return bytes(wanted)
        return self._read(place + start, wanted)

    def _entry(self, number: int) -> int:
        """Where a cluster lies, as its table says it."""
        upper, lower = divmod(number, 1 << self._header.table_bits)
        place = self._first[upper] & _OFFSET if self._header.version > 1 else self._first[upper]
        return self._second(place, 1 << self._header.table_bits)[lower] if place else 0

    def _unpacked(self, entry: int) -> bytes:
        """A whole cluster. What is packed may end anywhere in its last sector."""
        whole = 1 << self._header.bits
        if self._header.version == 1:
            lower = 63 - self._header.bits
            size = entry >> lower & whole - 1
        else:
            lower = 62 - (self._header.bits - 8)
            size = (entry & _PACKED - 1) >> lower
        place = entry & (1 << lower) - 1
        if self._header.version > 1:
            size = (size + 1) * _SECTOR - place % _SECTOR
        self._file.seek(place)
        unpack = _by_zstd if self._header.zstd else _by_zlib
        found = unpack(self._file.read(size), whole)
        if len(found) < whole:
            raise OSError("a cluster of the image is shorter than the others")
        return found

    def _table(self, place: int, entries: int) -> tuple[int, ...]:
        return struct.unpack(f">{entries}Q", self._read(place, 8 * entries))

    def _read(self, place: int, size: int) -> bytes:
        self._file.seek(place)
        found: bytes = self._file.read(size)
        if len(found) < size:
            raise OSError("the image ends before its disk does")
        return found

"""RAR archives in volumes, stored and not packed: no free tool writes any, so they are put together here.

By the format's published descriptions: RARLAB's technote of RAR 5.0, and that of RAR 2.02 for version 4.
"""

import struct
import zlib
from pathlib import Path

MTIME = 1767603600
DOS_TIME = (2026 - 1980) << 25 | 1 << 21 | 5 << 16 | 9 << 11
Piece = tuple[
    str, bytes, bytes, int, bool
]  # a file's name, all of it, what lies here, from where on, to its end?


def volumes(folder: Path, names: list[str], files: dict[str, bytes], size: int, version: int) -> list[Path]:
    """Write files into volumes of those names, with `size` bytes of them in each but the last."""
    form = {4: _Four, 5: _Five}[version]
    shares: list[list[Piece]] = [[] for _ in names]
    for name, content, at in _pieces(files, size, len(names) - 1):
        here = content[at[0] - at[2] : at[1] - at[2]]
        start = at[0] - at[2]
        shares[min(at[0] // size, len(names) - 1)].append(
            (name, content, here, start, start + len(here) == len(content))
        )
    made = []
    for number, (name, share) in enumerate(zip(names, shares, strict=True)):
        made.append(folder / name)
        last = number == len(names) - 1
        body = (
            form.begin(number, new="part" in name)
            + b"".join(form.file(piece) for piece in share)
            + form.end(number, last=last)
        )
        made[-1].write_bytes(body)
    return made


def _pieces(files: dict[str, bytes], size: int, most: int) -> list[tuple[str, bytes, tuple[int, int, int]]]:
    """Each file cut where a volume ends: from where to where in all of them, and where the file begins."""
    pieces, begins = [], 0
    for name, content in files.items():
        at, end = begins, begins + len(content)
        while at < end:
            to = min(end, (at // size + 1) * size) if at < size * most else end
            pieces.append((name, content, (at, to, begins)))
            at = to
        begins = end
    return pieces


class _Four:
    """RAR 4: a sum of 16 bits, a kind, flags, a size, and what the kind has."""

    @staticmethod
    def begin(number: int, *, new: bool) -> bytes:
        flags = (
            0x0001 | (0x0010 if new else 0) | (0x0100 if number == 0 else 0)
        )  # a volume, new names, the first
        return b"Rar!\x1a\x07\0" + _Four._block(0x73, flags, bytes(6))

    @staticmethod
    def file(piece: Piece) -> bytes:
        name, content, here, start, ends = piece
        flags = 0x8000 | (0x01 if start else 0) | (0 if ends else 0x02)
        crc = zlib.crc32(content if ends else here)
        fields = (len(here), len(content), 3, crc, DOS_TIME, 20, 0x30, len(name.encode()), 0o100644)
        return _Four._block(0x74, flags, struct.pack("<IIBIIBBHI", *fields) + name.encode()) + here

    @staticmethod
    def end(number: int, *, last: bool) -> bytes:
        return _Four._block(0x7B, 0x4000 | (0 if last else 0x01), b"")

    @staticmethod
    def _block(kind: int, flags: int, fields: bytes) -> bytes:
        head = struct.pack("<BHH", kind, flags, 7 + len(fields)) + fields
        return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head


class _Five:
    """RAR 5: a sum of 32 bits, a size, a kind, flags, and the rest, in numbers of seven bits a byte."""

    @staticmethod
    def begin(number: int, *, new: bool) -> bytes:
        said = _number(0x01 | 0x02) + _number(number) if number else _number(0x01)
        return b"Rar!\x1a\x07\x01\0" + _Five._block(1, 0, said)

    @staticmethod
    def file(piece: Piece) -> bytes:
        name, content, here, start, ends = piece
        flags = 0x02 | (0x08 if start else 0) | (0 if ends else 0x10)
        said = _number(len(here)) + _number(0x02 | 0x04) + _number(len(content)) + _number(0o100644)
        said += struct.pack("<II", MTIME, zlib.crc32(content if ends else here))
        said += _number(0) + _number(1) + _number(len(name.encode())) + name.encode()
        return _Five._block(2, flags, said) + here

    @staticmethod
    def end(number: int, *, last: bool) -> bytes:
        return _Five._block(5, 0, _number(0 if last else 1))

    @staticmethod
    def _block(kind: int, flags: int, said: bytes) -> bytes:
        head = _number(kind) + _number(flags) + said
        head = _number(len(head)) + head
        return struct.pack("<I", zlib.crc32(head)) + head


def _number(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*found, value))

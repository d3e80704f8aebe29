"""Zip archives, opened within limits: a small file must not be able to fill the machine."""

import lzma
import stat
import zlib
from collections.abc import Callable
from functools import partial
from itertools import groupby
from typing import IO, BinaryIO, cast
from zipfile import BadZipFile, ZipFile, ZipInfo

from msgspec import Struct

MEMBERS = 200_000
TOTAL = (
    8 * 2**30
)  # bytes, unpacked, as the archive itself declares (a member cannot yield more than it declares)
RATIO, RATIO_ABOVE = (
    400,
    2**20,
)  # a member larger than this, unpacked, that grows more than this many times, is refused
NESTING = 2  # archives within an archive
BROKEN = (BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError, ValueError)


class Refusal(Exception):
    """The archive as a whole was not opened. The message says why."""


class Member(Struct):
    """A file in an archive: its name as text, and how to open it unless `refused` says why not."""

    name: str
    open: Callable[[], BinaryIO]
    refused: str = ""
    size: int = 0  # bytes, unpacked, as declared


def folders(file: BinaryIO, depth: int) -> list[list[Member]]:
    """The archive's files by the folder they are in, both in order of name. Raises Refusal."""
    if depth > NESTING:
        raise Refusal(f"It is an archive more than {NESTING} archives deep, so it was not opened.")
    try:
        opened = ZipFile(cast("IO[bytes]", file))
        listed = [member for member in opened.infolist() if not member.is_dir()]
    except (*BROKEN, OSError) as error:
        raise Refusal(f"It begins as a zip archive but cannot be opened: {error}.") from error
    if not listed:
        raise Refusal("It is an archive with no files in it.")
    if len(listed) > MEMBERS:
        raise Refusal(f"It holds {len(listed):,} files; an archive may hold {MEMBERS:,}.")
    total = sum(member.file_size for member in listed)
    if total > TOTAL:
        raise Refusal(f"It would unpack to {total:,} bytes; an archive may unpack to {TOTAL:,}.")
    listed.sort(key=lambda member: (_folder(member), member.filename))
    return [[_member(opened, member) for member in group] for _, group in groupby(listed, _folder)]


def _folder(member: ZipInfo) -> str:
    return member.filename.rpartition("/")[0]


def _member(opened: ZipFile, member: ZipInfo) -> Member:
    return Member(member.filename, partial(_open, opened, member), _refusal(member), member.file_size)


def _open(opened: ZipFile, member: ZipInfo) -> BinaryIO:
    return cast(BinaryIO, opened.open(member))


def _refusal(member: ZipInfo) -> str:
    if member.flag_bits & 0x1:
        return "It is encrypted inside its archive and could not be read. Ask for it without a password."
    if stat.S_ISLNK(member.external_attr >> 16):
        return "It is a link inside its archive, not a file, and was not followed."
    if member.file_size > RATIO_ABOVE and member.file_size > RATIO * max(member.compress_size, 1):
        return (
            f"It would unpack to {member.file_size:,} bytes from {member.compress_size:,}, "
            "as a decompression bomb does, so it was not opened."
        )
    return ""

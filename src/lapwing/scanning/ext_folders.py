"""Large folders of ext2, ext3 and ext4, read from their blocks in time that grows with them.

The Sleuth Kit compares each name of a folder with all before it, refuses a folder of a million, and looks up
where each block of the folder above lies for every folder in it. Names that are deleted are what is left
behind those that are not, found as it finds them.
"""

import struct
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

_PIECE = 1 << 20  # bytes of a folder read at once: whole blocks of any size
_HEAD = 8  # bytes of an entry before its name
_LEAST = 12  # bytes of an entry whose name has one byte
_SUMMED = b"\0\0\0\0\x0c\0\0\xde"  # how the check sum at the end of a block begins
_MOST = 5_000_000  # names of one folder


class Name(Struct):
    """What a folder says of one of its files. The names of these are those of The Sleuth Kit."""

    name: bytes
    meta_addr: int
    flags: int
    meta_seq: int = 0


class Info(Struct):
    """A name, and what is known of the file."""

    name: Name
    meta: Any


class Listed(Struct):
    """An entry of a folder; `file` keeps what `info` is of."""

    info: Info
    file: Any


class Folder(Struct):
    """The entries of a folder, each opened when it is asked for. They may be gone over again."""

    system: Any
    names: list[Name]

    def __iter__(self) -> Iterator[Listed]:
        """Each entry, with its file."""
        return (_listed(self.system, name) for name in self.names)


def listed(tsk: Any, system: Any, number: int) -> Folder | None:
    """The entries of a folder but the two that every one has; None for one that is no run of blocks.

    Raises OSError.
    """
    folder = system.open_meta(number)
    size, block = int(folder.info.meta.size), int(system.info.block_size)
    if not size or size % block or _PIECE % block:
        return None
    gone = bool(int(folder.info.meta.flags) & int(tsk.TSK_FS_META_FLAG_UNALLOC))
    found: dict[tuple[int, bytes], bool] = {}
    for at in range(0, size, _PIECE):
        piece = bytes(folder.read_random(at, min(_PIECE, size - at)))
        if len(piece) < min(_PIECE, size - at):
            raise OSError("the folder ends before it does")
        for start in range(0, len(piece), block):
            for inode, name, deleted in names(piece[start : start + block], int(system.info.last_inum)):
                found[inode, name] = found.get((inode, name), True) and (deleted or gone)
        if len(found) > _MOST:
            raise OSError("the folder has too many names")
    flags = (int(tsk.TSK_FS_NAME_FLAG_ALLOC), int(tsk.TSK_FS_NAME_FLAG_UNALLOC))
    return Folder(
        system,
        [
            Name(name, inode, flags[deleted])
            for (inode, name), deleted in found.items()
            if name not in (b".", b"..")
        ],
    )


def names(block: bytes, last: int) -> Iterator[tuple[int, bytes, bool]]:
    """The names in a block of a folder: the number of the file, the name, and whether it is deleted."""
    at = left = 0  # `left`: bytes behind an entry that belong to it, and have what is deleted
    end = len(block.removesuffix(block[-12:]) if block[-12:-4] == _SUMMED else block)
    end = min(len(block[:end].rstrip(b"\0")), len(block) - _LEAST + 1)
    while at < end:
        inode, length, wide = struct.unpack_from("<IHB", block, at)
        least = _HEAD + wide + 3 & ~3
        wrong = inode > last or not wide or length < least or length % 4 or at + length > len(block)
        if wrong or 0 < left < least:
            at, left = at + 4, max(0, left - 4)
            continue
        name = block[at + _HEAD : at + _HEAD + wide].split(b"\0")[0]
        if name:
            yield inode, name, left > 0 or not inode
        if left > 0:
            left -= least
        if left <= 0:
            left = length - least if length - least >= _LEAST else 0
            least = least if left else length
        at += least


def _listed(system: Any, name: Name) -> Listed:
    try:
        file = system.open_meta(name.meta_addr) if name.meta_addr else None
    except OSError:
        file = None
    return Listed(Info(name, file.info.meta if file is not None else None), file)

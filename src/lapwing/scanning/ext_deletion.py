"""When a file of ext2, ext3 or ext4 was deleted: The Sleuth Kit reads that, and pytsk3 does not hand it on.

It is in the file's own record, whose place follows from the superblock and the table of groups, as the
kernel's documentation of ext4 has them.
"""

import struct
from typing import Any

from lapwing.scanning.folders import utc

_SUPERBLOCK = 1024  # bytes before it, and its length
_MARK = b"\x53\xef"
_META_GROUPS, _WIDE = 0x10, 0x80  # the table of groups lies scattered; block numbers have 64 bits
# The moment lies in the field that names the next record of a list while a file is open though deleted: a
# number that could be of a record is no time.
_NO_RECORD = 315532800  # 1980


class Deletions:
    """Of one file system, which begins at byte `start` of an image."""

    def __init__(self, image: Any, start: int) -> None:
        self._image, self._start = image, start
        self._tables: dict[int, int | None] = {}
        head = image.read(start + _SUPERBLOCK, _SUPERBLOCK)
        self._known = len(head) == _SUPERBLOCK and head[56:58] == _MARK
        if not self._known:
            return
        self._first, size = struct.unpack_from("<II", head, 20)
        (self._in_group,) = struct.unpack_from("<I", head, 40)
        (revision,) = struct.unpack_from("<I", head, 76)
        (record,) = struct.unpack_from("<H", head, 88)
        (features,) = struct.unpack_from("<I", head, 96)
        (wide,) = struct.unpack_from("<H", head, 254)
        self._block: int = 1024 << min(int(size), 16)
        self._record = record if revision else 128
        self._group = wide if features & _WIDE and wide >= 64 else 32
        self._known = bool(self._in_group) and not features & _META_GROUPS

    def at(self, number: int) -> str | None:
        """When the file of this number was deleted; None where that is not kept, or cannot be read."""
        if not self._known or number < 1:
            return None
        group, place = divmod(number - 1, self._in_group)
        if group not in self._tables:
            self._tables[group] = self._table(group)
        table = self._tables[group]
        if table is None:
            return None
        record = self._read(table + place * self._record, 28)
        if len(record) < 28:
            return None
        (moment,) = struct.unpack_from("<I", record, 20)
        return utc(int(moment) * 10**9) if moment >= _NO_RECORD else None

    def _table(self, group: int) -> int | None:
        """Where the records of a group begin."""
        entry = self._read((self._first + 1) * self._block + group * self._group, self._group)
        if len(entry) < self._group:
            return None
        (block,) = struct.unpack_from("<I", entry, 8)
        if self._group >= 64:
            block |= struct.unpack_from("<I", entry, 40)[0] << 32
        return int(block) * self._block

    def _read(self, at: int, size: int) -> bytes:
        try:
            return bytes(self._image.read(self._start + at, size))
        except OSError:  # it lies past the end of the image
            return b""

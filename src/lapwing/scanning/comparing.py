"""Time for The Sleuth Kit to open a large folder, in which it compares each name with all before it."""

from typing import Any

from lapwing.hashing.silence import may_take

_INDEX = 160  # TSK_FS_ATTR_TYPE_NTFS_IDXALLOC: where the names of a large folder of NTFS lie
_NAME = 100  # bytes of a name, about
# 120,000 names of NTFS in 23 MB took 17 s, and 30 s again for what no name leads to. This is ten times that,
# and the second twice the first.
_COMPARED = 3e-9  # seconds for a name and another
_QUICK = 10.0  # seconds that nobody has to be told of


class Comparing:
    """Asks for leave to say nothing while the folders of a file system are opened, one after the other."""

    def __init__(self, tsk: Any, system: Any) -> None:
        self._indexed = system.info.ftype == tsk.TSK_FS_TYPE_NTFS
        self._sized = system.info.ftype == tsk.TSK_FS_TYPE_EXFAT
        self._system = system
        self._all = 0.0

    def before(self, number: int) -> None:
        """Before this folder is opened. For the one of what has no name, all others are opened again."""
        if not (self._indexed or self._sized):
            return
        again = number == int(self._system.info.last_inum)
        seconds = 2 * self._all if again else _COMPARED * (self._bytes(number) / _NAME) ** 2
        self._all += seconds
        if seconds > _QUICK:
            may_take(seconds)

    def _bytes(self, number: int) -> int:
        """Of its names. Raises OSError."""
        folder = self._system.open_meta(number)
        if self._indexed:
            return sum(int(each.info.size) for each in folder if int(each.info.type) == _INDEX)
        return int(folder.info.meta.size)

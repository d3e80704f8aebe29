"""The times of a file of a disk image, as The Sleuth Kit gives them."""

from datetime import datetime
from typing import Any

from lapwing.scanning.folders import utc


def keeps_local_time(tsk: Any, system: Any) -> bool:
    """FAT keeps the time of whatever clock it was written by, and does not say which."""
    fat = ("TSK_FS_TYPE_FAT12", "TSK_FS_TYPE_FAT16", "TSK_FS_TYPE_FAT32", "TSK_FS_TYPE_EXFAT")
    return system.info.ftype in {getattr(tsk, name) for name in fat if hasattr(tsk, name)}


def times(meta: Any, *, local: bool) -> dict[str, str]:
    """By a name of TIMES, what it says of a file; `local` for a clock's time without a zone."""
    found = {}
    for name, field in (
        ("modified", "mtime"),
        ("accessed", "atime"),
        ("changed", "ctime"),
        ("created", "crtime"),
    ):
        seconds, rest = int(getattr(meta, field)), int(getattr(meta, f"{field}_nano"))
        if seconds <= 0:
            continue
        if local:  # as The Sleuth Kit made it: by this machine's zone, and no later than 2107
            found[name] = datetime.fromtimestamp(seconds).isoformat()  # noqa: DTZ006
        else:
            found[name] = utc(seconds * 10**9 + rest)
    return found

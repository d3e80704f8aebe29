"""A folder of this machine, or a device that is mounted: listed without following or opening anything."""

import os
import stat
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import BinaryIO

from lapwing.hashing import walking
from lapwing.hashing.failures import CannotHash, Failure
from lapwing.scanning.found import Found, Locator, Step

_EPOCH, _DAY = date(1970, 1, 1).toordinal(), 86400
_MINUTES = [f"{hour:02}:{minute:02}" for hour in range(24) for minute in range(60)]
DISK = "disk"  # marks a step to a block device that was named: one that is met in a folder is never opened
_KINDS = (
    (stat.S_ISLNK, "symbolic_link"),
    (stat.S_ISFIFO, "pipe"),
    (stat.S_ISSOCK, "socket"),
    (stat.S_ISCHR, "device"),
    (stat.S_ISBLK, "device"),
)


def walk(folder: bytes) -> Iterator[Found]:
    """Everything in a folder that is no folder itself, as the system lists it.

    When a file was last read is said only where the folder is mounted read-only: elsewhere whoever looks
    changes it, and it is no evidence.
    """
    sealed = read_only(folder)
    for entry in walking.everything(folder, in_order=False):
        if isinstance(entry, walking.Found):
            yield _failed(folder, entry.path, entry.fault or "")
            continue
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError as error:
            yield _failed(folder, entry.path, error.strerror or "it cannot be looked at")
            continue
        yield found_at(entry.path, _inside(folder, entry.path), status, sealed=sealed)


def read_only(path: bytes) -> bool:
    """Whether the file system that it lies in is mounted so that nothing can be changed."""
    try:
        return bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def disk_at(path: bytes, shown: bytes) -> Found:
    """A whole disk of this machine, which somebody named as the source. Raises OSError."""
    with open(path, "rb", buffering=0) as disk:
        size, number = disk.seek(0, os.SEEK_END), os.fstat(disk.fileno()).st_ino
    return Found(path=shown, locator=(Step("folder", path, number, DISK),), size=size, deleted=False)


def found_at(path: bytes, shown: bytes, status: os.stat_result, *, sealed: bool = False) -> Found:
    """A file of this machine, by what the system says of it."""
    times = {"modified": utc(status.st_mtime_ns), "changed": utc(status.st_ctime_ns)}
    if sealed:
        times["accessed"] = utc(status.st_atime_ns)
    return Found(
        path=shown,
        locator=(Step("folder", path, status.st_ino),),
        size=status.st_size,
        inode=status.st_ino,
        deleted=False,
        times=times,
        excluded=excluded(status.st_mode),
    )


def open_in(outer: Locator, step: Step) -> BinaryIO:
    """Open the file that was listed, and no other that has come in its place. Raises OSError, CannotHash."""
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW  # a pipe is not waited for
    try:
        handle = os.open(step.at, flags | os.O_NOATIME)
    except PermissionError:  # it belongs to somebody else: only its owner may read it without a trace
        handle = os.open(step.at, flags)
    try:
        status = os.fstat(handle)
        wanted = stat.S_ISBLK if step.part == DISK else stat.S_ISREG
        if not wanted(status.st_mode) or status.st_ino != step.number:
            raise CannotHash("changed", "another file is in its place")
        return open(handle, "rb", buffering=0)
    except BaseException:
        os.close(handle)
        raise


def utc(nanoseconds: int) -> str:
    """A moment of the system's clock, to the nanosecond."""
    seconds, rest = divmod(nanoseconds, 10**9)
    number, second = divmod(seconds, _DAY)
    if (day := _day(number)) is None:  # a file system may say any number
        return f"{seconds}.{rest:09} s after 1970-01-01T00:00:00Z"
    return f"{day}T{_MINUTES[second // 60]}:{second % 60:02}.{rest:09}Z"


@lru_cache(maxsize=1024)  # of very many files most are of a few days
def _day(number: int) -> str | None:
    """The day so many days after 1970-01-01; None for one of no year from 1 to 9999."""
    try:
        return date.fromordinal(_EPOCH + number).isoformat()
    except (ValueError, OverflowError):
        return None


def excluded(mode: int) -> str | None:
    """The rule by which something of that mode is not opened; None for a regular file."""
    if stat.S_ISREG(mode):
        return None
    return next((name for is_one, name in _KINDS if is_one(mode)), "other")


def _inside(folder: bytes, path: bytes) -> bytes:
    return path[len(folder) :].lstrip(b"/") or b"."


def _failed(folder: bytes, path: bytes, fault: str) -> Found:
    return Found(
        path=_inside(folder, path), locator=(Step("folder", path),), failure=Failure("unreadable", fault)
    )

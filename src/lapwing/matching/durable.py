"""Files that are whole after a kill at any moment, and on the disk when a call returns."""

import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

UNFINISHED = ".writing-"  # how the name of a file begins that a kill left half written


def replace_file(path: Path, write: Callable[[BinaryIO], object], *, mode: int = 0o640) -> None:
    """Have `write` write a file aside, and put it in the place of `path` in one step.

    Whatever `write` raises leaves what was there. Raises OSError.
    """
    handle, temporary = tempfile.mkstemp(prefix=UNFINISHED, dir=path.parent)
    try:
        with open(handle, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def alone(lock: Path) -> Iterator[bool]:
    """Whoever has the file `lock` is alone, until they are done or killed. False while another has it."""
    handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


def room(shape: tuple[int, ...], kind: type[np.generic], aside: Path | None) -> npt.NDArray[Any]:
    """An array of zeros; with `aside`, one in a file of that folder without a name, which ends with it.

    The machine may write such an array to the disk when it needs the memory. Raises OSError where there is
    no room, now and not while it is filled.
    """
    size = int(np.prod(shape)) * np.dtype(kind).itemsize
    if aside is None or not size:
        return np.zeros(shape, kind)
    with tempfile.TemporaryFile(dir=aside) as file:
        os.posix_fallocate(file.fileno(), 0, size)
        return np.asarray(np.memmap(file, kind, "r+", shape=shape))


def add_line(path: Path, line: bytes) -> None:
    """Add a line to a file that only grows. Raises OSError."""
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        os.write(handle, line + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)

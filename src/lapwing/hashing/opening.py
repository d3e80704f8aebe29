"""How a worker opens what it is asked for: here, a file of this machine by its path.

Another module with the same functions can be named to the pool, for files that lie elsewhere. It is imported
in the worker, by its name: hashing knows nothing of it.
"""

import os
from collections.abc import Iterator
from typing import BinaryIO


def open_file(path: bytes) -> BinaryIO:
    """Open it for reading. Raises OSError, CannotHash."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe is not waited for
    return open(handle, "rb", buffering=0)


def name_of(path: bytes) -> bytes:
    """Its name, which says what was promised."""
    return os.path.basename(path)


def on_disk(path: bytes) -> bytes | None:
    """Its path, where it is a file of this machine."""
    return path


def holds(name: bytes, head: bytes) -> str | None:
    """The kind of place that it is, where it holds files. Nothing is looked for in a file here."""
    return None


def inside(path: bytes, shown: bytes) -> Iterator[bytes]:
    """Everything that lies in it, each packed."""
    return iter(())

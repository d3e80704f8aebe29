"""The files of folders, in order of name, without going round in circles and without losing one quietly."""

import os
import stat
from collections.abc import Iterable, Iterator

from msgspec import Struct


class Found(Struct, frozen=True):
    """A regular file; or what could not be looked into, with the fault."""

    path: bytes
    fault: str | None = None


def walk(paths: Iterable[bytes]) -> Iterator[Found]:
    """Each path that is a file, and every file in each that is a folder.

    A symbolic link is followed when it is named, and not when it is met in a folder: it leads out of it, or
    round. Sockets, pipes and devices in a folder are no files and are passed over; one that is named is a
    fault, as is a folder that cannot be listed.
    """
    for path in paths:
        try:
            mode = os.stat(path).st_mode
        except OSError as error:
            yield Found(path, error.strerror or "it cannot be looked at")
            continue
        if stat.S_ISDIR(mode):
            yield from _inside(path)
        else:
            yield Found(path, None if stat.S_ISREG(mode) else "it is neither a file nor a folder")


def _inside(folder: bytes) -> Iterator[Found]:
    waiting = [folder]
    while waiting:
        at = waiting.pop()
        try:
            with os.scandir(at) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            yield Found(at, error.strerror or "it cannot be listed")
            continue
        for entry in listed:
            if entry.is_file(follow_symlinks=False):
                yield Found(entry.path)
        waiting += [entry.path for entry in reversed(listed) if entry.is_dir(follow_symlinks=False)]

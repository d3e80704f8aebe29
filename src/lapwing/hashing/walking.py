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
            for entry in everything(path):
                if isinstance(entry, Found):
                    yield entry
                elif entry.is_file(follow_symlinks=False):
                    yield Found(entry.path)
        else:
            yield Found(path, None if stat.S_ISREG(mode) else "it is neither a file nor a folder")


def everything(folder: bytes, *, in_order: bool = True) -> Iterator["os.DirEntry[bytes] | Found"]:
    """All that lies in a folder and is no folder itself, at any depth; a folder that cannot be listed is a
    fault. Nothing is followed and nothing is opened.

    Out of order, a folder of any number of files takes no memory: they are given as the system lists them.
    """
    waiting = [folder]
    while waiting:
        at, folders = waiting.pop(), []
        try:
            with os.scandir(at) as entries:
                for entry in sorted(entries, key=lambda entry: entry.name) if in_order else entries:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    else:
                        yield entry
        except OSError as error:
            yield Found(at, error.strerror or "it cannot be listed")
        waiting += reversed(folders)

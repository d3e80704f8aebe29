"""What a file system of an image names, by The Sleuth Kit, and what no name in it leads to any more."""

import struct
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from lapwing.hashing.failures import Failure
from lapwing.scanning import ext_folders
from lapwing.scanning.beside import PARTS
from lapwing.scanning.comparing import Comparing
from lapwing.scanning.write_ahead import LOG

_BAD_CLUSTERS = 8  # the number of NTFS's file of them
_RESOURCES = 4353  # TSK_FS_ATTR_TYPE_HFS_RSRC: what else a file of HFS+ holds, in a part of its own
_FIRST_OF_EXT = 11  # the number of its first file: those before are its own
_MANY, _LARGE = 2000, 1 << 17  # names of a folder, and its bytes, from which on it is read by `ext_folders`
_UNLISTED = Failure("unreadable", "a folder that cannot be listed")


class Stream(Struct):
    """Content that stands behind a file under a name of its own: a stream or an index of NTFS, or the
    resources of a file of HFS+.
    """

    name: bytes
    kind: int
    number: int
    size: int
    excluded: str | None


class Entry(Struct):
    """An entry of a folder, with its path: what The Sleuth Kit says of it, and why it cannot be read."""

    path: bytes
    number: int
    deleted: bool
    meta: Any = None
    failure: Failure | None = None
    stream: Stream | None = None
    beside: int = 0  # the number of the database that lies beside a log of SQLite's
    folder: int = 0  # of what may be one of several files of something: the number of the folder it lies in


def everything(tsk: Any, system: Any, image: Any, start: int) -> Iterator[Entry]:
    """Every entry by its name; of ext, also the files and folders that no name leads to any more.

    The Sleuth Kit names only those of them that are deleted, and none where a folder is damaged.
    """
    reached = bytearray(int(system.info.last_inum) // 8 + 1) if _is_ext(tsk, system, image, start) else None
    seen: dict[int, bool] = {}  # folders, and whether they are deleted
    lost, used = False, 0
    for entry in _entries(tsk, system, seen, (b"", int(system.info.root_inum), False)):
        lost = lost or entry.failure is _UNLISTED
        if reached is not None and entry.meta is not None:
            used += _mark(reached, entry.number) and not entry.deleted
        yield entry
    if reached is not None and (lost or used + list(seen.values()).count(False) < _in_use(image, start)):
        yield from _nameless(tsk, system, reached, seen)


def _nameless(tsk: Any, system: Any, reached: bytearray, seen: dict[int, bool]) -> Iterator[Entry]:
    """What no name leads to, by its number; a folder with what it names."""
    for number in range(_FIRST_OF_EXT, int(system.info.last_inum)):
        if number in seen or reached[number // 8] & 1 << number % 8:
            continue
        if (file := opened_meta(system, number)) is None:
            continue
        meta, path = file.info.meta, b"$OrphanFiles/OrphanFile-%d" % number
        gone = bool(int(meta.flags) & int(tsk.TSK_FS_META_FLAG_UNALLOC))
        if not int(meta.flags) & int(tsk.TSK_FS_META_FLAG_USED):
            continue
        if meta.type == tsk.TSK_FS_META_TYPE_DIR:
            for entry in _entries(tsk, system, seen, (path + b"/", number, gone)):
                _mark(reached, entry.number)
                yield entry
        elif meta.type != tsk.TSK_FS_META_TYPE_UNDEF:
            _mark(reached, number)
            yield Entry(path, number, gone, meta)


def _mark(reached: bytearray, number: int) -> bool:
    """Keep in mind that a number was reached. Returns whether it is the first time."""
    first = number // 8 < len(reached) and not reached[number // 8] & 1 << number % 8
    if first:
        reached[number // 8] |= 1 << number % 8
    return first


def _in_use(image: Any, start: int) -> int:
    """How many of its numbers an ext file system says that it uses for files and folders."""
    whole, free = struct.unpack_from("<I12xI", image.read(start + 1024, 20).ljust(20, b"\0"))
    return int(whole - free) - (_FIRST_OF_EXT - 2)  # the root is one of those before the first


def _is_ext(tsk: Any, system: Any, image: Any, start: int) -> bool:
    """Whether it keeps its files by number in tables, as large as it says: they take 128 bytes a file."""
    least = max(image.length - start, 1 << 20)
    return system.info.ftype in _ext(tsk) and 128 * int(system.info.last_inum) <= least


def opened_meta(system: Any, number: int) -> Any:
    """A file by its number; None where there is none."""
    try:
        file = system.open_meta(number)
    except OSError:
        return None
    return file if file.info.meta is not None else None


def _entries(tsk: Any, system: Any, seen: dict[int, bool], first: tuple[bytes, int, bool]) -> Iterator[Entry]:
    """Every entry that is no folder, with its path; each folder once, whatever leads to it.

    The name of something deleted may lead to a place that is used again: what is there now is another file,
    and is never taken for it. A folder that is there and cannot be listed is an entry that failed. What no
    name leads to comes last: The Sleuth Kit goes through all folders for it.
    """
    folders, comparing = [(*first, False)], Comparing(tsk, system)
    seen[first[1]] = first[2]
    while folders:
        path, number, gone, large = folders.pop()
        try:
            comparing.before(number)
            listed = _listed(tsk, system, number, large)
            many, logged = _logged(tsk, listed)
        except OSError:
            if not gone:  # of a deleted folder nothing may be left
                yield Entry(path, number, gone, failure=_UNLISTED)
            continue
        for entry in listed:
            name = bytes(entry.info.name.name)
            if name in (b".", b".."):
                continue
            file = _with_what_is_left(tsk, system, entry)
            one = _entry(tsk, path + name, entry.info.name, file.info.meta)
            one.beside = logged.get(name, 0)
            one.folder = number if not one.deleted and PARTS.search(name) else 0
            yield from _with_streams(tsk, system, one, file)
            kind = one.meta.type if one.meta is not None else None
            if kind in (tsk.TSK_FS_META_TYPE_DIR, tsk.TSK_FS_META_TYPE_VIRT_DIR):
                if one.number not in seen:
                    seen[one.number] = one.deleted or kind == tsk.TSK_FS_META_TYPE_VIRT_DIR
                    large = many >= _MANY or int(one.meta.size) >= _LARGE
                    last = 0 if kind == tsk.TSK_FS_META_TYPE_VIRT_DIR else len(folders)
                    folders.insert(last, (path + name + b"/", one.number, one.deleted, large))
            elif kind != tsk.TSK_FS_META_TYPE_VIRT:
                yield one


def beside(tsk: Any, system: Any, folder: int) -> Iterator[tuple[bytes, int]]:
    """The files of a folder that may be one of several of something, and their numbers. Raises OSError."""
    unallocated = int(tsk.TSK_FS_NAME_FLAG_UNALLOC)
    Comparing(tsk, system).before(folder)
    for name in _names(_listed(tsk, system, folder, large=True)):
        said, number = bytes(name.name), int(name.meta_addr)
        if not PARTS.search(said) or int(name.flags) & unallocated:
            continue
        file = opened_meta(system, number)
        if file is not None and file.info.meta.type == tsk.TSK_FS_META_TYPE_REG:
            yield said, number


def _listed(tsk: Any, system: Any, number: int, large: bool) -> Any:
    """The entries of a folder; `large` where it is, or the one that it lies in. Raises OSError.

    They may be gone over again, and none is kept: each holds some kilobytes while anything has it.
    """
    ours = large and system.info.ftype in _ext(tsk) and number != int(system.info.last_inum)
    found = ext_folders.listed(tsk, system, number) if ours else None
    return system.open_dir(inode=number) if found is None else found


def _ext(tsk: Any) -> tuple[Any, ...]:
    return (tsk.TSK_FS_TYPE_EXT2, tsk.TSK_FS_TYPE_EXT3, tsk.TSK_FS_TYPE_EXT4)


def _logged(tsk: Any, listed: Any) -> tuple[int, dict[bytes, int]]:
    """How many entries a folder has; and the logs of SQLite's in it, each with the number of its database."""
    unallocated = int(tsk.TSK_FS_NAME_FLAG_UNALLOC)
    many, logs = 0, set()
    for name in _names(listed):
        many += 1
        if (said := bytes(name.name)).endswith(LOG) and not int(name.flags) & unallocated:
            logs.add(said)
    bases = {log.removesuffix(LOG) for log in logs}
    numbers: dict[bytes, int] = {}
    for name in _names(listed) if bases else ():
        if (said := bytes(name.name)) in bases and not int(name.flags) & unallocated:
            numbers[said] = int(name.meta_addr)
    return many, {base + LOG: number for base, number in numbers.items()}


def _names(listed: Any) -> Iterator[Any]:
    if isinstance(listed, ext_folders.Folder):
        yield from listed.names  # without opening their files
        return
    for entry in listed:
        yield entry.info.name


def _with_what_is_left(tsk: Any, system: Any, entry: Any) -> Any:
    """The file of an entry; of a deleted one of NTFS the record that it had, where it is nobody's since.

    A record is given a number more when its file is deleted, and its name keeps the one that it had: The
    Sleuth Kit then takes the two for strangers.
    """
    name = entry.info.name
    if entry.info.meta is not None or system.info.ftype != tsk.TSK_FS_TYPE_NTFS or not name.meta_addr:
        return entry
    if not int(name.flags) & int(tsk.TSK_FS_NAME_FLAG_UNALLOC):
        return entry
    file = opened_meta(system, int(name.meta_addr))
    if file is None or not int(file.info.meta.flags) & int(tsk.TSK_FS_META_FLAG_UNALLOC):
        return entry
    return file if (int(file.info.meta.seq) - int(name.meta_seq)) % (1 << 16) in (0, 1) else entry


def _entry(tsk: Any, path: bytes, name: Any, meta: Any) -> Entry:
    unallocated = bool(int(name.flags) & int(tsk.TSK_FS_NAME_FLAG_UNALLOC))
    if meta is None:
        left = Failure("unreadable", "nothing but its name is left")
        return Entry(path, int(name.meta_addr), unallocated, failure=left)
    if unallocated and int(meta.flags) & int(tsk.TSK_FS_META_FLAG_ALLOC):
        again = Failure("unreadable", "its place is used again by another file")
        return Entry(path, int(meta.addr), True, failure=again)
    deleted = unallocated or bool(int(meta.flags) & int(tsk.TSK_FS_META_FLAG_UNALLOC))
    return Entry(path, int(meta.addr), deleted, meta)


def _with_streams(tsk: Any, system: Any, one: Entry, entry: Any) -> Iterator[Entry]:
    """The named streams of an entry: a picture can lie behind a letter, or behind a folder."""
    content = {tsk.TSK_FS_TYPE_NTFS: tsk.TSK_FS_ATTR_TYPE_NTFS_DATA, tsk.TSK_FS_TYPE_HFS: _RESOURCES}
    wanted = content.get(system.info.ftype)
    if one.meta is None or wanted is None:
        return
    if wanted == _RESOURCES and int(one.meta.flags) & int(tsk.TSK_FS_META_FLAG_COMP):
        return  # there lies the file itself, packed
    kinds = {int(wanted), int(tsk.TSK_FS_ATTR_TYPE_NTFS_IDXROOT)}
    try:
        attributes = [each.info for each in entry]
    except OSError:
        yield Entry(one.path + b":", one.number, one.deleted, failure=Failure("unreadable", "its streams"))
        return
    for each in attributes:
        kind, name = int(each.type), bytes(each.name or b"")
        if kind not in kinds or not name or name == b"$I30":  # the names in a folder, which are listed
            continue
        bad = one.number == _BAD_CLUSTERS and name == b"$Bad"  # as large as the whole, and empty
        other = "other" if bad or kind != int(wanted) else None
        stream = Stream(name, kind, int(each.id), int(each.size), other)
        yield Entry(one.path + b":" + name, one.number, one.deleted, one.meta, stream=stream)

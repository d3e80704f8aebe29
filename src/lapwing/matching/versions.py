"""What a list is at each version: a small file that names layers, and the one that says which is current.

    <lists>/<name>/current.json      the version that counts; replaced in one step, which is the commit
    <lists>/<name>/v00000012.json    each version kept, for a rollback
    <lists>/<name>/*.layer           the entries (layer_file.py)

A version is the layers it is made of, the oldest first, less the entries that later layers say are gone.
"""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct

from lapwing.matching.durable import UNFINISHED, replace_file
from lapwing.matching.layer_file import BadList

WITHDRAWALS = "withdrawals"  # the section of a layer that has what its version withdrew
FORMAT, CURRENT, LOCK, SUFFIX = "lapwing-list-1", "current.json", "lock", ".layer"
KEPT = 10  # versions, the current one included
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_LAYER = re.compile(r"[0-9]{8}-[a-z]+-[0-9a-f]{8}\.layer")
_LARGEST = 1 << 20  # bytes of a version's file


class Version(Struct, frozen=True, forbid_unknown_fields=True):
    """A list at one version. Counts are of what stands, or of what changed from the version before."""

    name: str
    number: int
    layers: list[str]  # file names, the oldest first
    entries: int
    hashes: dict[str, int]  # how many of each kind
    added: int
    gone: int
    source: str  # where it came from: a file's name, an address without its secrets
    by: str  # who or what brought it
    at: str  # when, ISO 8601 with its zone
    sha256: str = ""  # of the document it came from
    change: str = ""  # the layer that has what this version changed
    rolled_back_to: int | None = None
    format: str = FORMAT


def folder_of(lists: Path, name: str) -> Path:
    """Where a list lies. Raises BadList for a name that is not `a-z0-9_-`."""
    if not NAME.fullmatch(name):
        raise BadList(lists / name, "a list's name is small letters, digits, - and _, at most 64")
    return lists / name


def current(folder: Path) -> Version | None:
    """The version that counts; None where there is no list yet. Raises BadList, OSError."""
    path = folder / CURRENT
    return read_version(path) if path.exists() else None


def kept(folder: Path) -> list[Version]:
    """Every version that is kept, the oldest first. Raises BadList, OSError.

    One that is newer than the current one never counted: its writer was killed before the commit.
    """
    now = current(folder)
    versions = [read_version(path) for path in sorted(folder.glob("v*.json"))]
    return [version for version in versions if now is None or version.number <= now.number]


def newest(folder: Path) -> int:
    """The highest number that a version has; 0 where there is none. Raises BadList, OSError."""
    version = current(folder)
    return max([0 if version is None else version.number, *(version.number for version in kept(folder))])


def read_version(path: Path) -> Version:
    """A version's file. Raises BadList, OSError."""
    with path.open("rb") as file:
        content = file.read(_LARGEST)
    try:
        version = msgspec.json.decode(content, type=Version)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadList(path, f"it is not a version of a list: {error}") from None
    if version.format != FORMAT:
        raise BadList(path, f"it is of the form {version.format[:40]!r}; this Lapwing knows {FORMAT}")
    if version.name != path.parent.name or not NAME.fullmatch(version.name):
        raise BadList(path, f"it says it is of the list {version.name[:80]!r}")
    if not all(
        _LAYER.fullmatch(name) for name in (*version.layers, *([version.change] if version.change else ()))
    ):
        raise BadList(path, "it names a layer as no layer is named")
    return version


def commit(folder: Path, version: Version) -> None:
    """Make a version the one that counts. After this returns, it stays so whatever happens to the machine."""
    content = msgspec.json.format(msgspec.json.encode(version), indent=1)
    for name in (f"v{version.number:08}.json", CURRENT):
        replace_file(folder / name, lambda file: file.write(content))


def prune(folder: Path, keep: int = KEPT) -> None:
    """Remove versions but the last `keep`, and every file that none of those kept needs. Under the lock."""
    versions = kept(folder)
    for version in versions[: max(0, len(versions) - keep)]:
        (folder / f"v{version.number:08}.json").unlink(missing_ok=True)
    held = [version for version in (*versions[-keep:], current(folder)) if version is not None]
    needed = {name for version in held for name in (*version.layers, version.change)}
    for path in folder.iterdir():
        if (path.name.endswith(SUFFIX) and path.name not in needed) or path.name.startswith(UNFINISHED):
            path.unlink(missing_ok=True)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """One writer at a time; readers need no lock. Waits for another writer to end. Makes the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o640)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)

"""Gathering files from folders, archives and uploads, one at a time, whatever they turn out to be.

Everything found becomes an Item: its bytes, or the reason there are none. Nothing found inside an archive is
ever written to disk, and a member's name is text to be shown, never a path to be opened.
"""

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast

from msgspec import Struct

from lapwing import exchange
from lapwing.exchange import Unreadable
from lapwing_web.intake.actions import archive

LIMIT = 64 * 2**20  # bytes of one document
HEAD = 64 * 2**10  # bytes enough to recognise a format
ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")


class Item(Struct):
    """One file as it came. `content` is bytes or an open file; None when it could not be had, for the reason
    in `refused`.
    """

    name: str
    content: bytes | BinaryIO | None = None
    reference: str = ""  # of the report, when the documents beside it give it and it gives none itself
    refused: str = ""
    size: int | None = None
    sha256: str = ""
    at: datetime | None = None  # when it was handed over, where that was before it is received
    submission: int | None = None  # with which it was handed over


class Sibling(Struct):
    """A file not yet read, among those beside it."""

    name: str
    open: Callable[[], BinaryIO]
    refused: str = ""
    size: int | None = None


class Walk(Struct):
    """What could not be read from disk, and the links that were not followed, filled in as it goes on."""

    unreadable: list[str] = []
    not_followed: list[str] = []
    begun: int = 0  # files opened so far; an archive is one
    at: str = ""  # the last of them


def from_paths(paths: Iterable[Path], walk: Walk) -> Iterator[Item]:
    """Every file under `paths`, in a stable order: folders whole, archives opened, links not followed."""
    for siblings in _folders(paths, walk):
        yield from _each(siblings, walk)


def left(paths: Iterable[Path], begun: int) -> int:
    """How many files remain of a walk broken off when it had begun so many. The last of those may not
    have been finished, so it counts as one that remains. Opens none of them.
    """
    there = sum(len(siblings) for siblings in _folders(paths, Walk()))
    return there - max(begun - 1, 0)


def from_files(files: Iterable[Item]) -> Iterator[Item]:
    """The files of one upload or one call, as if they lay in one folder. Archives are opened."""
    return _each([_handed_over(item) for item in files], None)


def shown(path: Path | str) -> str:
    """A file's name as text that can be stored and printed: undecodable bytes and control characters
    replaced.
    """
    text = os.fsencode(path).decode("utf-8", "replace")
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text
    )


def _folders(paths: Iterable[Path], walk: Walk) -> Iterator[list[Sibling]]:
    """The files that lie together, folder by folder. A path given by itself is together with no other."""
    for path in paths:
        try:
            kind = path.stat().st_mode
        except FileNotFoundError:
            walk.unreadable.append(f"{shown(path)}: there is no such file or folder")
        except OSError as error:  # a name that is too long, a folder that may not be looked into, a circle
            walk.unreadable.append(f"{shown(path)}: {error.strerror}")
        else:
            if stat.S_ISDIR(kind):
                yield from _in_folder(path, walk)
            elif stat.S_ISREG(kind):
                yield [_on_disk(path)]
            else:
                walk.unreadable.append(f"{shown(path)}: it is neither a file nor a folder")


def _in_folder(folder: Path, walk: Walk) -> Iterator[list[Sibling]]:
    files, folders = [], []
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                folders.append(Path(entry.path))
            elif entry.is_file(follow_symlinks=False):
                files.append(_on_disk(Path(entry.path)))
            else:
                walk.not_followed.append(shown(entry.path))
    except OSError as error:
        walk.unreadable.append(f"{shown(folder)}: {error.strerror}")
        return
    yield files
    for inner in folders:
        yield from _in_folder(inner, walk)


def _on_disk(path: Path) -> Sibling:
    def opened() -> BinaryIO:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise OSError(0, "it is no longer a regular file")
        return os.fdopen(descriptor, "rb")

    return Sibling(shown(path), opened)


def _handed_over(item: Item) -> Sibling:
    def opened() -> BinaryIO:
        content = item.content
        if content is None or isinstance(content, bytes):
            return BytesIO(content or b"")
        content.seek(0)
        return cast(BinaryIO, _Borrowed(content))

    return Sibling(item.name, opened, item.refused)


class _Borrowed:
    """Somebody else's open file: read here, closed by them."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    def __getattr__(self, name: str) -> object:
        return getattr(self.file, name)

    def close(self) -> None:
        """Leave it open."""


def _each(siblings: list[Sibling], walk: Walk | None) -> Iterator[Item]:
    """What the files hold. One that cannot be read is named in `walk`; with none, it is a refused Item."""
    reference = _reference_among(siblings)
    for sibling in siblings:
        if walk is not None:
            walk.begun, walk.at = walk.begun + 1, sibling.name
        try:
            yield from _read(sibling, reference, depth=0)
        except OSError as error:
            reason = error.strerror or str(error)
            if walk is None:
                yield Item(sibling.name, refused=f"It could not be read: {reason}.", size=sibling.size)
            else:
                walk.unreadable.append(f"{sibling.name}: {reason}")


def _reference_among(siblings: list[Sibling]) -> str:
    """The one reference that these files' details name, when exactly one report beside them has none of its
    own.

    An NCMEC report document carries no number: its fileDetails do.
    """
    if len(siblings) < 2:
        return ""
    reports, details = 0, []
    for sibling in siblings:
        found = _format_of(sibling)
        reports += found == "ncmec-report"
        if reports > 1:
            return ""
        if found == "ncmec-file-details":
            details.append(sibling)
    references = (
        {reference for sibling in details for reference in _references_in(sibling)} if reports else set()
    )
    return references.pop() if len(references) == 1 else ""


def _format_of(sibling: Sibling) -> str:
    try:
        with closing(sibling.open()) as file:
            found = exchange.recognise(file.read(HEAD))
    except (OSError, *archive.BROKEN):
        return ""
    return found.name if found else ""


def _references_in(sibling: Sibling) -> Iterator[str]:
    try:
        with closing(sibling.open()) as file:
            yield from [report.reference for report in exchange.read(file, limit=LIMIT) if report.reference]
    except (OSError, Unreadable, *archive.BROKEN):
        return


def _read(sibling: Sibling, reference: str, depth: int) -> Iterator[Item]:
    if sibling.refused:
        yield Item(sibling.name, refused=sibling.refused, size=sibling.size)
        return
    with closing(sibling.open()) as file:
        head = file.read(4)
        file.seek(0)
        if head in ZIP and not depth:
            yield from _from_archive(sibling.name, file, depth)
            return
        content = file.read(LIMIT + 1)
        if head in ZIP and len(content) <= LIMIT:
            yield from _from_archive(sibling.name, BytesIO(content), depth)
            return
        if len(content) <= LIMIT:
            yield Item(sibling.name, content, reference)
        else:
            yield _too_large(sibling.name, content, file)


def _too_large(name: str, start: bytes, rest: BinaryIO) -> Item:
    digest, size = hashlib.sha256(start), len(start)
    while block := rest.read(2**20):
        digest.update(block)
        size += len(block)
    reason = f"It is larger than {LIMIT // 2**20} MiB, so it was not read and its bytes are not kept here."
    return Item(name, refused=reason, size=size, sha256=digest.hexdigest())


def _from_archive(name: str, file: BinaryIO, depth: int) -> Iterator[Item]:
    """The members, folder by folder; or one Item for the archive when it cannot be opened safely."""
    try:
        folders = archive.folders(file, depth)
    except archive.Refusal as refusal:
        file.seek(0)
        yield _too_large_or_not(name, file, str(refusal))
        return
    for members in folders:
        siblings = [_member(name, member) for member in members]
        reference = _reference_among([sibling for sibling in siblings if not sibling.refused])
        for sibling in siblings:
            try:
                yield from _read(sibling, reference, depth + 1)
            except (*archive.BROKEN, OSError) as error:  # bzip2 says OSError of broken data
                reason = f"It could not be taken out of the archive: {error}."
                yield Item(sibling.name, refused=reason, size=sibling.size)


def _too_large_or_not(name: str, file: BinaryIO, reason: str) -> Item:
    item = _too_large(name, b"", file)
    item.refused = f"{reason} An archive's own bytes are not kept here."
    return item


def _member(name: str, member: archive.Member) -> Sibling:
    return Sibling(f"{name} › {shown(member.name)}", member.open, member.refused, member.size)

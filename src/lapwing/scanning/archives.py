"""Zip and tar archives: phone extractions, downloads, and offices' documents, which are zip files too."""

import bz2
import gzip
import lzma
import re
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO

from lapwing.hashing.failures import CannotHash, Failure
from lapwing.scanning import backups, segments, split_zips
from lapwing.scanning.beside import Beside
from lapwing.scanning.found import Found, Locator, Step
from lapwing.scanning.parts import LARGE, RATIO, Kept, Opening, buffered, part_of, size_of

ENCRYPTED = 0x1
UTF8 = 0x800
ZIP_NAMES = re.compile(
    rb"\.(?:zip|do[ct][xm]|xl[st][xm]|xlsb|p[po][ts][xm]|vsdx|od[tspgf]|ot[tsp]|pages|numbers|key|epub|apk"
    rb"|jar|ipa|kmz|cbz)\Z",
    re.I,
)
TAR_NAMES = re.compile(rb"\.(?:tar|ab|tgz|tbz2?|txz|tar\.(?:gz|bz2|xz))\Z", re.I)
_OLD_SUM = re.compile(rb" *([0-7]{1,7})[\0 ]{1,7}")
_ZIP = re.compile(rb"PK(?:\x03\x04|\x05\x06|(?:\x07\x08|00)PK\x03\x04)")  # the last two of one that was cut
_PACKED: tuple[tuple[bytes, Callable[[BinaryIO], Any]], ...] = (
    (b"\x1f\x8b\x08", lambda file: gzip.GzipFile(fileobj=file)),
    (b"BZh", bz2.BZ2File),
    (b"\xfd7zXZ\0", lzma.LZMAFile),
    (backups.ANDROID, backups.tar_of),
)
_zips: Kept[zipfile.ZipFile] = Kept()
_tars: Kept[tuple[Any, int]] = Kept()


def is_zip(name: bytes, head: bytes) -> bool:
    """Whether a file which begins so is a zip archive."""
    return _ZIP.match(head) is not None


def is_tar(name: bytes, head: bytes) -> bool:
    """Whether a file which begins so is a tar archive; packed, only if its name says that it is one, or
    where it is a backup of Android.
    """
    if head.startswith(backups.ANDROID):
        return True
    packed = any(head.startswith(mark) for mark, _ in _PACKED)
    return TAR_NAMES.search(name) is not None if packed else is_plain_tar(head)


def is_plain_tar(head: bytes) -> bool:
    """Whether a file which begins so is a tar archive that is not packed."""
    return head[257:262] == b"ustar" or _is_old_tar(head)


def _is_old_tar(head: bytes) -> bool:
    """Whether it begins like a tar of before 1988, which has no mark: by the sum of its first header."""
    header, said = head[: tarfile.BLOCKSIZE], _OLD_SUM.fullmatch(head[148:156])
    if said is None or len(header) < tarfile.BLOCKSIZE or not header[0]:
        return False
    counted = sum(header) - sum(header[148:156]) + 8 * ord(" ")
    return counted == int(said[1], 8)


def walk_zip(opening: Opening, outer: Locator, path: bytes) -> Iterator[Found]:
    """Every file that its directory names, in that order."""
    split = split_zips.split_of(Beside(opening, outer))
    if split is not None and outer[-1].at != split.head:
        return  # all is listed there
    yield from segments.lost(opening, outer, path, split.pieces if split is not None else None, "zip")
    archive = _zip(opening, outer)
    if "information.turtle" in archive.NameToInfo:
        said = Failure("partly_read", "AFF4, an image of a disk in pieces: what lies on the disk is not seen")
        yield Found(path=path + b"/", locator=(*outer, Step("zip", path, -1)), parent=path, failure=said)
    most = max(LARGE, RATIO * size_of(archive.fp))
    total = 0
    for number, info in enumerate(archive.infolist()):
        if info.is_dir():
            continue
        total += info.file_size
        name = info.orig_filename.encode("utf-8" if info.flag_bits & UTF8 else "cp437", "surrogateescape")
        failure = Failure("encrypted") if info.flag_bits & ENCRYPTED else None
        yield Found(
            path=path + b"/" + name,
            locator=(*outer, Step("zip", name, number)),
            parent=path,
            size=info.file_size,
            times=_clock(info.date_time),
            excluded="symbolic_link" if stat.S_ISLNK(info.external_attr >> 16) else None,
            failure=Failure("bomb") if total > most else failure,
        )


def is_split(name: bytes, head: bytes) -> bool:
    """Whether a file may be a piece of a zip by its name alone: it begins where the one before broke off."""
    return split_zips.NAMES.search(name) is not None or name.lower().endswith(b".zip")


def walk_split(opening: Opening, outer: Locator, path: bytes) -> Iterator[Found]:
    """All of the zip, where this is the first piece that is there. Raises CannotHash without the last one."""
    if split_zips.split_of(Beside(opening, outer)) is not None:
        yield from walk_zip(opening, outer, path)


def open_zip(opening: Opening, outer: Locator, step: Step) -> BinaryIO:
    """One file of a zip archive."""
    archive = _zip(opening, outer)
    return archive.open(archive.infolist()[step.number])  # type: ignore[return-value]


def walk_tar(opening: Opening, outer: Locator, path: bytes) -> Iterator[Found]:
    """Every file of a tar archive, in the order it lies."""
    file, size = _unpacked(opening, outer)
    file.seek(0)
    most = max(LARGE, RATIO * size)
    with tarfile.open(fileobj=file, mode="r:", errors="surrogateescape") as archive:
        for number, member in enumerate(archive):
            archive.members = []  # type: ignore[attr-defined]  # it would keep them all
            if member.offset_data > most:
                raise CannotHash("bomb")
            if not member.isdir():
                yield _tar_found(member, number, outer, path)
        end = archive.offset
    if not _ends(file, end):
        step = Step("tar", path, 0, f"{end}+0")
        cut = Failure("damaged", "the archive ends without its end mark: files may be missing")
        yield Found(path=path + b"/", locator=(*outer, step), parent=path, failure=cut)


def _ends(file: Any, at: int) -> bool:
    """Whether a tar archive's end mark lies where its next file would. One that breaks off has none."""
    file.seek(at)
    mark = file.read(tarfile.BLOCKSIZE)
    return len(mark) == tarfile.BLOCKSIZE and not any(mark)


def open_tar(opening: Opening, outer: Locator, step: Step) -> BinaryIO:
    """One file of a tar archive: a part of it."""
    start, _, size = step.part.partition("+")
    return part_of(_unpacked(opening, outer)[0], int(start), int(size))


def _tar_found(member: tarfile.TarInfo, number: int, outer: Locator, path: bytes) -> Found:
    name = member.name.encode("utf-8", "surrogateescape")
    excluded = "symbolic_link" if member.issym() else "hard_link" if member.islnk() else None
    excluded = "pipe" if member.isfifo() else "device" if member.ischr() or member.isblk() else excluded
    return Found(
        path=path + b"/" + name,
        locator=(*outer, Step("tar", name, number, f"{member.offset_data}+{member.size}")),
        parent=path,
        size=member.size,
        times=_moment(member.mtime),
        excluded=excluded,
        failure=Failure("unsupported_format", "a sparse file") if member.issparse() else None,
    )


def _zip(opening: Opening, outer: Locator) -> zipfile.ZipFile:
    def opened() -> zipfile.ZipFile:
        split = split_zips.split_of(beside := Beside(opening, outer))
        if split is not None:
            return split_zips.archive_of(split, beside)
        return zipfile.ZipFile(segments.archive_of(opening, outer))

    return _zips.of(outer, opened)


def _unpacked(opening: Opening, outer: Locator) -> tuple[Any, int]:
    """A tar archive without what packs it, and its size as it lies."""

    def opened() -> tuple[Any, int]:
        file = buffered(opening(outer))
        head, size = file.read(16), size_of(file)
        file.seek(0)
        unpack = next((one for mark, one in _PACKED if head.startswith(mark)), None)
        return (unpack(file) if unpack else file), size

    return _tars.of(outer, opened)


def _clock(parts: tuple[int, ...]) -> dict[str, str]:
    """A zip's time: of some clock, and it does not say whose."""
    try:
        return {"modified": datetime(*parts).isoformat()}  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        return {}


def _moment(seconds: float) -> dict[str, str]:
    try:
        return {"modified": datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")}
    except (ValueError, OverflowError, OSError):
        return {}

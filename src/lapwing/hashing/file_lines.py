"""One file's hashes as a line of JSON, and the lines of an earlier run that was killed."""

import os

import msgspec
from msgspec import UNSET, Struct, UnsetType

from lapwing.hashing import photodna, vpdq
from lapwing.hashing.failures import Failure
from lapwing.hashing.pool import FileHashes


class FailureLine(Struct, frozen=True):
    """Why something of a file is not known."""

    reason: str
    sentence: str
    detail: str = ""


class Line(Struct, frozen=True, kw_only=True):
    """What is printed of a file. None is null: not known, or not of this kind of file."""

    path: str
    path_hex: str | UnsetType = UNSET  # only where the path is not UTF-8
    size: int | None
    modified_ns: int | UnsetType | None = UNSET  # not there where only the content counts
    kind: str | None
    sha256: str | None
    md5: str | None
    sha1: str | None
    pdq: str | None
    quality: int | None
    low_quality: bool | None  # the PDQ is kept, and too little is in the picture to match by it alone
    turned: list[str] | UnsetType = UNSET
    vpdq: list[str] | UnsetType = UNSET
    photodna: str | UnsetType = UNSET
    failure: FailureLine | None

    @property
    def raw_path(self) -> bytes:
        """The path's exact bytes."""
        return self.path.encode() if self.path_hex is UNSET else bytes.fromhex(self.path_hex)

    def still_true(self, path: bytes) -> bool:
        """Whether the file is as it was, by its size and when it was last written."""
        try:
            status = os.stat(path)
        except OSError:
            return False
        return (self.size, self.modified_ns) == (status.st_size, status.st_mtime_ns)


def line_of(found: FileHashes) -> Line:
    """The line of a file that was worked on."""
    digests, pdq, path = found.digests, found.pdq, shown(found.path)
    return Line(
        path=path[0],
        path_hex=path[1],
        size=digests.size if digests else None,
        modified_ns=found.modified_ns,
        kind=found.kind,
        sha256=digests.sha256 if digests else None,
        md5=digests.md5 if digests else None,
        sha1=digests.sha1 if digests else None,
        pdq=pdq.hex if pdq else None,
        quality=pdq.quality if pdq else None,
        low_quality=pdq.low_quality if pdq else None,
        turned=[way.hex() for way in pdq.turned] if pdq and pdq.turned else UNSET,
        vpdq=msgspec.json.decode(vpdq.text(found.frames), type=list[str]) if found.frames else UNSET,
        photodna=photodna.text(found.photodna) if found.photodna else UNSET,
        failure=_failure(found.failure),
    )


def unreadable_line(path: bytes, fault: str) -> Line:
    """The line of what could not even be looked at."""
    failed = Failure("unreadable", fault)
    return line_of(FileHashes(path, None, None, None, None, None, None, failed))


def earlier(name: str, output: int) -> dict[bytes, Line]:
    """The whole lines of an earlier run, by path. A torn last line is as if it were not there.

    Where `output`, a descriptor, is that same file, the torn line is cut off, so that what is written next
    begins a line. Raises OSError.
    """
    with open(name, "rb") as file:
        content = file.read()
        whole = content.rfind(b"\n") + 1
        if whole < len(content) and os.path.sameopenfile(file.fileno(), output):
            os.ftruncate(output, whole)
    lines: dict[bytes, Line] = {}
    for row in content[:whole].splitlines():
        try:
            line = msgspec.json.decode(row, type=Line)
            lines[line.raw_path] = line
        except ValueError:  # a line torn by an earlier kill, with others after it: the file is done again
            continue
    return lines


def shown(path: bytes) -> tuple[str, str | UnsetType]:
    """A path as well as it can be shown, and in hexadecimal where it is not UTF-8."""
    try:
        return path.decode(), UNSET
    except UnicodeDecodeError:
        return path.decode(errors="replace"), path.hex()


def _failure(failure: Failure | None) -> FailureLine | None:
    return FailureLine(failure.reason, failure.sentence, failure.detail) if failure else None

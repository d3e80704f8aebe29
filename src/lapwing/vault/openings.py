"""Opening sealed objects for a stated purpose, on the machine that has the private key.

Every object asked for gets a line in the log, whatever came of it, and the line is on the disk before the
plain file has its name: a file without a line cannot come about, a line without a file can.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from lapwing.vault.age_format import Identities, NotOpened
from lapwing.vault.names import BadName, ObjectName
from lapwing.vault.opening_log import LogWriter, Opening
from lapwing.vault.stores import Missing, Store
from lapwing.vault.verifying import check

OPENED = "opened"
LONGEST = 200  # characters of a name that is none, in the log
_HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True)
class Opener:
    """Who opens, why, with what, from where and to where."""

    identities: Identities
    store: Store
    folder: Path
    purpose: str
    by: str
    log: LogWriter
    now: Callable[[], datetime]

    def open_all(self, asked: Iterable[str]) -> Iterator[Opening]:
        """Open each object, or each object of a SHA-256. Gives the line that was written for it."""
        for entry in asked:
            names = list(self._names(entry))
            for name in names:
                yield self._open(name)
            if not names:
                refused = (
                    "not the name of an object" if not _is_sha256(entry) else "no object has this SHA-256"
                )
                yield self._add(entry[:LONGEST], result=refused)

    def _names(self, entry: str) -> Iterator[str]:
        if _is_sha256(entry):
            for found in sorted(self.store.names(f"{entry[:2]}/{entry}-")):
                if _is_name(found):
                    yield found
        elif _is_name(entry):
            yield entry

    def _open(self, name: str) -> Opening:
        expected = ObjectName.parse(name)
        fault = check(self.store, name)
        if fault is not None:
            return self._add(name, sha256=expected.sha256, result=f"the sealed object is {fault.kind}")
        target = self.folder / expected.sha256
        if target.exists() or target.is_symlink():
            return self._add(name, sha256=expected.sha256, result="a file of that name is already there")
        handle, temporary = tempfile.mkstemp(prefix=".opening-", dir=self.folder)
        try:
            with open(handle, "wb") as file:
                result, size = self._unseal(name, expected, file)
            line = self._add(name, expected.sha256, expected.sealed_sha256, size, result)
            if result == OPENED:
                os.rename(temporary, target)
            return line
        finally:
            Path(temporary).unlink(missing_ok=True)

    def _unseal(self, name: str, expected: ObjectName, file: BinaryIO) -> tuple[str, int]:
        plain = _Hashed(file)
        try:
            with self.store.open(name) as sealed:
                self.identities.unseal(sealed, plain)
        except (NotOpened, Missing) as error:
            return f"not opened: {error}", 0
        file.flush()
        os.fsync(file.fileno())
        if plain.hashing.hexdigest() != expected.sha256:
            return "what it holds is not what its name says", 0
        return OPENED, plain.size

    def _add(
        self, name: str, sha256: str = "", sealed_sha256: str = "", size: int = 0, result: str = OPENED
    ) -> Opening:
        at = self.now().astimezone(UTC).isoformat(timespec="microseconds")
        return self.log.add(
            Opening(
                position=0,
                at=at,
                by=self.by,
                purpose=self.purpose,
                object=name,
                sha256=sha256,
                sealed_sha256=sealed_sha256,
                size=size,
                result=result,
                previous="",
            )
        )


class _Hashed:
    """A file being written, and the hash of it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.hashing = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        self.hashing.update(data)
        self.size += len(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()


def _is_sha256(text: str) -> bool:
    return len(text) == 64 and _HEX.issuperset(text)


def _is_name(text: str) -> bool:
    try:
        ObjectName.parse(text)
    except BadName:
        return False
    return True

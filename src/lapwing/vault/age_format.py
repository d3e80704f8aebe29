"""Sealing and opening in the age format, streaming, and the keys of both. All there is of pyrage is here."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

import pyrage
from msgspec import Struct

PRIVATE = "AGE-SECRET-KEY-"


class BadKey(Exception):
    """A key cannot be used. The sentence says which line, and never repeats a private key."""


class NotOpened(Exception):
    """A sealed object could not be opened with this key, or was not whole."""


class Reader(Protocol):
    """Where bytes come from. An empty answer is the end."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes."""


class Writer(Protocol):
    """Where bytes go."""

    def write(self, data: bytes, /) -> int:
        """Take all of `data`."""

    def flush(self) -> None:
        """Pass on what is kept back."""


class Recipients(Struct, frozen=True):
    """The public keys a file is sealed to, sorted and each once: any one private half opens it."""

    keys: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> "Recipients":
        """Read age recipients (`age1…`), one a line; `#` begins a comment line.

        Raises BadKey, naming the line, for anything else, for a private key and for a text without any.
        """
        keys = set()
        for number, line in _lines(text):
            if line.upper().startswith(PRIVATE):
                raise BadKey(f"line {number} is a PRIVATE key, which must never be on this machine")
            try:
                keys.add(str(pyrage.x25519.Recipient.from_str(line)))
            except pyrage.RecipientError:
                raise BadKey(f"line {number} is not an age recipient (age1…)") from None
        if not keys:
            raise BadKey("there is no age recipient in it")
        return cls(tuple(sorted(keys)))

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """A short name for each key: the first 32 hex of the SHA-256 of its text, sorted."""
        return tuple(sorted(hashlib.sha256(key.encode()).hexdigest()[:32] for key in self.keys))


class Identities:
    """Private keys, read from a file that an age client would read too."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._keys = [pyrage.x25519.Identity.from_str(key) for key in keys]

    @classmethod
    def generate(cls) -> "Identities":
        """A new private key, from the system's randomness."""
        return cls([str(pyrage.x25519.Identity.generate())])

    @classmethod
    def read(cls, path: Path) -> "Identities":
        """Read AGE-SECRET-KEY lines; `#` begins a comment line. Raises BadKey, OSError."""
        try:
            lines = list(_lines(path.read_text("ascii")))
        except UnicodeDecodeError:
            raise BadKey("it is not a file of age private keys") from None
        for number, line in lines:
            try:
                pyrage.x25519.Identity.from_str(line)
            except pyrage.IdentityError:
                raise BadKey(f"line {number} is not an age private key (AGE-SECRET-KEY-1…)") from None
        if not lines:
            raise BadKey("there is no age private key in it")
        return cls([line for _, line in lines])

    def write(self, path: Path, *comments: str) -> None:
        """Make a file that only its owner can read. Raises FileExistsError: a key is never overwritten."""
        text = "".join(f"# {comment}\n" for comment in comments) + "".join(f"{key}\n" for key in self._keys)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with open(handle, "w", encoding="ascii") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())

    @property
    def recipients(self) -> Recipients:
        """The public halves."""
        return Recipients(tuple(sorted({str(key.to_public()) for key in self._keys})))

    @property
    def secret(self) -> bytes:
        """The first private key, from which the key that signs an opening log is derived."""
        return str(self._keys[0]).encode("ascii")

    def unseal(self, sealed: Reader, plain: Writer) -> None:
        """Write what `sealed` holds to `plain`, piece by authentic piece.

        Raises NotOpened for a wrong key and for bytes changed or missing; what was written by then is the
        beginning of the file and must be thrown away. An error of either stream is raised as it was.
        """
        source, sink = _Kept(sealed), _Kept(plain)
        try:
            pyrage.decrypt_io(source, sink, self._keys)
        except (pyrage.DecryptError, OSError) as error:
            source.raise_fault()
            sink.raise_fault()
            raise NotOpened(str(error)) from None
        sink.raise_fault()


def seal(plain: Reader, sealed: Writer, recipients: Recipients) -> None:
    """Write `plain` to `sealed`, in 64 KiB pieces. An error of either stream is raised as it was."""
    keys = [pyrage.x25519.Recipient.from_str(key) for key in recipients.keys]
    source, sink = _Kept(plain), _Kept(sealed)
    try:
        pyrage.encrypt_io(source, sink, keys)
    except (pyrage.EncryptError, OSError):
        source.raise_fault()
        sink.raise_fault()
        raise
    sink.raise_fault()


class _Kept:
    """A stream whose error is kept, as age turns every error into a text, and hides one in the last piece."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._fault: BaseException | None = None

    def read(self, size: int) -> bytes:
        self.raise_fault()
        try:
            return self._stream.read(size)  # type: ignore[no-any-return]
        except BaseException as fault:
            self._fault = fault
            raise

    def write(self, data: bytes) -> int:
        self.raise_fault()
        try:
            return self._stream.write(data)  # type: ignore[no-any-return]
        except BaseException as fault:
            self._fault = fault
            raise

    def flush(self) -> None:
        self.raise_fault()
        try:
            self._stream.flush()
        except BaseException as fault:
            self._fault = fault
            raise

    def raise_fault(self) -> None:
        if self._fault is not None:
            raise self._fault


def _lines(text: str) -> Iterable[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, line.strip()

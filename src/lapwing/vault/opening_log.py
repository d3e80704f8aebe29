"""The log of what was opened: each line follows from the one before and is signed with the opener's key.

A line is one JSON object, in the one spelling it is written in. Its `hash` covers its other fields,
`previous` among them; its `signature` (Ed25519) covers the hash. What a log cannot show by itself is that its
last lines were cut off: whoever takes it in remembers the last hash (`lapwing-web take-openings` does).
"""

import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

from lapwing.vault.age_format import BadKey, Identities

GENESIS = "0" * 64
LONGEST = 64 * 1024  # bytes of a line
_DERIVED = b"lapwing opening log, signing key, 1"
_SIGNED = b"lapwing opening log, line, 1\n"
_encode = msgspec.json.Encoder(order="sorted").encode


class Opening(Struct, frozen=True, forbid_unknown_fields=True):
    """One line: one object that somebody tried to open. Hashes are lower-case hex, empty when not known."""

    position: int  # from 1
    at: str  # ISO 8601 in UTC, with microseconds
    by: str
    purpose: str
    object: str  # its name, or what the list had in place of one
    sha256: str  # of the plain bytes
    sealed_sha256: str  # as read from the store
    size: int  # plain bytes; 0 when not opened
    result: str  # "opened", or a sentence that says why not
    previous: str  # the hash of the line before; GENESIS for the first
    hash: str = ""
    signature: str = ""


class BadLog(Exception):
    """The log is not whole. `line` is counted from 1; 0 is the file."""

    def __init__(self, line: int, sentence: str) -> None:
        self.line = line
        self.sentence = sentence
        super().__init__(f"line {line}: {sentence}" if line else sentence)


class Signer:
    """The key that signs a log, derived from the first private age key of the opener's file (RFC 5869)."""

    def __init__(self, identities: Identities) -> None:
        seed = HKDF(SHA256(), 32, salt=None, info=_DERIVED).derive(identities.secret)
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    @property
    def public(self) -> str:
        """The public half, 64 hex: what `check-log` and `take-openings` are given."""
        return self._key.public_key().public_bytes_raw().hex()

    def signed(self, opening: Opening) -> Opening:
        """The same line with its hash and signature."""
        digest = line_hash(opening)
        signature = self._key.sign(_SIGNED + bytes.fromhex(digest)).hex()
        return msgspec.structs.replace(opening, hash=digest, signature=signature)


def line_hash(opening: Opening) -> str:
    """SHA-256 of the line's JSON, keys sorted, with `hash` and `signature` empty."""
    return hashlib.sha256(_encode(msgspec.structs.replace(opening, hash="", signature=""))).hexdigest()


def public_key(text: str) -> Ed25519PublicKey:
    """Read a public key of 64 hex. Raises BadKey."""
    try:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(text.strip()))
    except ValueError:
        raise BadKey("a log's public key is 64 hexadecimal digits, as keygen prints it") from None


def lines_of(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a log, none longer than LONGEST: a longer one comes in parts, which are no lines."""
    return iter(lambda: file.readline(LONGEST), b"")


def checked(lines: Iterable[bytes], public: str) -> Iterator[Opening]:
    """Each line of a log, proved before it is given. Raises BadLog at the first that is wrong, BadKey."""
    key = public_key(public)
    previous = GENESIS
    for number, line in enumerate(lines, 1):
        opening = _read(number, line)
        if opening.position != number or opening.previous != previous:
            raise BadLog(number, "it does not follow the line before: lines were removed, added or moved")
        if line_hash(opening) != opening.hash:
            raise BadLog(number, "it was changed: its content does not give its hash")
        try:
            signature = bytes.fromhex(opening.signature)
            if signature.hex() != opening.signature:  # capitals and spaces would be changes that nobody sees
                raise ValueError
            key.verify(signature, _SIGNED + bytes.fromhex(opening.hash))
        except (InvalidSignature, ValueError):
            raise BadLog(number, "its signature is not by this key") from None
        previous = opening.hash
        yield opening


class LogWriter:
    """Adds lines to a log that only one process writes at a time."""

    def __init__(self, handle: int, signer: Signer, last: Opening | None) -> None:
        self._handle = handle
        self._signer = signer
        self._position = last.position if last else 0
        self._head = last.hash if last else GENESIS

    def add(self, opening: Opening) -> Opening:
        """Sign and add it as the next line; on the disk for certain when this returns."""
        placed = msgspec.structs.replace(opening, position=self._position + 1, previous=self._head)
        signed = self._signer.signed(placed)
        rest = _encode(signed) + b"\n"
        while rest:
            rest = rest[os.write(self._handle, rest) :]
        os.fsync(self._handle)
        self._position, self._head = signed.position, signed.hash
        return signed


@contextmanager
def appending(path: Path, signer: Signer) -> Iterator[LogWriter]:
    """Open a log to add to, or begin one that only its owner can read.

    It is checked first, and a last line that was never finished is cut off: nothing was opened under it.
    Raises BadLog when it is not whole or another key's, BlockingIOError when another process is writing it.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        last = None
        with open(os.dup(handle), "rb") as lines:
            whole = (line for line in lines_of(lines) if line.endswith(b"\n"))
            end = 0
            for last in checked(whole, signer.public):
                end += len(_encode(last)) + 1
        os.ftruncate(handle, end)
        yield LogWriter(handle, signer, last)
    finally:
        os.close(handle)


def _read(number: int, line: bytes) -> Opening:
    try:
        opening = msgspec.json.decode(line, type=Opening)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BadLog(number, "it is not a line of an opening log") from None
    if _encode(opening) + b"\n" != line:
        raise BadLog(number, "it is not spelt as it was written")
    try:
        at = datetime.fromisoformat(opening.at)
        timed = at.tzinfo is not None and at.astimezone(UTC) is not None
    except (ValueError, OverflowError):  # at either end of time there are moments that UTC cannot spell
        timed = False
    if not timed or opening.size < 0:
        raise BadLog(number, "its time or its size is none")
    return opening

"""Checksums and signatures that stand beside a document.

A signature is as minisign writes it, Ed25519 over the document's BLAKE2b-512, or plain Ed25519 over the
document. Minisign's trusted comment is signed too, and its `timestamp` is then the publisher's own word of
when the document was made. Its older form ("Ed"), which signs no digest, is refused.

Source: https://jedisct1.github.io/minisign/, "Signature format" and "Public key format".
"""

import base64
import binascii
import hashlib
import mmap
import re
from datetime import UTC, datetime
from typing import BinaryIO

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Struct

TRUSTED = "trusted comment: "
TIMESTAMP = re.compile(r"(?:^|\t)timestamp:(\d{1,11})(?:\t|$)", re.ASCII)
SUM = re.compile(r"\\?([0-9A-Fa-f]{64})(?: [ *](.{1,1000}))?", re.ASCII)


class PublicKey(Struct, frozen=True):
    """A publisher's key. `number` is what minisign's signatures name it by, and empty for a bare key."""

    number: bytes
    value: bytes

    @classmethod
    def parse(cls, text: str) -> "PublicKey":
        """From the line that minisign prints, with its comment or without, or from base64 of 32 bytes.

        Raises ValueError.
        """
        raw = decoded(text.strip().splitlines()[-1] if text.strip() else "")
        if len(raw) == 32:
            return cls(b"", raw)
        if len(raw) != 42 or raw[:2] != b"Ed":
            raise ValueError("public_key is a line as minisign prints it, or the base64 of 32 bytes")
        return cls(raw[2:10], raw[10:])

    def check(self, signature: bytes, document: BinaryIO) -> datetime | None:
        """The time that was signed with the document, where one was. Raises ValueError when it does not hold.

        Memory stays flat: minisign's digest is of a stream, and for a plain signature the file is mapped.
        """
        document.seek(0)
        if self.number:
            digest = hashlib.file_digest(document, "blake2b").digest()  # type: ignore[arg-type]
            return self._check_minisign(signature.decode("utf-8", "replace"), digest)
        raw = signature if len(signature) == 64 else decoded(signature.decode("ascii", "replace").strip())
        if not document.seek(0, 2):
            self._verify(raw, b"")
            return None
        with mmap.mmap(document.fileno(), 0, access=mmap.ACCESS_READ) as file, memoryview(file) as mapped:
            self._verify(raw, mapped)
        return None

    def _check_minisign(self, text: str, digest: bytes) -> datetime | None:
        lines = [line.rstrip("\r") for line in text.strip().split("\n")]
        if len(lines) != 4 or not lines[2].startswith(TRUSTED):
            raise ValueError("its signature is none of minisign's")
        signed, whole = decoded(lines[1]), decoded(lines[3])
        if signed[:2] == b"Ed":
            raise ValueError("its signature is of the older form, which signs no digest: minisign -H does")
        if len(signed) != 74 or signed[:2] != b"ED":
            raise ValueError("its signature is none of minisign's")
        if signed[2:10] != self.number:
            raise ValueError("its signature is by another key than the one that was agreed")
        comment = lines[2].removeprefix(TRUSTED)
        self._verify(signed[10:], digest)
        self._verify(whole, signed[10:] + comment.encode())
        said = TIMESTAMP.search(comment)
        return datetime.fromtimestamp(int(said[1]), UTC) if said else None

    def _verify(self, signature: bytes, signed: bytes | memoryview) -> None:
        try:
            Ed25519PublicKey.from_public_bytes(self.value).verify(signature, signed)
        except InvalidSignature:
            raise ValueError(
                "its signature is not by the key that was agreed, or of something else"
            ) from None


def decoded(text: str) -> bytes:
    """Bytes from base64. Raises ValueError."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("what should be base64 is none") from None


def checksum(text: str, name: str) -> str:
    """The SHA-256 that `sha256sum` wrote of the file `name`, or the only one. Raises ValueError."""
    found = [match for line in text.splitlines() if (match := SUM.fullmatch(line.strip()))]
    if len(found) > 1:
        found = [match for match in found if (match[2] or "").rpartition("/")[2] == name]
    if len(found) != 1:
        raise ValueError("what stands beside it has no SHA-256 as sha256sum writes it, or none of its name")
    return found[0][1].lower()

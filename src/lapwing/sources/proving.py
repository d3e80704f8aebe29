"""Whether a document is what its publisher made: by a checksum or a signature that stands beside it."""

import base64
import binascii
import io
from typing import BinaryIO

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from lapwing.sources.configured import Source
from lapwing.sources.downloading import NotFetched, download

LONGEST = 64 * 1024  # bytes of a checksum's or a signature's document


def prove(source: Source, document: BinaryIO, sha256: str) -> None:
    """Raises NotFetched when the document is not the one that the checksum or the signature is of."""
    if source.sha256_address:
        said = _beside(source, source.sha256_address).decode("ascii", "replace").split()
        if not said or said[0].lower() != sha256:
            raise NotFetched("its SHA-256 is not the one that stands beside it", again=True)
    if source.signature_address:
        signature = _beside(source, source.signature_address)
        if len(signature) != 64:
            try:
                signature = base64.b64decode(signature.strip(), validate=True)
            except binascii.Error:
                raise NotFetched("its signature is none") from None
        document.seek(0)
        try:
            key = Ed25519PublicKey.from_public_bytes(base64.b64decode(source.public_key))
            key.verify(signature, document.read())
        except InvalidSignature:
            raise NotFetched("its signature is not by the key that was agreed") from None


def _beside(source: Source, address: str) -> bytes:
    found = io.BytesIO()
    download(msgspec.structs.replace(source, largest_mib=1), address, found)
    if found.tell() > LONGEST:
        raise NotFetched("what stands beside it is too long to be a checksum or a signature")
    return found.getvalue()

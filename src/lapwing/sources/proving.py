"""Whether a document is what its publisher made: by a checksum or a signature that stands beside it."""

import io
from datetime import datetime
from typing import BinaryIO
from urllib.parse import urlsplit

import msgspec

from lapwing.sources.configured import Source
from lapwing.sources.downloading import NotFetched, download
from lapwing.sources.signatures import PublicKey, checksum

LONGEST = 64 * 1024  # bytes of a checksum's or a signature's document


def prove(source: Source, document: BinaryIO, sha256: str) -> datetime | None:
    """The time that its publisher signed with a document, where one did.

    Raises NotFetched when it is not the document that the checksum or the signature is of: both may be of a
    newer one already, so another try may help.
    """
    try:
        if source.sha256_address:
            name = urlsplit(source.address).path.rpartition("/")[2]
            said = _beside(source, source.sha256_address).decode("ascii", "replace")
            if checksum(said, name) != sha256:
                raise ValueError("its SHA-256 is not the one that stands beside it")
        if source.signature_address:
            key = PublicKey.parse(source.public_key)
            return key.check(_beside(source, source.signature_address), document)
    except ValueError as fault:
        raise NotFetched(str(fault), again=True) from None
    return None


def _beside(source: Source, address: str) -> bytes:
    found = io.BytesIO()
    download(msgspec.structs.replace(source, largest_mib=1), address, found)
    if found.tell() > LONGEST:
        raise NotFetched("what stands beside it is too long to be a checksum or a signature")
    return found.getvalue()

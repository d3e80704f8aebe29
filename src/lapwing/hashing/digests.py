"""The hashes of one file, and its size."""

from msgspec import Struct


class Digests(Struct, frozen=True):
    """Hashes in lower-case hex, named as in DIGESTS, and the size in bytes, of the same bytes."""

    md5: str
    sha1: str
    sha256: str
    size: int

    def value(self, hash_type: str) -> str:
        """The hash of that kind. Raises KeyError for a kind that is not in DIGESTS."""
        return {"md5": self.md5, "sha1": self.sha1, "sha256": self.sha256}[hash_type]

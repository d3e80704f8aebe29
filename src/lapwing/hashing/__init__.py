"""What a file is known by: the kinds of hash, of its bytes and of what it looks like."""

from lapwing.hashing.digesting import Digesting
from lapwing.hashing.digests import Digests
from lapwing.hashing.hash_types import DIGESTS, HASH_TYPES, HashType

__all__ = ["DIGESTS", "HASH_TYPES", "Digesting", "Digests", "HashType"]

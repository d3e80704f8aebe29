"""What a file is known by: the kinds of hash, and all of them worked out while the bytes pass once."""

from lapwing.hashing.digesting import Digesting
from lapwing.hashing.digests import Digests
from lapwing.hashing.hash_types import HASH_TYPES, HashType

__all__ = ["HASH_TYPES", "Digesting", "Digests", "HashType"]

"""Lists of hashes of files already known, and whether a file is on one. Hashes only, never content."""

from lapwing.matching.hash_list import HashList
from lapwing.matching.known_lists import KnownLists, Match
from lapwing.matching.layer_file import BadList

__all__ = ["BadList", "HashList", "KnownLists", "Match"]

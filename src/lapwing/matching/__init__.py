"""Lists of hashes of files already known, and whether a file is on one. Hashes only, never content."""

from lapwing.matching.known_lists import KnownLists, Match
from lapwing.matching.list_file import BadList, HashList

__all__ = ["BadList", "HashList", "KnownLists", "Match"]

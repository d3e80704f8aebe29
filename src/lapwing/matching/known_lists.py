"""Every list in a folder, asked at once."""

from pathlib import Path

from msgspec import Struct

from lapwing.hashing import Digests
from lapwing.matching.list_file import SUFFIX, BadList, HashList


class Match(Struct, frozen=True):
    """A file's hash is on a list. Always the list it is on, so that no list's match is told as another's."""

    list_name: str
    hash_type: str
    value: str  # lower-case hex


class KnownLists:
    """Lists that were whole when they were opened. One replaced on disk later is not seen until reopened."""

    def __init__(self, lists: list[HashList]) -> None:
        self.lists = lists

    @classmethod
    def open(cls, folder: Path) -> "KnownLists":
        """Open every `*.hashes` file. A folder that is not there has no lists.

        Raises BadList, naming the file, when one is damaged: matching against fewer lists than are here
        would be a silent miss.
        """
        lists = [HashList.open(path) for path in sorted(folder.glob(f"*{SUFFIX}"))]
        seen: set[tuple[str, str]] = set()
        for known in lists:
            if (known.name, known.hash_type) in seen:
                raise BadList(known.path, f"there are two lists {known.name} of {known.hash_type}")
            seen.add((known.name, known.hash_type))
        return cls(lists)

    @classmethod
    def open_whole(cls, folder: Path) -> "tuple[KnownLists, list[BadList]]":
        """Open what is whole, and say what is not: for whoever shows the faults and must go on meanwhile."""
        lists, faults = [], []
        for path in sorted(folder.glob(f"*{SUFFIX}")):
            try:
                lists.append(HashList.open(path))
            except BadList as fault:
                faults.append(fault)
            except OSError as error:
                faults.append(BadList(path, error.strerror or "it cannot be read"))
        return cls(lists), faults

    def match(self, digests: Digests) -> list[Match]:
        """Every list the file is on, and by which hash, in order of list and kind of hash."""
        found = []
        for known in self.lists:
            value = digests.value(known.hash_type)
            if bytes.fromhex(value) in known:
                found.append(Match(known.name, known.hash_type, value))
        return sorted(found, key=lambda match: (match.list_name, match.hash_type))

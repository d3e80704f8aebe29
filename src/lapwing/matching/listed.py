"""A file as a list of known files has it: hashes, and what its publisher says of it. Never the file."""

from msgspec import Struct

from lapwing.hashing import HASH_TYPES


class ListedFile(Struct, frozen=True):
    """One entry as published. `hashes` has raw values by kind of hash, and no kind that it does not have.

    `category` is the publisher's own mark, and `dialect` says whose marks those are: a VICS 1, an industry A1
    and a court's category A are different things, and none is ever turned into another. An entry that is
    `withdrawn` is to match no more: then `identity`, or its hashes, say which.
    """

    hashes: dict[str, bytes] = {}
    identity: str = ""  # the publisher's own name for the entry
    category: str = ""
    dialect: str = ""
    media: str = ""  # image, video, or "" where nobody says
    withdrawn: bool = False


class BadRecord(Struct, frozen=True):
    """What could not be taken as an entry: where it stands, and what is wrong. Its text is not repeated."""

    where: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.where}: {self.sentence}"


def raw(kind: str, text: str) -> bytes:
    """The raw value of a hash as people write it: in either case of letters, with spaces about it.

    Of a vPDQ that is its text, which names its frames. Raises ValueError, with a sentence, for what is no
    hash of that kind.
    """
    try:
        value = HASH_TYPES[kind].parse(text.strip())
    except ValueError as error:
        raise ValueError(f"its {kind} is none: {error}") from None
    return value if isinstance(value, bytes) else text.strip().encode()


def value_of(kind: str, text: str) -> bytes:
    """The same for a hash that is to be on a list.

    Raises ValueError also for the hash of an empty file, which every empty file would match.
    """
    value = raw(kind, text)
    new = HASH_TYPES[kind].new
    if new is not None and value == new().digest():
        raise ValueError(f"its {kind} is that of an empty file, which every empty file would match")
    return value

"""What a form of list is."""

from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from msgspec import Struct

from lapwing.matching.listed import BadRecord, ListedFile

Entries = Iterator[ListedFile | BadRecord]


class HashSet(Struct, frozen=True):
    """A form of list: its name in HASH_SETS, and what it can do.

    `recognises` takes the first bytes of a document (64 KiB are enough). `read` takes a stream opened in
    binary: a bad record is given as a BadRecord and the rest goes on; a document that is cut short or is not
    of this form raises Unreadable, and what was read of it is then no list. `write` is None where nobody
    takes lists in that form; `writes` are the kinds of hash that it can say. A document with `changes` adds
    to a list and takes from it, and is not the whole of it. One that is `harmless` is of files to set aside,
    and is never to be among the lists that files are looked for on.
    """

    name: str
    recognises: Callable[[bytes], bool]
    read: Callable[[BinaryIO], Entries]
    write: Callable[[Iterable[ListedFile], BinaryIO], int] | None = None
    writes: frozenset[str] = frozenset()
    changes: bool = False
    harmless: bool = False

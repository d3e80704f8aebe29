"""The kinds of place that hold files, in one table: a folder, and what lies in files.

A kind that lies in a file (an archive, an image, a document) has three functions:

- `recognises(name, head)`: whether a file of that name which begins so is one; `head` is HEAD bytes of it.
- `walk(place)`: everything in it, each once, failures included. It runs in a process that may die of it, with
  a limit of memory. What cannot be read at all is one Found with a failure; an exception is one too.
- `open(outer, step)`: one file of it, for reading, by the last step of its locator. `outer` is the locator of
  the file that holds it: `open_found(outer)` opens that. What it gives can seek.

A file found in it has the locator `(*place.locator, Step(kind's name, …))` and `place.path` + "/" + its own
path as its path. A file in it that is itself such a place is walked in its turn, DEEPEST deep: a kind looks
only one deep. It opens files by `open_found` alone, so everything can lie in everything.
"""

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

from msgspec import Struct

from lapwing.scanning import (
    archives,
    backups,
    browser_caches,
    chromium_blocks,
    databases,
    folders,
    images,
    mail,
    mail_stores,
    ole,
    pdfs,
    property_lists,
    segments,
    sequences,
    split_zips,
    thumbnails,
    tnef,
    write_ahead,
)
from lapwing.scanning.found import Found, Locator, Step
from lapwing.scanning.parts import Opening

HEAD = 65536  # bytes that are enough to tell a kind by
IMAGE_NAMES = re.compile(rb"\.(?:dd|img|raw|e01|ex01|bin|0*1|0{2,4}|vmdk|vhdx?|qcow2?|dmg)\Z", re.I)
DEEPEST = 8  # places inside one another


_NO_NAME = re.compile(rb"(?!)")


class Place(Struct, frozen=True):
    """A folder, or a file that holds others."""

    locator: Locator
    path: bytes  # as `Found.path`: b"" for the source itself where it is a folder

    @property
    def depth(self) -> int:
        """How many files it lies in."""
        return len(self.locator) - 1


class Kind(Struct, frozen=True):
    """A kind of place. `named` are names that make it worth looking into a file early."""

    name: str
    recognises: Callable[[bytes, bytes], bool]
    walk: Callable[[Place], Iterator[Found]]
    open: Callable[[Locator, Step], BinaryIO]
    named: re.Pattern[bytes] = _NO_NAME  # matched at the end of a name, whatever its case


def _walk_folder(place: Place) -> Iterator[Found]:
    return folders.walk(place.locator[0].at)


def _kind(
    name: str,
    recognises: Callable[[bytes, bytes], bool],
    walk: Callable[[Opening, Locator, bytes], Iterator[Found]],
    open_one: Callable[[Opening, Locator, Step], BinaryIO],
    named: re.Pattern[bytes] = _NO_NAME,
) -> Kind:
    """A kind whose functions are given how to open the file that they look into."""
    return Kind(
        name,
        recognises,
        lambda place: walk(open_found, place.locator, place.path),
        lambda outer, step: open_one(open_found, outer, step),
        named,
    )


FOLDER = Kind("folder", lambda name, head: False, _walk_folder, folders.open_in)  # never in a file
ZIP = _kind("zip", archives.is_zip, archives.walk_zip, archives.open_zip, archives.ZIP_NAMES)
TAR = _kind("tar", archives.is_tar, archives.walk_tar, archives.open_tar, archives.TAR_NAMES)
SEQUENCE = _kind(
    "sequence", sequences.is_sequence, sequences.walk_sequence, sequences.open_sequence, sequences.NAMES
)
FURTHER = _kind("further", segments.is_further, segments.walk_further, segments.open_further, segments.NAMES)
OLE = _kind("ole", ole.is_ole, ole.walk_ole, ole.open_ole, ole.NAMES)
SQLITE = _kind(
    "sqlite", databases.is_database, databases.walk_database, databases.open_database, databases.NAMES
)
WAL = _kind("wal", write_ahead.is_log, write_ahead.walk_log, write_ahead.open_log, write_ahead.NAMES)
PDF = _kind("pdf", pdfs.is_pdf, pdfs.walk_pdf, pdfs.open_pdf, pdfs.NAMES)
PST = _kind("pst", mail_stores.is_store, mail_stores.walk_store, mail_stores.open_store, mail_stores.NAMES)
MBOX = _kind("mbox", mail.is_mailbox, mail.walk_mailbox, mail.open_mailbox, mail.MBOX_NAMES)
MAIL = _kind("mail", mail.is_mail, mail.walk_mail, mail.open_mail, mail.MAIL_NAMES)
TNEF = _kind("tnef", tnef.is_package, tnef.walk_package, tnef.open_package, tnef.NAMES)
THUMBNAILS = _kind(
    "thumbnails",
    thumbnails.is_thumbnails,
    thumbnails.walk_thumbnails,
    thumbnails.open_thumbnails,
    thumbnails.NAMES,
)
IMAGE = _kind("image", images.is_image, images.walk_image, images.open_image, IMAGE_NAMES)
MANIFEST = _kind("manifest", backups.is_manifest, backups.walk_manifest, backups.open_manifest, backups.NAMES)
PLIST = _kind(
    "plist",
    property_lists.is_property_list,
    property_lists.walk_property_list,
    property_lists.open_property_list,
    property_lists.NAMES,
)
CHROMIUM = _kind(
    "chromium",
    browser_caches.is_chromium,
    browser_caches.walk_chromium,
    browser_caches.open_chromium,
    browser_caches.CHROMIUM_NAMES,
)
BLOCKS = _kind(
    "blocks",
    chromium_blocks.is_blocks,
    chromium_blocks.walk_blocks,
    chromium_blocks.open_blocks,
    chromium_blocks.NAMES,
)
FIREFOX = (
    _kind(  # whose entries are called as those of a backup by iTunes: no name is worth looking into early
        "firefox",
        browser_caches.is_firefox,
        browser_caches.walk_firefox,
        browser_caches.open_firefox,
        re.compile(rb"(?!)"),
    )
)
SPLIT = _kind("split", archives.is_split, archives.walk_split, archives.open_zip, split_zips.NAMES)

_FILES = (
    ZIP,
    TAR,
    SEQUENCE,
    FURTHER,
    OLE,
    SQLITE,
    WAL,
    PDF,
    PST,
    MBOX,
    MAIL,
    TNEF,
    THUMBNAILS,
    IMAGE,
    MANIFEST,
    PLIST,
    CHROMIUM,
    BLOCKS,
    FIREFOX,
    SPLIT,
)
_KINDS = (FOLDER, *_FILES)
PLACES: dict[str, Kind] = {kind.name: kind for kind in _KINDS}
# Asked of every name, in lower case as the patterns are: to ignore case takes half as long again.
_NAMED = re.compile(b"|".join(kind.named.pattern for kind in _FILES))


def open_found(locator: Locator) -> BinaryIO:
    """Open a file for reading, wherever it lies. Raises OSError, CannotHash."""
    *outer, last = locator
    return PLACES[last.place].open(tuple(outer), last)


def recognise(name: bytes, head: bytes) -> Kind | None:
    """The kind of place that a file is, by its content."""
    return next((kind for kind in PLACES.values() if kind.recognises(name, head)), None)


def named_like(name: bytes) -> bool:
    """Whether a name is one that a place has, so that it is worth opening early."""
    return _NAMED.search(name.lower()) is not None

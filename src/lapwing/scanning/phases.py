"""The order of a scan: what is cheap and telling first, what people made before what machines made."""

import re
from enum import IntEnum
from functools import lru_cache

from lapwing.hashing.recognising import named_kind
from lapwing.scanning.found import Found
from lapwing.scanning.places import named_like


class Phase(IntEnum):
    """What is to be done next with a file. All of one phase is done before the next is begun."""

    SOURCE = 0  # look into the source itself, where it is a file
    EXACT = 1  # the hashes of the bytes of what is likely to be a picture or a video
    WALK = 2  # look into what holds other files
    LOOK = 3  # what pictures look like
    VIDEO = 4  # what videos look like
    REST = 5  # everything of whatever is left


SENTENCES: dict[Phase, str] = {
    Phase.SOURCE: "looking into the source",
    Phase.EXACT: "hashing likely files",
    Phase.WALK: "looking into files that hold others",
    Phase.LOOK: "looking at pictures",
    Phase.VIDEO: "looking at videos",
    Phase.REST: "hashing everything else",
}

# Where a file lies says who put it there. First the camera's own folders and what people make and keep; last
# what programs keep for themselves. By the folders of phones and computers as their makers document them.
_CAMERA = re.compile(
    rb"(?:^|/)(?:DCIM|\d{3}(?:APPLE|CANON|ND|MSDCF|_PANA)\w*|Camera(?: Roll| Uploads)?)/", re.I
)
_CACHES = re.compile(
    rb"(?:^|/)(?:\.?caches?|\.?thumb(?:nail)?s?|Code Cache|GPUCache|Media Cache|Temporary Internet Files"
    rb"|INetCache|Content\.IE5|temp|tmp|\.thumbdata\w*|\.Trash\w*|WebKitCache|Service Worker)(?:/|$)",
    re.I,
)
_SYSTEM = re.compile(
    rb"(?:^|/)(?:Windows|Program Files(?: \(x86\))?|ProgramData|WinSxS|System/Library"
    rb"|Library/Application Support"
    rb"|usr|opt|system|vendor|node_modules|AppData)/",
    re.I,
)
CAMERA, OWN, CACHES, SYSTEM = range(4)
_KINDS = {"picture": 0, None: 1, "video": 2}
PLACE_NAMES = ("camera", "folder", "cache", "system")
_BARE = re.compile(rb"[^.]+\Z")  # a name without an extension, as programs give what they keep


def place_rank(path: bytes) -> int:
    """CAMERA, OWN, CACHES or SYSTEM, by where it lies."""
    folder, slash, name = path.rpartition(b"/")
    return CACHES if _CACHES.match(name) else _folder_rank(folder + slash)


@lru_cache(maxsize=4096)  # of very many files most lie in the folder that the one before lies in
def _folder_rank(folder: bytes) -> int:
    """The same of everything in a folder; what a file is itself called says only that it is a cache."""
    if _CACHES.search(folder):
        return CACHES
    if _CAMERA.search(folder):
        return CAMERA
    return SYSTEM if _SYSTEM.search(folder) else OWN


def place_of(rank: int) -> int:
    """The place_rank in a rank that `rank_of` gave."""
    return rank % 10


def first_phase(found: Found) -> Phase | None:
    """What to do first with what was found; None when there is nothing to do with it."""
    if found.excluded is not None or found.failure is not None:
        return None
    name = _name(found.path)
    if named_like(name):
        return Phase.WALK
    return Phase.EXACT if named_kind(name) or _BARE.match(name) else Phase.REST


def rank_of(found: Found) -> int:
    """The order within a phase, smallest first: pictures before what has no extension before videos."""
    return 10 * _KINDS[named_kind(_name(found.path))] + place_rank(found.path)


def _name(path: bytes) -> bytes:
    """What it is called, without what is asked of an address."""
    return path.rpartition(b"/")[2].partition(b"?")[0]

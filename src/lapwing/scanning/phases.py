"""The order of a scan: what is cheap and telling first, what people made before what machines made."""

import os
import re
from enum import IntEnum

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
PLACE_NAMES = ("camera", "folder", "cache", "system")
_BARE = re.compile(rb"[^.]+\Z")  # a name without an extension, as programs give what they keep


def place_rank(path: bytes) -> int:
    """CAMERA, OWN, CACHES or SYSTEM, by where it lies."""
    if _CACHES.search(path):
        return CACHES
    if _CAMERA.search(path):
        return CAMERA
    return SYSTEM if _SYSTEM.search(path) else OWN


def first_phase(found: Found) -> Phase | None:
    """What to do first with what was found; None when there is nothing to do with it."""
    if found.excluded is not None or found.failure is not None:
        return None
    name = os.path.basename(found.path)
    if named_like(name):
        return Phase.WALK
    return Phase.EXACT if named_kind(name) or _BARE.match(name) else Phase.REST


def rank_of(found: Found) -> int:
    """The order within a phase, smallest first: pictures before what has no extension before videos."""
    kind = named_kind(found.path)
    kinds = {"picture": 0, None: 1, "video": 2}
    return 10 * kinds[kind] + place_rank(found.path)

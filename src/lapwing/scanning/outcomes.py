"""What follows for a file from what a worker said of it."""

import msgspec

from lapwing.hashing import vpdq
from lapwing.hashing.failures import Failure
from lapwing.hashing.pool import FileHashes
from lapwing.hashing.worker_messages import Asked
from lapwing.scanning.found import locator_of
from lapwing.scanning.images import is_whole
from lapwing.scanning.phases import Phase
from lapwing.scanning.state import Known, Waiting

_TEXT = msgspec.json.Encoder(order="deterministic")
LONG = 256 << 20  # bytes of a file that nothing is to wait behind
HELD_TYPES = {  # of places whose first bytes are of no one kind: what was looked for in them says it
    "mail": "message/rfc822", "mbox": "application/mbox", "pst": "application/vnd.ms-outlook-pst",
    "tnef": "application/vnd.ms-tnef", "tar": "application/x-tar",
}  # fmt: skip
_LOOKS = {"picture": Phase.LOOK, "image": Phase.LOOK, "video": Phase.VIDEO}  # by kind, and by media type


def asked_of(one: Waiting, turned: bool) -> Asked:
    """What a worker is to do with it, by its phase."""
    if one.phase in (Phase.SOURCE, Phase.WALK):
        return Asked(one.locator, walk=True, alone=True, shown=one.path)
    exact = one.phase in (Phase.EXACT, Phase.REST)
    return Asked(
        one.locator,
        turned,
        video=True,
        exact=exact,
        look=one.phase != Phase.EXACT,
        facts=True,
        alone=one.phase == Phase.VIDEO or (exact and one.size >= LONG),
    )


def known_of(one: Waiting, said: FileHashes) -> Known:
    """What is known of it now, and what is to be done with it next."""
    if one.phase in (Phase.SOURCE, Phase.WALK):
        # what cannot be looked into is hashed all the same, and keeps the reason; what is a picture and a
        # place, as an entry of a browser may be, is still to be looked at
        phase = _LOOKS.get((one.type or "").partition("/")[0]) if one.sha256 else Phase.REST
        return Known(one.id, phase, one.rank, True, failure=said.failure)
    if one.phase in (Phase.LOOK, Phase.VIDEO) and said.failure is None and _changed(one, said):
        return Known(one.id, None, one.rank, one.walked, failure=Failure("changed", "since it was hashed"))
    digests, pdq = said.digests, said.pdq
    return Known(
        one.id,
        _next(one, said),
        one.rank,
        one.walked,
        kind=said.kind,
        type=said.media_type or HELD_TYPES.get(said.holds or ""),
        md5=digests.md5 if digests else None,
        sha1=digests.sha1 if digests else None,
        sha256=digests.sha256 if digests else None,
        size=digests.size if digests else None,
        modified_ns=said.modified_ns,
        pdq=pdq.value if pdq else None,
        quality=pdq.quality if pdq else None,
        turned=b"".join(pdq.turned) if pdq and pdq.turned else None,
        vpdq=vpdq.text(said.frames) if said.frames else None,
        photodna=said.photodna,
        facts=_TEXT.encode(said.facts).decode() if said.facts else None,
        failure=said.failure,
    )


def _next(one: Waiting, said: FileHashes) -> Phase | None:
    if one.phase in (Phase.LOOK, Phase.VIDEO) or said.digests is None:
        return None
    if said.holds and not one.walked and not is_whole(locator_of(one.locator)[-1]):
        return Phase.WALK
    return _LOOKS.get(said.kind or "") if one.phase == Phase.EXACT else None


def _changed(one: Waiting, said: FileHashes) -> bool:
    return said.kind is not None and said.modified_ns != one.modified_ns

"""Documents that wait for a person: put aside as they came, and what became of each, which is only added to.

<lists>/<name>/held/<digest>/    the document, or the pages, as they came
<lists>/<name>/decisions.jsonl   who decided what, when and why
"""

import os
import shutil
from pathlib import Path

import msgspec
from msgspec import Struct

from lapwing.matching.durable import add_line
from lapwing.matching.layer_file import BadList
from lapwing.matching.versions import current
from lapwing.sources.arriving import digest_of
from lapwing.sources.configured import Source
from lapwing.sources.standing import Held, Standing, keep

HELD, COMING, DECISIONS = "held", "coming", "decisions.jsonl"


class Decision(Struct, frozen=True):
    """What became of a document that was held. Lines are only added."""

    decision: str  # accepted, refused, or superseded by what came later
    sha256: str
    why_held: str
    reason: str
    by: str
    at: str


def put_aside(folder: Path, file: str, came: Path) -> None:
    """Move what came to where it waits, on the disk when this returns. What waited before is let go of."""
    for path in (*came.iterdir(), came):
        _sync(path)
    (folder / HELD).mkdir(exist_ok=True, mode=0o750)
    sweep(folder)
    os.rename(came, folder / HELD / file)
    _sync(folder / HELD)


def waiting(folder: Path, source: Source, held: Held) -> Path:
    """Where it waits. Raises BadList when it is not there, or not what was put aside; OSError."""
    where = folder / HELD / held.file
    if not where.is_dir() or not any(where.iterdir()):
        raise BadList(where, "what was held is not there any more: refuse it, and it is fetched again")
    if digest_of(source, where) != held.sha256:
        raise BadList(where, "what was held has been changed: refuse it, and it is fetched again")
    return where


def sweep(folder: Path, but: str = "") -> None:
    """Remove what waits no more, or was left by a fetch that was killed."""
    for path in (folder / HELD).iterdir() if (folder / HELD).is_dir() else ():
        if path.name != but:
            shutil.rmtree(path)


def decided(folder: Path, now: Standing, held: Held, decision: Decision) -> Standing:
    """Write down what became of what is held, and let go of it. Raises OSError."""
    add_line(folder / DECISIONS, msgspec.json.encode(decision))
    now = msgspec.structs.replace(now, held=None)
    keep(folder, now)
    sweep(folder)
    return now


def brought_in(folder: Path, known: Standing) -> Standing:
    """How a source stands, where whoever accepted what is held was killed before that was written down."""
    held, now = known.held, current(folder)
    if held is None or now is None or now.sha256 != held.sha256:
        return known
    if _last(folder) == ("accepted", held.sha256):
        after = as_taken(known, held, now.number, now.at)
        keep(folder, after)
        return after
    said = Decision(
        "accepted", held.sha256, held.why, "it was brought in; no reason was kept", now.by, now.at
    )
    return decided(folder, as_taken(known, held, now.number, now.at), held, said)


def as_taken(known: Standing, held: Held, version: int, at: str) -> Standing:
    """As after a fetch that took it when it last came. Its own time counts from here, older or not."""
    return msgspec.structs.replace(
        known,
        confirmed_at=held.seen_at or held.at,
        changed_at=at,
        fault="",
        failures=0,
        version=version,
        sha256=held.sha256,
        etag=held.etag,
        made=held.made,
        since=held.since or known.since,
        held=None,
    )


def _last(folder: Path) -> tuple[str, str]:
    path = folder / DECISIONS
    lines = path.read_bytes().splitlines() if path.exists() else []
    try:
        said = msgspec.json.decode(lines[-1], type=Decision) if lines else None
    except (msgspec.DecodeError, UnicodeDecodeError):  # a line that a power cut left
        said = None
    return (said.decision, said.sha256) if said else ("", "")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

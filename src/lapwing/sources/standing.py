"""What is known of a source between fetches: `source.json` beside its list, replaced in one step."""

from pathlib import Path

import msgspec
from msgspec import Struct

from lapwing.matching.durable import add_line, replace_file
from lapwing.matching.layer_file import BadList

FILE, HELD, DECISIONS = "source.json", "held", "decisions.jsonl"


class Held(Struct, frozen=True):
    """A document that waits for a person."""

    file: str  # its name in the folder of what is held
    why: str
    at: str
    sha256: str
    etag: str
    last_modified: str


class Standing(Struct, frozen=True):
    """A source as it stands. Times are ISO 8601 with their zone."""

    tried_at: str = ""
    confirmed_at: str = ""  # when its publisher last said that this is the list
    fault: str = ""  # what went wrong the last time
    failures: int = 0  # in a row
    etag: str = ""
    last_modified: str = ""
    since: str = ""  # of a paged source: the latest entry's time, as the server gave it
    held: Held | None = None
    refused: list[str] = []  # SHA-256 of documents that a person refused


class Decision(Struct, frozen=True):
    """What a person decided about a document that was held. Lines are only added."""

    decision: str
    sha256: str
    why_held: str
    reason: str
    by: str
    at: str


def standing(folder: Path) -> Standing:
    """How the source of the list in this folder stands. Raises BadList, OSError."""
    path = folder / FILE
    if not path.exists():
        return Standing()
    try:
        return msgspec.json.decode(path.read_bytes(), type=Standing)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadList(path, f"it does not say how a source stands: {error}") from None


def keep(folder: Path, now: Standing) -> None:
    """Keep it, whole or not at all, and on the disk when this returns."""
    folder.mkdir(parents=True, exist_ok=True)
    content = msgspec.json.format(msgspec.json.encode(now), indent=1)
    replace_file(folder / FILE, lambda file: file.write(content), mode=0o600)


def record_decision(folder: Path, decision: Decision) -> None:
    """Add a line, which is on the disk when this returns."""
    add_line(folder / DECISIONS, msgspec.json.encode(decision))

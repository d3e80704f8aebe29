"""What is known of a source between fetches: `source.json` beside its list, replaced in one step."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from msgspec import Struct

from lapwing.matching import durable
from lapwing.matching.changing import How
from lapwing.matching.durable import replace_file
from lapwing.matching.layer_file import BadList
from lapwing.matching.versions import writing
from lapwing.policy.topics.known_lists import ListAge

FILE, LOCK = "source.json", "source.lock"


class Held(Struct, frozen=True):
    """A document that waits for a person. `made`, `etag` and `since` are as in Standing."""

    file: str  # the name of its folder in that of what is held
    why: str
    at: str  # when it first came
    sha256: str
    etag: str = ""
    made: str = ""
    since: str = ""
    how: How = "whole"
    seen_at: str = ""  # when it last came


class Run(Struct, frozen=True):
    """How far a fetch of pages has come."""

    source: str  # the address that the source had
    begun_at: str  # where its window ends
    next: str  # the address of the page to ask for; "" when the last is there
    pages: int = 0
    size: int = 0  # of them all
    latest: str = ""  # the latest time that they name, as it stands there


class Standing(Struct, frozen=True):
    """A source as it stands. Times are ISO 8601 with their zone."""

    tried_at: str = ""
    confirmed_at: str = ""  # when its publisher last said that this is the list
    changed_at: str = ""  # when its publisher last had anything new
    fault: str = ""  # what went wrong the last time
    failures: int = 0  # in a row
    version: int = 0  # the one that was in use when it was last confirmed
    sha256: str = ""  # of the document that was taken last, whether or not it changed anything
    etag: str = ""
    made: str = ""  # when it was made, as it claims
    since: str = ""  # of a paged source: the latest entry's time, as the server gave it
    not_before: str = ""  # when its server wants to be asked again
    run: Run | None = None  # pages that were cut off, to be gone on with
    held: Held | None = None
    refused: list[str] = []  # SHA-256 of documents that a person refused


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
    content = msgspec.json.format(msgspec.json.encode(now), indent=1)
    with writing(folder):  # who changes the list sweeps up what writers that were killed left half written
        replace_file(folder / FILE, lambda file: file.write(content))


@contextmanager
def alone(folder: Path) -> Iterator[bool]:
    """One fetch or decision at a time for a list: False while another is going on. Makes the folder.

    It is not the lock under which the list changes, which nobody holds while a publisher is waited for.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with durable.alone(folder / LOCK) as free:
        yield free


def stale(known: Standing, age: ListAge, at: datetime) -> bool:
    """Whether a list has not been confirmed for longer than policy allows."""
    if not known.confirmed_at:
        return True
    return at - datetime.fromisoformat(known.confirmed_at) > timedelta(hours=age.stale_after_hours)


def quiet(known: Standing, age: ListAge, at: datetime) -> bool:
    """Whether a publisher has had nothing new for longer than policy allows, though it may well answer.

    A list that is served and no longer made looks confirmed for ever.
    """
    if not known.changed_at or age.quiet_after_hours is None:
        return False
    return at - datetime.fromisoformat(known.changed_at) > timedelta(hours=age.quiet_after_hours)

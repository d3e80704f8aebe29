"""Fetching a list: a new version, no change, held for a person, or a failure, and the last good one stays."""

import shutil
import tempfile
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from lapwing.exchange.hash_sets.reading import BadEntries
from lapwing.exchange.unreadable import Unreadable
from lapwing.matching import BadList
from lapwing.matching.changing import Origin, bring_in
from lapwing.matching.versions import Version, current, folder_of, kept
from lapwing.policy.topics import ListSourcesVersion
from lapwing.policy.topics.known_lists import ListAge
from lapwing.sources.arriving import Arrived, Wait, arrive, entries
from lapwing.sources.configured import BadSources, Source
from lapwing.sources.downloading import NotFetched, older
from lapwing.sources.standing import HELD, Decision, Held, Standing, keep, record_decision, standing

FAULTS = (NotFetched, Unreadable, BadEntries, BadSources, BadList, ValueError, OSError)
BY = "lapwing lists fetch"


class Outcome(Struct, frozen=True):
    """What came of a fetch. `version` is the one in use afterwards, 0 where there is none."""

    list_name: str
    outcome: Literal["new-version", "unchanged", "held", "failed"]
    version: int
    sentence: str = ""


def fetch(
    lists: Path,
    name: str,
    source: Source,
    *,
    version: ListSourcesVersion,
    at: datetime,
    wait: Wait = time.sleep,
) -> Outcome:
    """Fetch one list at the time `at`, which has a zone. Never raises for what a publisher does."""
    folder = folder_of(lists, name)
    before = msgspec.structs.replace(standing(folder), tried_at=at.isoformat(timespec="seconds"))
    with tempfile.TemporaryDirectory(prefix="lapwing-fetch-") as aside:
        try:
            arrived = arrive(source, before, Path(aside), version, wait)
            return _taken(lists, name, source, version, before, arrived, Path(aside))
        except FAULTS as fault:
            failed = msgspec.structs.replace(before, fault=str(fault)[:500], failures=before.failures + 1)
            keep(folder, failed)
            return Outcome(name, "failed", _number(folder), str(fault))


def due(source: Source, known: Standing, at: datetime) -> bool:
    """Whether a source is to be asked now. One that failed is asked again with the next that is due."""
    if not known.tried_at or known.fault:
        return True
    return at - datetime.fromisoformat(known.tried_at) >= timedelta(minutes=source.every_minutes)


def stale(known: Standing, age: ListAge, at: datetime) -> bool:
    """Whether a list has not been confirmed for longer than policy allows."""
    if not known.confirmed_at:
        return True
    return at - datetime.fromisoformat(known.confirmed_at) > timedelta(hours=age.stale_after_hours)


def suspicion(
    source: Source,
    version: ListSourcesVersion,
    before: Standing,
    arrived: Arrived,
    versions: list[Version],
    sizes: Mapping[str, int],
) -> str:
    """Why a document is held for a person; "" when it is not.

    `sizes` has how many entries it has and withdraws. Of changes, what they withdraw is what is lost.
    """
    if not versions:
        return ""
    now, has, percent = versions[-1], versions[-1].entries, version.amount
    for earlier in versions[:-1]:
        if source.kind == "file" and earlier.sha256 == arrived.sha256:
            return f"it is the document of version {earlier.number} again, and the list is at {now.number}"
    if older(arrived.last_modified, before.last_modified):
        return f"it is from {arrived.last_modified}, before the last one's {before.last_modified}"
    lost = sizes["withdrawn"] if source.how == "changes" else max(0, has - sizes["entries"])
    more = sizes["entries"] if source.how == "changes" else max(0, sizes["entries"] - has)
    if max(has, sizes["entries"]) < percent("few_entries"):
        return ""
    if lost * 100 > has * percent("shrink_percent"):
        return f"it would take away {lost:,} of {has:,} entries"
    if more * 100 > has * percent("grow_percent"):
        return f"it would add {more:,} to {has:,} entries"
    return ""


def accept(lists: Path, name: str, source: Source, *, reason: str, by: str, at: datetime) -> Version:
    """Bring in what is held, by a person's word. Raises BadList when nothing is, and as `bring_in` does."""
    folder = folder_of(lists, name)
    known, held = _held(folder)
    when = at.isoformat(timespec="seconds")
    origin = Origin(_shown(source), by, when, held.sha256)
    made = bring_in(lists, name, entries(source, folder / HELD / held.file), origin=origin, how=source.how)
    now = msgspec.structs.replace(
        known, confirmed_at=when, etag=held.etag, last_modified=held.last_modified, fault="", failures=0
    )
    _decided(folder, now, held, Decision("accepted", held.sha256, held.why, reason, by, when))
    return made


def refuse(lists: Path, name: str, *, reason: str, by: str, at: datetime) -> None:
    """Throw away what is held: the same document is not held again. Raises BadList when nothing is."""
    folder = folder_of(lists, name)
    known, held = _held(folder)
    now = msgspec.structs.replace(known, refused=[*known.refused[-99:], held.sha256])
    when = at.isoformat(timespec="seconds")
    _decided(folder, now, held, Decision("refused", held.sha256, held.why, reason, by, when))


def _held(folder: Path) -> tuple[Standing, Held]:
    known = standing(folder)
    if known.held is None:
        raise BadList(folder / HELD, "nothing is held")
    return known, known.held


def _decided(folder: Path, now: Standing, held: Held, decision: Decision) -> None:
    if not decision.reason.strip():
        raise ValueError("say why")
    record_decision(folder, decision)
    keep(folder, msgspec.structs.replace(now, held=None))
    shutil.rmtree(folder / HELD / held.file, ignore_errors=True)


def _taken(
    lists: Path,
    name: str,
    source: Source,
    version: ListSourcesVersion,
    before: Standing,
    arrived: Arrived,
    aside: Path,
) -> Outcome:
    folder = folder_of(lists, name)
    was = current(folder)
    when = before.tried_at
    confirmed = msgspec.structs.replace(before, confirmed_at=when, fault="", failures=0)
    if arrived.unchanged or (was is not None and source.kind == "file" and was.sha256 == arrived.sha256):
        keep(folder, confirmed)
        return Outcome(name, "unchanged", _number(folder))
    if arrived.sha256 in before.refused:
        raise NotFetched("it is the document that somebody refused")
    sizes = _sizes(source, aside)
    why = suspicion(source, version, before, arrived, kept(folder), sizes)
    if why:
        return _hold(folder, name, before, arrived, aside, why)
    origin = Origin(_shown(source), BY, when, arrived.sha256)
    made = bring_in(lists, name, entries(source, aside), origin=origin, how=source.how)
    now = msgspec.structs.replace(
        confirmed, etag=arrived.etag, last_modified=arrived.last_modified, since=arrived.latest
    )
    if before.held is not None:
        said = Decision("superseded", before.held.sha256, before.held.why, "a later one was good", BY, when)
        _decided(folder, now, before.held, said)
    else:
        keep(folder, now)
    same = was is not None and made.number == was.number
    return Outcome(name, "unchanged" if same else "new-version", made.number)


def _hold(folder: Path, name: str, before: Standing, arrived: Arrived, aside: Path, why: str) -> Outcome:
    """Put what came aside for a person. What was held before it is let go of."""
    file = arrived.sha256[:16]
    if before.held is not None and before.held.sha256 != arrived.sha256:
        shutil.rmtree(folder / HELD / before.held.file, ignore_errors=True)
    shutil.copytree(aside, folder / HELD / file, dirs_exist_ok=True)
    held = Held(file, why, before.tried_at, arrived.sha256, arrived.etag, arrived.last_modified)
    keep(folder, msgspec.structs.replace(before, held=held, fault="", failures=0))
    return Outcome(name, "held", _number(folder), f"It is held for a person: {why}.")


def _sizes(source: Source, aside: Path) -> dict[str, int]:
    sizes = {"entries": 0, "withdrawn": 0}
    for entry in entries(source, aside):
        sizes["withdrawn" if entry.withdrawn else "entries"] += 1
    return sizes


def _number(folder: Path) -> int:
    was = current(folder)
    return 0 if was is None else was.number


def _shown(source: Source) -> str:
    return source.address.partition("?")[0][:200]

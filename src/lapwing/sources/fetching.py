"""Fetching a list: a new version, no change, held for a person, or a failure, and the last good one stays."""

import shutil
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from lapwing.exchange.unreadable import Unreadable
from lapwing.matching import BadList
from lapwing.matching.changing import Origin, bring_in
from lapwing.matching.versions import Version, current, folder_of
from lapwing.policy.topics import ListSourcesVersion
from lapwing.sources.arriving import Arrived, Coming, Wait, arrive
from lapwing.sources.configured import BadSources, Source
from lapwing.sources.downloading import NotFetched
from lapwing.sources.holding import COMING, Decision, brought_in, decided, put_aside, sweep
from lapwing.sources.standing import Held, Run, Standing, alone, keep, standing
from lapwing.sources.weighing import Suspicious, weigher

FAULTS = (NotFetched, Unreadable, BadSources, BadList, ValueError, OSError)
BY = "lapwing lists fetch"
AHEAD = timedelta(days=1)  # a time further in the future is of a wrong clock: all that follows would be old


class Outcome(Struct, frozen=True):
    """What came of a fetch. `version` is the one in use afterwards, 0 where there is none.

    `busy`: another fetch of the list, or a decision about it, is going on, and says what becomes of it.
    """

    list_name: str
    outcome: Literal["new-version", "unchanged", "held", "failed", "busy"]
    version: int
    sentence: str = ""


class Visit(Struct, frozen=True):
    """One fetch of one source: what its steps need to know. `before` is how it stood, tried now."""

    lists: Path
    name: str
    source: Source
    policy: ListSourcesVersion
    before: Standing
    at: datetime
    run: Run | None = None  # of an earlier fetch, to be gone on with

    @property
    def folder(self) -> Path:
        """Where the list is."""
        return self.lists / self.name

    def says(self, outcome: Literal["unchanged", "held", "failed", "busy"], sentence: str = "") -> Outcome:
        """An outcome that changed nothing."""
        return Outcome(self.name, outcome, _number(self.folder), sentence)


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
    with alone(folder) as free:
        if not free:
            return Outcome(name, "busy", _number(folder), "Another fetch or a decision is going on.")
        try:
            known = brought_in(folder, standing(folder))
        except FAULTS as fault:
            return Outcome(name, "failed", _number(folder), str(fault))
        when = at.isoformat(timespec="seconds")
        tried = msgspec.structs.replace(known, tried_at=when, run=None, not_before="")
        visit = Visit(lists, name, source, version, tried, at, known.run)
        sweep(folder, but=known.held.file if known.held else "")
        came = folder / COMING
        try:
            return _visited(visit, came, wait)
        except FAULTS as fault:
            keep(folder, _failed(visit, fault))
            return visit.says("failed", str(fault))
        finally:
            if standing(folder).run is None:
                shutil.rmtree(came, ignore_errors=True)


def due(source: Source, known: Standing, at: datetime) -> bool:
    """Whether a source is to be asked now.

    One that failed is asked sooner than usual, each time after twice as long; never before its server wants.
    """
    if not known.tried_at:
        return True
    if known.not_before and at < datetime.fromisoformat(known.not_before):
        return False
    minutes = source.every_minutes
    if known.fault:
        minutes = min(minutes, 2 ** min(known.failures, 20))
    return at - datetime.fromisoformat(known.tried_at) >= timedelta(minutes=minutes)


def _failed(visit: Visit, fault: Exception) -> Standing:
    """How it stands then. Pages that came are gone on with where that may help."""
    wait = fault.wait if isinstance(fault, NotFetched) else 0.0
    goes_on = fault.again if isinstance(fault, NotFetched) else isinstance(fault, BadSources)
    return msgspec.structs.replace(
        visit.before,
        fault=str(fault)[:500],
        failures=visit.before.failures + 1,
        not_before=(visit.at + timedelta(seconds=wait)).isoformat(timespec="seconds") if wait else "",
        run=standing(visit.folder).run if goes_on else None,
    )


def _visited(visit: Visit, came: Path, wait: Wait) -> Outcome:
    """Ask, and see what is to be done with what comes."""
    before, folder, source = visit.before, visit.folder, visit.source
    if before.held is not None and before.held.how == "changes":
        keep(folder, before)  # what follows would be made of a list that lacks these
        return visit.says("held", _waits(before.held))
    if visit.run is None:
        shutil.rmtree(came, ignore_errors=True)  # a fetch may have been killed
    came.mkdir(mode=0o750, exist_ok=True)
    was = current(folder)
    etag = before.etag if was is not None and was.number == before.version else ""
    arrived = arrive(
        source,
        msgspec.structs.replace(before, etag=etag),
        came,
        visit.policy,
        wait,
        run=visit.run,
        note=lambda run: keep(folder, msgspec.structs.replace(before, run=run)),
    )
    if arrived.made is not None and arrived.made > visit.at + AHEAD:
        arrived = msgspec.structs.replace(arrived, made=None)
    if arrived.unchanged:
        return _unchanged(visit, was, before)
    taken = before.sha256 if was is not None and was.number == before.version else ""
    if was is not None and source.kind == "file" and arrived.sha256 in (was.sha256, taken):
        return _unchanged(visit, was, _as_had(arrived, before))
    if arrived.sha256 in before.refused:
        raise NotFetched("it is the document that somebody refused")
    return _brought_in(visit, arrived, came)


def _brought_in(visit: Visit, arrived: Arrived, came: Path) -> Outcome:
    source, before, when = visit.source, visit.before, visit.before.tried_at
    coming = Coming(source, came)
    origin = Origin(source.shown, BY, when, arrived.sha256)
    check = weigher(visit.folder, source, visit.policy, before, arrived, coming)
    was = _number(visit.folder)
    try:
        made = bring_in(visit.lists, visit.name, coming, origin=origin, how=source.how, check=check)
    except Suspicious as odd:
        return _hold(visit, arrived, came, str(odd))
    new = made.sha256 == arrived.sha256 and made.at == when and made.number > was
    after = msgspec.structs.replace(
        _as_had(arrived, before),
        confirmed_at=when,
        changed_at=when if new else before.changed_at or made.at,
        fault="",
        failures=0,
        version=made.number,
        since=arrived.latest,
    )
    _kept(visit, after, "a later one was good")
    out = f"It is without {coming.number_bad:,} that cannot be taken, the first: {coming.bad}."
    said = out if coming.number_bad else ""
    return Outcome(visit.name, "new-version" if new else "unchanged", made.number, said)


def _as_had(arrived: Arrived, before: Standing) -> Standing:
    """What is known of the document that was taken: of a fetch that was killed, it was not written down."""
    made = arrived.made.isoformat() if arrived.made else ""
    return msgspec.structs.replace(
        before, sha256=arrived.sha256, etag=arrived.etag, made=max(before.made, made)
    )


def _unchanged(visit: Visit, was: Version | None, before: Standing) -> Outcome:
    """Its publisher has what the list had when it was asked."""
    after = msgspec.structs.replace(
        before,
        confirmed_at=before.tried_at,
        changed_at=before.changed_at or (was.at if was else ""),
        fault="",
        failures=0,
        version=was.number if was else 0,
    )
    _kept(visit, after, "its publisher has what the list has")
    return visit.says("unchanged")


def _hold(visit: Visit, arrived: Arrived, came: Path, why: str) -> Outcome:
    """Put what came aside for a person, in the place of what was held before it."""
    before, when = visit.before, visit.before.tried_at
    same = before.held is not None and before.held.sha256 == arrived.sha256
    held = Held(
        file=arrived.sha256[:16],
        why=why,
        at=before.held.at if same and before.held else when,
        sha256=arrived.sha256,
        etag=arrived.etag,
        made=arrived.made.isoformat() if arrived.made else "",
        since=arrived.latest,
        how=visit.source.how,
        seen_at=when,
    )
    if not same:
        before = _kept(visit, before, "a later one is held in its place")
    put_aside(visit.folder, held.file, came)
    keep(visit.folder, msgspec.structs.replace(before, held=held, fault="", failures=0))
    return visit.says("held", _waits(held))


def _kept(visit: Visit, after: Standing, why: str) -> Standing:
    """Write down how it stands, and that nobody need decide about what was held until now."""
    held = visit.before.held
    if held is None:
        keep(visit.folder, after)
        return after
    said = Decision("superseded", held.sha256, held.why, why, BY, visit.before.tried_at)
    return decided(visit.folder, after, held, said)


def _waits(held: Held) -> str:
    return f"It is held for a person: {held.why}."


def _number(folder: Path) -> int:
    """The version in use; 0 where there is none, or where the list itself is what is wrong."""
    try:
        was = current(folder)
    except (BadList, OSError):
        return 0
    return 0 if was is None else was.number

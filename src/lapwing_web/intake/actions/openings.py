"""The signed log of what was opened elsewhere, taken into the audit: each line once, all of it or nothing."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from lapwing.vault import BadKey
from lapwing.vault import opening_log as signed
from lapwing_web.audit.actions import Actor, Entry, about, record_all, recorded
from lapwing_web.intake.actions.arrive import storable
from lapwing_web.intake.models import Opening, OpeningLog, SealedFile
from lapwing_web.moment import now
from lapwing_web.refusal import Refused
from lapwing_web.staff.actions import Viewed, count_views
from lapwing_web.staff.models import Exposure, User


class Taken(Struct):
    """Lines that were new, and lines that had been taken in before.

    `nobody`: files opened by names that nobody here signs in with, so that they count for nobody's budget.
    """

    new: int
    known: int
    nobody: int = 0


def take_openings(lines: Iterable[bytes], *, public: str, by: Actor) -> Taken:
    """Prove the log and take in the lines that are new.

    Raises Refused when it is not whole, not by this key, or ends before a line that was taken in earlier:
    then nothing is taken.
    """
    key = public.strip().lower()
    try:
        first, after, fresh = _proved(lines, key)
    except (signed.BadLog, BadKey) as error:
        raise Refused(f"The log was not taken in: {error}.") from error
    if first is None:
        raise Refused("The log was not taken in: it has no lines.")
    with recorded():
        log = OpeningLog.objects.filter(public_key=key, first_hash=first).first()
        if log is not None:  # it may have grown since it was read
            fresh = [line for line in fresh if line.position > log.position]
        else:
            log = OpeningLog(public_key=key, first_hash=first)
        nobody = 0
        if fresh:
            log.position, log.head, log.taken_at = fresh[-1].position, fresh[-1].hash, now()
            log.save()
            nobody = _count(_add(log, fresh, by), by)
    return Taken(len(fresh), after, nobody)


def _proved(lines: Iterable[bytes], key: str) -> tuple[str | None, int, list[signed.Opening]]:
    """The hash of the first line, how many lines were known, and the lines that are new."""
    first: str | None = None
    position, head, fresh, known = 0, "", [], 0
    for line in signed.checked(lines, key):
        if first is None:
            first = line.hash
            log = OpeningLog.objects.filter(public_key=key, first_hash=first).first()
            position, head = (log.position, log.head) if log else (0, "")
        if line.position > position:
            fresh.append(line)
        else:
            known += 1
        if line.position == position and line.hash != head:
            raise signed.BadLog(position, "another line was taken in in its place: the log was made again")
    if known < position:
        raise signed.BadLog(
            known, f"it ends here, and {position} lines were taken in earlier: it was cut short"
        )
    return first, known, fresh


def _add(log: OpeningLog, lines: list[signed.Opening], by: Actor) -> list[Opening]:
    rows = Opening.objects.bulk_create((_row(log, line) for line in lines), batch_size=500)
    record_all(
        Entry("take in opening", about(row), by, why=row.purpose, new=_shown(row, log.public_key))
        for row in rows
    )
    return rows


def _count(rows: list[Opening], by: Actor) -> int:
    """Count each file opened as a view of who opened it, unless its hash is known; how many were nobody's."""
    opened = [row for row in rows if row.opened]
    known = {
        *SealedFile.objects.filter(sha256__in={row.sha256 for row in opened})
        .exclude(known_lists=[])
        .values_list("sha256", flat=True)
    }
    views: defaultdict[str, list[Viewed]] = defaultdict(list)
    for row in opened:
        views[row.by.strip().lower()].append(Viewed("unknown", row.sha256, row.at, row.sha256 in known))
    nobody = 0
    for name, viewed in views.items():
        person = User.objects.filter(username__iexact=name).first()
        if person is None:
            nobody += len(viewed)
        else:
            count_views(person, viewed, source=Exposure.Source.VAULT, by=by)
    return nobody


def _row(log: OpeningLog, line: signed.Opening) -> Opening:
    return Opening(
        log=log,
        position=line.position,
        line_hash=line.hash,
        at=datetime.fromisoformat(line.at),
        by=storable(line.by, 200),
        purpose=storable(line.purpose, 2000),
        object_name=storable(line.object, 200),
        sha256=storable(line.sha256, 64),
        size=min(line.size, 2**63 - 1),
        result=storable(line.result, 300),
    )


def _shown(row: Opening, key: str) -> dict[str, object]:
    names = ("line_hash", "position", "at", "by", "object_name", "sha256", "size", "result")
    return {name: getattr(row, name) for name in names} | {"key": key}

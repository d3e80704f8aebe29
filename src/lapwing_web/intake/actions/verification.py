"""Whether what was kept is still there: read a part at a time, for ever. A fault waits for a person."""

import math
from datetime import datetime, timedelta

from django.conf import settings
from msgspec import Struct

from lapwing.vault import BadName, Missing, ObjectName, Store, check, sweep_staging
from lapwing_web.audit.actions import Actor, Rule, about, audited, record, recorded
from lapwing_web.clocks.actions import settle, start
from lapwing_web.intake.actions.stores import AWAY, away, store
from lapwing_web.intake.models import SealedFile
from lapwing_web.moment import now
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check as check_permission

AGENCY = "NCA"
VERIFICATION = Rule("rule:vault")
UNFINISHED = timedelta(hours=6)  # an upload that has not written for so long is no more
ORPHANED = timedelta(days=1)  # an object that no row has named for so long never will be
SOME = 500  # names asked of the database at once


class Verified(Struct):
    """What a round found: objects read, and those newly at fault."""

    read: int
    faults: list[SealedFile]


def due(every: float) -> int:
    """How many objects to read in a round each `every` seconds, for all to be read in VAULT_VERIFY_DAYS."""
    kept: int = SealedFile.objects.count()
    share: float = every / (settings.VAULT_VERIFY_DAYS * 86400)
    return math.ceil(kept * share)


def verify_some(count: int, *, by: Actor = VERIFICATION) -> Verified:
    """Read `count` objects, the longest unread first, and compare each with what was kept.

    One newly found missing or changed is marked, and a clock runs until somebody clears it or it is found
    whole again. Raises OSError when the store itself cannot be reached: that is no fault of any object.
    """
    place = store()
    if away(place):
        raise OSError(AWAY)
    files = list(SealedFile.objects.order_by("checked_at", "id")[:count])
    faults = [file for file in files if _verify(place, file, by)]
    if files:
        with recorded():
            record("verify sealed files", "vault", by=by, new={"read": len(files), "new faults": len(faults)})
    return Verified(len(files), faults)


def _verify(place: Store, file: SealedFile, by: Actor) -> bool:
    """Read one, outside any transaction, and write down what was found. Whether it is a new fault."""
    found = check(place, file.object_name)
    kind = found.kind if found is not None else ""
    with recorded():
        kept = SealedFile.objects.get(pk=file.pk)
        if kept.object_name != file.object_name:  # replaced while the old one was read
            return False
        kept.checked_at = now()
        if not kind:
            kept.verified_at = kept.checked_at
        new = kind != kept.fault
        if new:
            _mark(kept, kind, by)
        kept.save()
    file.fault = kept.fault
    return bool(new and kind)


def _mark(kept: SealedFile, kind: str, by: Actor) -> None:
    old = {"fault": kept.fault}
    kept.fault, kept.fault_at = kind, now() if kind else None
    kept.fault_cleared_at, kept.fault_cleared_by, kept.fault_cleared_why = None, None, ""
    record(
        "find sealed file at fault" if kind else "find sealed file whole", kept, by=by,
        old=old, new={"fault": kind, "object": kept.object_name},
    )  # fmt: skip
    settle("vault_fault", about(kept), event=kind or "found whole", by=by)
    if kind:
        title = f"Sealed file {kept.pk} is {kind}"
        event = f"{kind} {now():%Y-%m-%dT%H:%M:%S.%f}"
        start("vault_fault", about(kept), event=event, organisation=AGENCY, by=by, title=title)


@audited
def clear_fault(file: SealedFile, *, why: str, by: User) -> SealedFile:
    """Say what was done about a fault. The file stays marked until verification finds it whole."""
    check_permission(by, "clear a vault fault")
    file.refresh_from_db()
    if not file.fault or file.fault_cleared_at:
        raise Refused(f"{file} is not waiting for anybody: it is whole, or somebody has dealt with it.")
    if not why.strip():
        raise Refused("Say what was done about it: the reason is kept with the file.")
    file.fault_cleared_at, file.fault_cleared_by, file.fault_cleared_why = now(), by, why.strip()
    file.save(update_fields=["fault_cleared_at", "fault_cleared_by", "fault_cleared_why"])
    record(
        "clear vault fault", file, by=by, why=why.strip(), old={"fault": file.fault}, new={"cleared": True}
    )
    settle("vault_fault", about(file), event="cleared", by=by)
    return file


def sweep_orphans(older_than: timedelta = ORPHANED, *, by: Actor = VERIFICATION) -> list[str]:
    """Remove objects that no row names, written longer ago than that, and files that were never finished.

    What has another kind of name is left alone: `lapwing vault verify` names it. Returns what was removed.
    """
    place = store()
    sweep_staging(place.incoming, before=now() - max(older_than, UNFINISHED))
    removed: list[str] = []
    some: list[str] = []
    for name in place.names():
        some.append(name)
        if len(some) == SOME:
            removed += _sweep(place, some, now() - older_than, by)
            some = []
    return removed + _sweep(place, some, now() - older_than, by)


def _sweep(place: Store, names: list[str], before: datetime, by: Actor) -> list[str]:
    orphans = [name for name in _unnamed(names) if _older(place, name, before)]
    if not orphans:
        return []
    with recorded():  # nobody can keep a row for one of them meanwhile
        orphans = _unnamed(orphans)
        for name in orphans:
            place.delete(name)
        record("sweep orphans", "vault", by=by, new={"removed": orphans})
    return orphans


def _unnamed(names: list[str]) -> list[str]:
    named = set(SealedFile.objects.filter(object_name__in=names).values_list("object_name", flat=True))
    return [name for name in names if name not in named]


def _older(place: Store, name: str, before: datetime) -> bool:
    try:
        ObjectName.parse(name)
        return place.written_at(name) < before
    except (BadName, Missing):
        return False

"""Attaching what `lapwing scan` found to an exhibit. Grades of what it found are in `grading`."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any, BinaryIO

import msgspec
from django.db import IntegrityError, connection, transaction

from lapwing.exchange.unreadable import Unreadable
from lapwing.scanning.items import Item
from lapwing.scanning.reading import (
    StackTally,
    Tally,
    exact_matches,
    fingerprint,
    known,
    read_items,
    read_stacks,
    read_summary,
)
from lapwing.scanning.summary import Summary
from lapwing_web.audit.actions import audited, move, record
from lapwing_web.casework.actions.arrests import held_case
from lapwing_web.casework.actions.cases import raise_band
from lapwing_web.casework.actions.holding import said
from lapwing_web.casework.models import Case, Exhibit, ScanFile, ScanResult
from lapwing_web.casework.models.governing import examination_policy, known_lists_policy
from lapwing_web.intake.actions.rows import insert_rows
from lapwing_web.moment import now
from lapwing_web.notifications.actions import tell
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import holders

State = ScanResult.State
AT_ONCE = 1000  # files written in one transaction
BROKEN_OFF = timedelta(minutes=10)  # after which a reading that has not ended is begun anew
COUNTS = ("seen", "hashed", "excluded", "failed", "waiting", "matched", "done")
COLUMNS = ("result_id", "sha256", "md5", "kind", "size", "stack", "known", "list_name", "dialect", "category")
Told = Callable[[int, int], None]  # how many files of how many have been read


def attach(
    exhibit: Exhibit,
    *,
    summary: BinaryIO,
    items: BinaryIO,
    stacks: BinaryIO | None = None,
    by: User,
    told: Told = lambda done, of: None,
) -> tuple[ScanResult, bool]:
    """Attach a scan's result, and say whether it is new: the same files again are the same result.

    What is read is written as it comes, in transactions of its own, and counts for nothing until the last,
    which checks the counts, raises the band and is recorded. Raises Refused, with the file and the line, for
    what is no result, is not whole, or does not account for every file; nothing is left of it then.
    """
    held_case(exhibit.case_id, by)
    mark, raising = fingerprint(summary, items, stacks), 0
    try:
        told_of = read_summary(summary)
        _check_exhibit(exhibit, told_of)
        result, new = _begin(exhibit, mark, told_of, by)
        if new:
            raising = _read(result, told_of, items, stacks, told)
    except Unreadable as error:
        _forget(exhibit, mark)
        raise Refused(f"Nothing was attached. {error}") from error
    return (_finish(result, raising, by=by), True) if new else (result, False)


def _check_exhibit(exhibit: Exhibit, told_of: Summary) -> None:
    """Raise Refused for a scan that says it is of another exhibit, however its number is punctuated."""
    here, said_there = (
        "".join(sign for sign in number if sign.isalnum()).casefold()
        for number in (exhibit.number, told_of.exhibit)
    )
    if said_there and said_there != here:
        raise Refused(
            f"Nothing was attached. The scan says that it is of exhibit {told_of.exhibit}, and this is"
            f" {exhibit.number}. If it is of this one, give the same command --exhibit {exhibit.number}:"
            " it reads nothing again."
        )


def _begin(exhibit: Exhibit, mark: str, told_of: Summary, by: User) -> tuple[ScanResult, bool]:
    """The row that everything read hangs on; one that is attached already, or was broken off long ago."""
    found = exhibit.scans.filter(fingerprint=mark).exclude(state=State.WITHDRAWN).first()
    if found is not None and found.state == State.ATTACHED:
        return found, False
    if found is not None and found.at > now() - BROKEN_OFF:
        raise Refused("These files are being read just now. Look again in some minutes.")
    _forget(exhibit, mark)
    counts: dict[str, Any] = {name: getattr(told_of, name) for name in (*COUNTS, "source", "matched_exactly")}
    try:
        with transaction.atomic():
            made = ScanResult.objects.create(
                exhibit=exhibit, fingerprint=mark, at=now(), by=by, summary=msgspec.to_builtins(told_of),
                **counts,
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused("Somebody else attaches these files just now. Look again in some minutes.") from error
    return made, True


def _forget(exhibit: Exhibit, mark: str) -> None:
    ScanResult.objects.filter(exhibit=exhibit, fingerprint=mark, state=State.READING).delete()


def _read(result: ScanResult, told_of: Summary, items: BinaryIO, stacks: BinaryIO | None, told: Told) -> int:
    """Write the files; how many of them raise a case by the policy on known lists."""
    tally, rows, raising = Tally(told_of), 0, 0
    policy = known_lists_policy()
    read = read_items(items)
    while some := list(islice(read, AT_ONCE)):
        for item in some:
            tally.add(item)
            raising += any(policy.raises(one.list, one.category) for one in exact_matches(item))
        with transaction.atomic():
            insert_rows(ScanFile, COLUMNS, _rows(result.pk, some), unless_there=True)
        rows += len(some)
        told(rows, told_of.seen)
    tally.check()
    if stacks is not None:
        _stack(result, stacks, StackTally(told_of.views))
    return raising


def _rows(result: int, items: list[Item]) -> Iterator[tuple[Any, ...]]:
    for item in items:
        if item.sha256 is None or item.excluded is not None:
            continue
        if item.kind not in ("picture", "video") and not item.matches:
            continue
        first = min(item.matches, key=lambda one: (one.distance, one.list)) if item.matches else None
        on = (first.list[:64], first.dialect[:100], first.category[:100]) if first else ("", "", "")
        yield (result, item.sha256, item.md5 or "", item.kind or "other", item.size, None, known(item), *on)


def _stack(result: ScanResult, stacks: BinaryIO, tally: StackTally) -> None:
    """Write into which stack each content belongs, and check that they are all of this scan."""
    table = connection.ops.quote_name(ScanFile._meta.db_table)
    sql = f"UPDATE {table} SET stack = %s WHERE result_id = %s AND sha256 = %s"  # noqa: S608
    read = tally.counted(read_stacks(stacks))
    pairs = ((one.number, result.pk, file.sha256) for one in read for file in one.members)
    while some := list(islice(pairs, AT_ONCE)):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(sql, some)
    tally.check(result.files.exclude(stack=None).values("stack").distinct().count())


@audited
def _finish(result: ScanResult, raising: int, *, by: User) -> ScanResult:
    """The result counts from now on; what it found raises the band, and is told."""
    case = held_case(result.exhibit.case_id, by)
    move(result, State.ATTACHED, by=by, action="attach a scan")
    new = {name: getattr(result, name) for name in COUNTS}
    record("attach a scan", result.exhibit, by=by, new={"fingerprint": result.fingerprint, **new})
    if raising:
        policy = examination_policy()
        files = "1 file that is" if raising == 1 else f"{raising:,} files that are"
        why = f"{result.exhibit.number} holds {files} on known lists"
        raise_band(case, policy.found_raises_to, why, by=by)
        _tell(case, "device_matched", result, by)
    return result


def _tell(case: Case, kind: str, result: ScanResult, by: User) -> None:
    """Tell whoever allocates the force's cases, and the case's officer."""
    people = {one.pk for one in holders("allocate a case", case.organisation)}
    if case.owner_id:
        people.add(case.owner_id)
    place = case.organisation_id  # its owner may have gone to another force
    tell(kind, f"case:{case.pk}", event=f"scan {result.pk}", to=people - {by.pk}, place=place)


@audited
def withdraw_scan(result: ScanResult, *, why: str, by: User) -> ScanResult:
    """A scan that is not of this exhibit, or was brought by mistake, counts no longer; it is kept, with why.

    The scan that counted before counts again. A band that was raised stays, for a person to change.
    """
    case = held_case(result.exhibit.case_id, by)
    why = said(why, "Say why it is withdrawn.")
    left: dict[str, Any] = {"withdrawn_at": now(), "withdrawn_by_id": by.pk, "withdrawn_why": why}
    move(result, State.WITHDRAWN, by=by, action="withdraw a scan", why=why, **left)
    told = {"fingerprint": result.fingerprint, "matched": result.matched}
    record("withdraw a scan", result.exhibit, by=by, why=why, old=told)
    if result.matched_exactly:
        _tell(case, "scan_withdrawn", result, by)
    return result

"""Hunting: when a list changes, everything ever seen is compared with what is new, batch after batch.

The additions are the index and the past is the query. A hunt is asked for under the lock that every
writer takes, and `Hunt.last` is the last hash there was: whatever is written later is compared with the new
version as it arrives. Each batch is one job in one transaction: what it found, what follows, how far the
hunt has come and the job of the next batch are there together, or not at all.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max

from lapwing.matching import HashList, Match
from lapwing_web.audit.actions import Rule, audited, move, record, recorded
from lapwing_web.casework.actions.additions import Additions, additions
from lapwing_web.casework.actions.checking import MOST, Hash, compare, lists_to_ask, look_up, with_rows
from lapwing_web.casework.actions.following import follow, tell_gone, weigh_again
from lapwing_web.casework.actions.hits import Found, entry_of, keep_hits
from lapwing_web.casework.models import Checking, Hit, Hunt, KnownList, Unasked
from lapwing_web.intake.models import Report, SeenHash
from lapwing_web.intake.queries.reports import current_reports
from lapwing_web.jobs.actions import Kind, Leased, done, enqueue
from lapwing_web.moment import now

BY = Rule("rule:hunt")
LANE = "background"
ROWS = 5000  # hashes compared in one batch: a tenth of a second
HITS = 100  # of them that match, in one transaction: each may reopen a referral, and others wait meanwhile
AGAIN = 500  # hits asked about again in one batch
REPORTS = 100  # reports read again in one batch
HUNT, SEEN, WATCH = "casework.hunt", "casework.seen", "casework.watch-lists"
State, Scope = Hunt.State, Hunt.Scope
Row = tuple[int, int, str, str]  # of SeenHash: id, report, kind, value
_indexes: dict[tuple[Any, ...], Additions | None] = {}


class ListAway(Exception):
    """The list that is hunted cannot be read now. The hunt goes on when it can."""


@audited
def watch_lists() -> list[Hunt]:
    """Ask for a hunt for every list that has changed since the last one, and for what could not be asked."""
    used = {row.name: row.version for row in KnownList.objects.all()}
    hunts = []
    for known in lists_to_ask().whole:
        version, before = known.version.number, used.get(known.name)
        if before != version:
            KnownList.objects.update_or_create(
                name=known.name, defaults={"version": version, "seen_at": now()}
            )
            since = before if before is not None and before < version else 0  # gone back: all of it is new
            hunts.append(_begin(known, since, Scope.ALL))
        running = Hunt.objects.filter(list_name=known.name, scope=Scope.UNASKED, state=State.RUNNING)
        if Unasked.objects.filter(list_name=known.name).exists() and not running.exists():
            hunts.append(_begin(known, 0, Scope.UNASKED))
    return hunts


@audited
def forget(name: str) -> bool:
    """Use a list no more, though it is no longer there. Its hits stay. False: no such list was in use."""
    gone = KnownList.objects.filter(name=name).delete()[0]
    if gone:
        Unasked.objects.filter(list_name=name).delete()
        record("forget list", f"list:{name}", by=BY, why="It is no longer used.")
    return bool(gone)


def _begin(known: HashList, since: int, scope: str) -> Hunt:
    everything = SeenHash.objects if scope == Scope.ALL else Unasked.objects.filter(list_name=known.name)
    last = everything.aggregate(last=Max("id"))["last"] or 0
    hunt = Hunt.objects.create(
        list_name=known.name, from_version=since, to_version=known.version.number, scope=scope, last=last,
        began_at=now(),
    )  # fmt: skip
    new = {"list": known.name, "from": since, "to": hunt.to_version, "scope": scope, "last": last}
    record("begin hunt", hunt, by=BY, new=new)
    _ask_for_next(hunt)
    return hunt


def _ask_for_next(hunt: Hunt) -> None:
    key = f"hunt:{hunt.pk}:{hunt.through}:{hunt.gone_through}"
    enqueue(HUNT, key, {"hunt": hunt.pk}, lane=LANE)


def hunt_on(jobs: Sequence[Leased]) -> None:
    """Do the next batch of one hunt. Raises ListAway, and what the database raises; then nothing is done."""
    for job in jobs:
        hunt = Hunt.objects.get(pk=job.payload["hunt"])
        known = next((one for one in lists_to_ask().whole if one.name == hunt.list_name), None)
        if hunt.state == State.DONE:
            with transaction.atomic():
                done([job])
        elif known is None:
            raise ListAway(f"List {hunt.list_name} cannot be read now. See the page of known lists.")
        elif hunt.through < hunt.last:
            step = _unasked if hunt.scope == Scope.UNASKED else _past
            step(hunt, known, job)
        else:
            _still_there(hunt, known, job)


def _past(hunt: Hunt, known: HashList, job: Leased) -> None:
    """Compare the next hashes with what is new, and do what follows from each new hit."""
    rows = SeenHash.objects.filter(id__gt=hunt.through, id__lte=hunt.last).order_by("id")
    batch: list[Row] = list(rows.values_list("id", "report_id", "kind", "value")[:ROWS])
    matches = _new_of(hunt, known, [(kind, value) for _, _, kind, value in batch])
    found, looked, through = _first(batch, matches, hunt.last)
    with recorded():
        new = keep_hits(found, hunted=True, by=BY)
        follow(new, by=BY)
        _advance(hunt, job, through=through, looked=F("looked") + looked, hits=F("hits") + len(new))


def _first(
    batch: Sequence[Row], matches: Mapping[Hash, Sequence[Match]], last: int
) -> tuple[list[Found], int, int]:
    """What matches, as far as HITS hashes that do; how many rows that took, and the last of them."""
    found: list[Found] = []
    hashes = 0
    for looked, (pk, report, kind, value) in enumerate(batch, 1):
        if those := matches.get((kind, value)):
            found += [Found(pk, report, match) for match in those]
            hashes += 1
            if hashes == HITS:
                return found, looked, pk
    return found, len(batch), batch[-1][0] if len(batch) == ROWS else last


def _new_of(hunt: Hunt, known: HashList, hashes: list[Hash]) -> Mapping[Hash, list[Match]]:
    index = _index(known, hunt.from_version) if hunt.from_version else None
    return _all_of(known, hashes) if index is None else index.compare(hashes)


def _index(known: HashList, since: int) -> Additions | None:
    """The additions, made once in this process for the batches of one hunt."""
    key = (settings.LISTS, known.name, since, *known.version.layers)
    if key not in _indexes:
        _indexes.clear()
        _indexes[key] = additions(settings.LISTS, known, since)
    return _indexes[key]


def _all_of(known: HashList, hashes: list[Hash], most: int | None = MOST) -> dict[Hash, list[Match]]:
    found, failed = compare(hashes, [known], most)
    if failed:
        raise ListAway(f"List {known.name} could not be searched.")
    return found


def _unasked(hunt: Hunt, known: HashList, job: Leased) -> None:
    """Compare, with all of the list, the files of reports that could not be compared when they came."""
    waiting = Unasked.objects.filter(list_name=known.name, id__gt=hunt.through, id__lte=hunt.last)
    batch = list(waiting.order_by("id").values_list("id", "report_id")[:REPORTS])
    reports = [report for _, report in batch]
    hashes = SeenHash.objects.filter(report_id__in=reports).values_list("kind", "value")
    matches = _all_of(known, list(hashes))
    through = batch[-1][0] if len(batch) == REPORTS else hunt.last
    with recorded():
        new = keep_hits(with_rows(reports, matches), hunted=True, by=BY)
        Unasked.objects.filter(pk__in=[pk for pk, _ in batch]).delete()
        _asked_now(reports, known)
        follow(new, by=BY)
        weigh_again(reports, by=BY)
        counts = {"looked": F("looked") + len(hashes), "hits": F("hits") + len(new)}
        _advance(hunt, job, through=through, **counts)


def _asked_now(reports: Sequence[int], known: HashList) -> None:
    rows = list(Checking.objects.filter(report_id__in=reports))
    for row in rows:
        row.lists = {**row.lists, known.name: known.version.number}
    Checking.objects.bulk_update(rows, ["lists"])


def _still_there(hunt: Hunt, known: HashList, job: Leased) -> None:
    """Ask about hits again: those that the list is now without go to a person. Then it is over."""
    standing = Hit.objects.filter(list_name=known.name, gone_in=None, id__gt=hunt.gone_through)
    batch = list(standing.select_related("seen").order_by("id")[:AGAIN])
    if not batch or hunt.scope == Scope.UNASKED:
        with recorded():
            move(hunt, State.DONE, by=BY, action="end hunt", done_at=now())
            done([job])
        return
    matches = _all_of(known, [(hit.seen.kind, hit.seen.value) for hit in batch], None)
    entries = {(one, entry_of(match)) for one, those in matches.items() for match in those}
    gone = [hit for hit in batch if ((hit.seen.kind, hit.seen.value), hit.entry) not in entries]
    with recorded():
        tell_gone(gone, version=known.version.number, by=BY)
        _advance(hunt, job, gone_through=batch[-1].pk, gone=F("gone") + len(gone))


def _advance(hunt: Hunt, job: Leased, **changes: Any) -> None:
    """Write how far the hunt has come, ask for the next batch, and end this one's job."""
    Hunt.objects.filter(pk=hunt.pk).update(**changes)
    hunt.refresh_from_db()
    _ask_for_next(hunt)
    done([job])


def see_again(jobs: Sequence[Leased]) -> None:
    """Keep the hashes of reports that came before hashes were kept, and compare them: some, then the next."""
    for job in jobs:
        after = int(job.payload["after"])
        some = Report.objects.filter(id__gt=after).select_related("provider").order_by("id")
        reports = list(some[:REPORTS])
        values = current_reports(reports)
        with recorded():
            new = keep_hits(look_up({one: values[one.pk] for one in reports}), hunted=True, by=BY)
            follow(new, by=BY)
            weigh_again([one.pk for one in reports], by=BY)
            if reports:
                last = reports[-1].pk
                enqueue(SEEN, f"seen:{last}", {"after": last}, lane=LANE)
            done([job])


def _watch(leased: Sequence[Leased]) -> None:
    watch_lists()
    with transaction.atomic():
        done(leased)


KINDS = (
    Kind(WATCH, _watch, LANE, every=timedelta(seconds=30)),
    Kind(HUNT, hunt_on, LANE),
    Kind(SEEN, see_again, LANE),
)

__all__ = ["KINDS", "ListAway", "forget", "hunt_on", "see_again", "watch_lists"]

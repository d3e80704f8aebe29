"""Receiving: from a file to a ranked, explained referral, in one transaction a batch; success is told after
its commit.

What can be done without the lock (reading, drawing, weighing a report that stands alone) is done before it is
taken. A batch that cannot be committed is halved until the report that it fails for is alone; that one
becomes a rejected receipt, with the reason, and nothing else is lost with it.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile
from django.db import InterfaceError, OperationalError
from msgspec import Struct

from lapwing.report import Report as Value
from lapwing_web import moment
from lapwing_web.audit.actions import Actor, Rule, recorded
from lapwing_web.casework.actions import assess, draw, opening
from lapwing_web.casework.actions.assess import Weighed, weigh
from lapwing_web.casework.actions.checking import check_files
from lapwing_web.casework.actions.draw import Reading, policies_on
from lapwing_web.casework.actions.linking import Card, Entry, Linking, cards_of
from lapwing_web.casework.actions.measuring import save_measures
from lapwing_web.casework.models import Joining
from lapwing_web.intake.actions import gather
from lapwing_web.intake.actions.arrive import Arrival, arrivals, failed, reference_of
from lapwing_web.intake.actions.gather import Item, Walk
from lapwing_web.intake.actions.keep import NOT_STATED, Keeping, Kept, keep
from lapwing_web.intake.actions.statistics import refresh_after
from lapwing_web.intake.models import Receipt, Report
from lapwing_web.intake.models.reading import whole
from lapwing_web.intake.queries.places import Directory
from lapwing_web.intake.queries.reports import current_reports
from lapwing_web.jobs.actions import LeaseLost
from lapwing_web.moment import UK
from lapwing_web.refusal import Refused
from lapwing_web.staff.permissions import check

BATCH = 64  # reports in one transaction: more are faster, but an officer who saves something waits for one
SHOWN = 10  # referrals of one arrival named on its line
BATCH_BYTES = 32 * 2**20  # of documents in one transaction, as far as whole documents allow
# the machine's, or another worker's, and not a document's
NOBODYS_FAULT = (OperationalError, InterfaceError, MemoryError, LeaseLost)


def never() -> bool:
    """Nobody says stop."""
    return False


class Line(Struct):
    """What became of one arrival: its receipt, and where to look."""

    name: str
    state: str
    receipt: int
    reason: str = ""
    report: int | None = None
    referrals: list[int] = []

    def get_state_display(self) -> str:
        """The state in words, as on the receipt."""
        return str(Receipt.State(self.state).label)

    @property
    def names(self) -> list[str]:
        """The first of its referrals as the audit names them: a viral batch has very many."""
        return [f"referral:{pk}" for pk in self.referrals[:SHOWN]]

    @property
    def more(self) -> int:
        """How many referrals are not among `names`."""
        return max(0, len(self.referrals) - SHOWN)


class Receiving(Struct):
    """Counts of what was received, each receipt in one of them. `lines` is filled only when they were asked
    for.
    """

    received: int = 0
    new: int = 0
    versions: int = 0
    duplicates: int = 0
    rejected: int = 0
    held: int = 0
    attached: int = 0
    opened: int = 0  # referrals
    joined: int = 0
    merged: int = 0
    reopened: int = 0
    discarded: int = 0
    lines: list[Line] = []


class Prepared(Struct):
    """An arrival with what could be worked out before the lock: None for one without a whole report."""

    arrival: Arrival
    reading: Reading | None = None
    weighed: Weighed | None = None


COUNTED = {
    Receipt.State.NEW: "new",
    Receipt.State.NEW_VERSION: "versions",
    Receipt.State.DUPLICATE: "duplicates",
    Receipt.State.REJECTED: "rejected",
    Receipt.State.HELD: "held",
    Receipt.State.ATTACHED: "attached",
}


def receive(
    items: Iterable[Item],
    *,
    channel: str,
    by: Actor,
    provider: str | None = None,
    at: datetime | None = None,
    lines: bool = False,
) -> Receiving:
    """Receive files handed over together, as if they lay in one folder. Archives are opened.

    `provider` is used in place of what the reports say; `at` is when they came (default now).
    """
    return _receive(gather.from_files(items), channel, by, provider, at, lines, None)


def receive_documents(
    items: Iterable[Item], *, channel: str, by: Actor, provider: str, kept: Callable[[list[Kept]], None]
) -> Receiving:
    """Receive documents that were read before, each as it is and under the reference that it is given with.

    `kept` is called inside the transaction of every batch with what became of it: what it does is done with
    the batch or not at all. What it raises ends the run, unless it can be a document's fault.
    """
    return _receive(items, channel, by, provider, None, False, None, kept=kept)


def receive_uploads(
    files: "Iterable[UploadedFile[Any]]", *, by: Actor, provider: str | None = None
) -> Receiving:
    """Receive the files of one upload, with a line for each of what became of it."""
    items = [Item(gather.shown(file.name or ""), cast(BinaryIO, file.file)) for file in files]
    return receive(items, channel="upload", by=by, provider=provider or None, lines=True)


def receive_paths(
    paths: Iterable[Path],
    *,
    by: Actor,
    walk: Walk,
    channel: str = "command",
    provider: str | None = None,
    told: Callable[[Receiving], None] | None = None,
    stop: Callable[[], bool] = never,
    kept: Callable[[list[Kept]], None] = lambda _: None,
) -> Receiving:
    """Receive files, folders and archives from disk. `kept` hears before each commit, and `told` after it.

    Once `stop` says so, what has been read is committed and nothing more is read.
    """
    counts = _receive(gather.from_paths(paths, walk), channel, by, provider, None, False, told, stop, kept)
    refresh_after(counts.received)
    return counts


def _receive(
    items: Iterable[Item],
    channel: str,
    by: Actor,
    provider: str | None,
    at: datetime | None,
    lines: bool,
    told: Callable[[Receiving], None] | None,
    stop: Callable[[], bool] = never,
    kept: Callable[[list[Kept]], None] = lambda _: None,
) -> Receiving:
    if not isinstance(by, Rule):
        check(by, "receive reports")
    if provider is not None and not provider.strip():
        raise Refused("The company’s name is empty. Leave it out to use the name in each report.")
    run = _Run(channel, by, provider.strip() if provider else None, at, lines, kept)
    for batch in _batches((arrival for item in items for arrival in arrivals(item)), stop):
        run.receive([run.prepare(arrival) for arrival in batch])
        if told:
            told(run.counts)
    return run.counts


def _batches(found: Iterable[Arrival], stop: Callable[[], bool]) -> Iterator[list[Arrival]]:
    """At most BATCH arrivals at a time, fewer where documents are large; the last one once `stop` says so."""
    batch: list[Arrival] = []
    size = 0
    for arrival in found:
        batch.append(arrival)
        size += (arrival.bytes.size or 0) if arrival.position == 0 and arrival.bytes.packed else 0
        if len(batch) >= BATCH or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
        if stop():
            break
    if batch:
        yield batch


class _Run:
    """One call of `receive`: what holds for all of it, and its counts."""

    def __init__(
        self,
        channel: str,
        by: Actor,
        provider: str | None,
        at: datetime | None,
        lines: bool,
        kept: Callable[[list[Kept]], None],
    ) -> None:
        self.channel, self.by, self.provider, self.fixed, self.lines = channel, by, provider, at, lines
        self.kept = kept
        self.counts = Receiving()
        self.postcodes = Directory()
        self.forces = assess.forces()
        if opening.AGENCY not in self.forces:
            raise Refused("The site has no organisations yet. Run `lapwing-web setup` first.")

    @property
    def at(self) -> datetime:
        return self.fixed or moment.now()

    def prepare(self, arrival: Arrival) -> Prepared:
        """Draw and weigh the report as if it stood alone, which most do."""
        report = arrival.report
        if report is None or report.fragment:
            return Prepared(arrival)
        try:
            at = arrival.at or self.at
            with moment.at(at):
                named = self.provider or report.provider.strip() or NOT_STATED
                full = whole(report, (), provider=named, reference=reference_of(arrival))
                reading, weighed = self.draw(full, at)
            return Prepared(arrival, reading, weighed)
        except Exception as error:
            return Prepared(failed(arrival, error))

    def draw(self, report: Value, received_at: datetime) -> tuple[Reading, Weighed]:
        day = received_at.astimezone(UK).date()
        reading = draw.read(report, day, self.postcodes)
        return reading, weigh([reading.drawn], {}, day, self.forces)

    def receive(self, batch: list[Prepared]) -> None:
        """Commit the batch; if that fails, its halves; if a report alone fails, its rejection."""
        try:
            with moment.at(self.at), recorded():
                keeping, opened = self.commit(batch)
        except NOBODYS_FAULT:
            raise
        except Exception as error:
            if len(batch) == 1:
                if batch[0].arrival.report is None:
                    raise  # not even its rejection can be written: say so rather than lose it
                self.receive([Prepared(failed(batch[0].arrival, error))])
            else:
                middle = len(batch) // 2
                self.receive(batch[:middle])
                self.receive(batch[middle:])
            return
        self.count(keeping, opened)

    def commit(self, batch: list[Prepared]) -> tuple[Keeping, opening.Opening]:
        at = moment.now()
        keeping = keep(
            [one.arrival for one in batch], channel=self.channel, by=self.by, provider=self.provider, at=at
        )
        readings, weighed = self.readings(batch, keeping)
        for report in check_files(readings, by=self.by):
            day = report.received_at.astimezone(UK).date()
            weighed[report.pk] = weigh([readings[report].drawn], {}, day, self.forces)
        save_measures(readings)
        entries, homes = _entries(readings)
        too_common = policies_on(at.astimezone(UK).date())["joining"].too_common
        linking = Linking(entries, homes, too_common)
        for entry in entries:
            linking.place(entry, entry.report.received_at, discarded_by_rule=weighed[entry.report.pk].by_rule)
        homed = [entry for entry in entries if entry.home is not None]
        opened = opening.write(linking.cards, homed, weighed, by=self.by, at=at)
        self.kept(keeping.kept)
        return keeping, opened

    def readings(
        self, batch: list[Prepared], keeping: Keeping
    ) -> tuple[dict[Report, Reading], dict[int, Weighed]]:
        """The content of every report that is new or has changed. What was prepared stands, unless details
        came too.
        """
        readings: dict[Report, Reading] = {}
        weighed: dict[int, Weighed] = {}
        again: dict[Report, None] = dict.fromkeys(keeping.attached)
        for prepared, kept in zip(batch, keeping.kept, strict=True):
            report = kept.receipt.report
            if not kept.changed or report is None:
                continue
            if (
                prepared.reading is None
                or prepared.weighed is None
                or kept.receipt.state != Receipt.State.NEW
            ):
                again[report] = None
                readings.setdefault(report, None)  # type: ignore[arg-type]
            else:
                readings[report], weighed[report.pk] = prepared.reading, prepared.weighed
        if again:
            current = current_reports(again)
            for report in again:
                readings[report], weighed[report.pk] = self.draw(current[report.pk], report.received_at)
        return readings, weighed

    def count(self, keeping: Keeping, opened: opening.Opening) -> None:
        for kept in keeping.kept:
            self.counts.received += 1
            name = COUNTED[Receipt.State(kept.receipt.state)]
            setattr(self.counts, name, getattr(self.counts, name) + 1)
        for name in ("opened", "joined", "merged", "reopened", "discarded"):
            setattr(self.counts, name, getattr(self.counts, name) + len(getattr(opened, name)))
        if self.lines:
            self.counts.lines += _lines(keeping.kept)


def _entries(readings: dict[Report, Reading]) -> tuple[list[Entry], dict[int, Card]]:
    """What is to be placed: a report as one, or each subject of a viral batch; and where the older ones
    already are.
    """
    placed: dict[int, dict[int | None, int]] = {}
    known = Joining.objects.filter(report__in=[report.pk for report in readings], undone_at=None)
    for report_id, subject, referral_id in known.values_list("report_id", "subject", "referral_id"):
        placed.setdefault(report_id, {})[subject] = referral_id
    homes = cards_of({pk for subjects in placed.values() for pk in subjects.values()})
    entries = []
    for report, reading in readings.items():
        at_home = placed.get(report.pk, {})
        for subject in _subjects(reading, at_home):
            links = frozenset(
                (found.kind, found.value)
                for found in reading.found
                if found.joins and (subject is None or found.subject == subject)
            )
            home = homes[at_home[subject]] if subject in at_home else None
            entries.append(Entry(report, subject, reading, links, home))
    return entries, homes


def _subjects(reading: Reading, at_home: dict[int | None, Any]) -> list[int | None]:
    """The places of a viral batch's subjects; [None] for a report that is worked whole, and once worked whole
    stays so.
    """
    subjects = len(reading.report.in_role("subject")) if reading.report.batch else 0
    if None in at_home or (not subjects and not at_home):
        return [None]
    return sorted({*range(subjects), *at_home})


def _lines(kept: list[Kept]) -> list[Line]:
    receipts = [one.receipt for one in kept]
    referrals: dict[int, list[int]] = {}
    reports = {receipt.report_id for receipt in receipts if receipt.report_id}
    for report, referral in (
        Joining.objects.filter(report_id__in=reports, undone_at=None)
        .order_by("id")
        .values_list("report_id", "referral_id")
    ):
        referrals.setdefault(report, []).append(referral)
    return [
        Line(
            r.name,
            r.state,
            r.pk,
            r.reason,
            r.report_id,
            list(dict.fromkeys(referrals.get(r.report_id or 0, []))),
        )
        for r in receipts
    ]


__all__ = [
    "Item",
    "Line",
    "Receiving",
    "Walk",
    "receive",
    "receive_documents",
    "receive_paths",
    "receive_uploads",
]

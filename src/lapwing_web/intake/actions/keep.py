"""Keeping what arrived: its bytes once, a receipt each time, and which report and version it is.

The identity of a report is (provider, reference); of a version, its normalised content. Everything is looked
up and written in bulk. The caller holds the audit's lock, so between the look and the write nobody else can
keep anything.
"""

import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from msgspec import Struct

from lapwing_web.audit.actions import Actor, Entry, about, record_all
from lapwing_web.clocks.actions import Start, start_many
from lapwing_web.intake.actions.arrive import Arrival, reference_of, storable
from lapwing_web.intake.actions.fragments import Fragments
from lapwing_web.intake.actions.known import Dossier, Known, in_chunks
from lapwing_web.intake.models import Document, Provider, Receipt, Report, ReportVersion

NOT_STATED = "Not stated"
FORM = "form"  # the channel of the public form
AGENCY = "NCA"  # whose clock a receipt's is
TO_CLEAR = (Receipt.State.REJECTED, Receipt.State.HELD)


class Kept(Struct):
    """An arrival with what became of it."""

    arrival: Arrival
    receipt: Receipt
    changed: bool = False  # its report's content is new, or other than it was


class Keeping(Struct):
    """What one batch did."""

    kept: list[Kept]
    attached: list[Report]  # reports, of this batch or older, whose waiting details found them


def keep(
    arrivals: list[Arrival], *, channel: str, by: Actor, provider: str | None = None, at: datetime
) -> Keeping:
    """Keep every arrival and record each. Call inside `recorded()`."""
    batch = _Batch(arrivals, provider, channel, at)
    kept = [batch.place(arrival) for arrival in arrivals]
    batch.save_reports()
    record_all(batch.renamed(by))
    attached = batch.fragments.attach_held(batch.opened, by=by)
    batch.place_fragments(kept)
    _save_receipts([one.receipt for one in kept])
    record_all(_entry(one, by) for one in kept)
    start_many([_clock(one.receipt) for one in kept if one.receipt.state in TO_CLEAR], by=by)
    return Keeping(kept, attached)


def fold(name: str) -> str:
    """One key for the spellings of a provider's name: case, width, spacing and a final full stop do not
    count.
    """
    key = " ".join(unicodedata.normalize("NFKC", name).casefold().split()).rstrip(".")
    return storable(key or NOT_STATED.casefold(), 200)


def key_of(name: str, channel: str) -> str:
    """What a provider is found by. The public form's own stand apart: see `Provider`."""
    return f"FORM {fold(name)}" if channel == FORM else fold(name)


class _Batch:
    """One batch being kept: what is known of it already, and what it adds."""

    def __init__(self, arrivals: list[Arrival], provider: str | None, channel: str, at: datetime) -> None:
        self.override, self.channel, self.at = provider, channel, at
        read = [one for one in arrivals if one.report is not None]
        names = [provider] if provider else (self.name_of(one) for one in read)
        self.providers = _providers(names, channel)
        self.documents = _documents(arrivals, at)
        self.known = Known(
            (reference_of(one) for one in read),
            (one.content_sha256 for one in read if one.report and not one.report.fragment),
        )
        self.fragments = Fragments(read, self.known, self.documents, at)
        self.new: list[Report] = []
        self.versions: list[ReportVersion] = []
        self.opened: list[Report] = []  # under a reference that something may have been waiting for
        self.names_learnt: list[tuple[Report, str]] = []

    def name_of(self, arrival: Arrival) -> str:
        """The provider's name: the one given for all, else the report's own. A fragment has none."""
        if self.override:
            return self.override
        assert arrival.report is not None
        return "" if arrival.report.fragment else arrival.report.provider.strip() or NOT_STATED

    def provider_of(self, arrival: Arrival) -> Provider | None:
        return self.providers.get(key_of(self.name_of(arrival), self.channel))

    def sender_of(self, arrival: Arrival) -> Provider | None:
        """Who sent it, as far as it is known before it is placed."""
        if self.override:
            return self.providers[key_of(self.override, self.channel)]
        named = arrival.report is not None and not arrival.report.fragment
        return self.provider_of(arrival) if named else None

    def place(self, arrival: Arrival) -> Kept:
        receipt = Receipt(
            received_at=arrival.at or self.at,
            name=arrival.name,
            channel=self.channel,
            provider=self.sender_of(arrival),
            document=self.documents.get(arrival.bytes.sha256),
            sha256=arrival.bytes.sha256,
            size=arrival.bytes.size,
            position=arrival.position,
            submission_id=arrival.submission,
        )
        if arrival.report is None:
            receipt.state, receipt.reason = Receipt.State.REJECTED, arrival.reason
        elif not arrival.report.fragment:  # fragments are placed once every report of the batch is
            receipt.state, dossier = self.dossier_for(arrival)
            receipt.report = dossier.report
            return Kept(arrival, receipt, receipt.state != Receipt.State.DUPLICATE)
        return Kept(arrival, receipt)

    def dossier_for(self, arrival: Arrival) -> tuple[str, Dossier]:
        """Which report this is, opened or given a version if need be."""
        dossier = self.find(arrival)
        if dossier is None:
            return Receipt.State.NEW, self.open(arrival)
        if arrival.content_sha256 in dossier.contents:
            return Receipt.State.DUPLICATE, dossier
        dossier.report.version += 1
        self.add_version(dossier, arrival)
        return Receipt.State.NEW_VERSION, dossier

    def find(self, arrival: Arrival) -> Dossier | None:
        provider, reference = self.provider_of(arrival), reference_of(arrival)
        assert provider is not None
        assert arrival.report is not None
        named = self.known.named(reference, provider)
        if named or arrival.report.reference.strip():
            return named[0] if named else None
        learnt = bool(arrival.reference)  # the documents beside it give the reference it lacks
        found = self.known.with_content(provider, arrival.content_sha256, unnamed=learnt)
        if found and learnt:
            self.names_learnt.append((found.report, found.report.reference))
            self.known.rename(found, reference)
            self.opened.append(found.report)
        return found

    def open(self, arrival: Arrival) -> Dossier:
        assert arrival.report is not None
        report = Report(
            provider=self.provider_of(arrival),
            reference=reference_of(arrival),
            received_at=arrival.at or self.at,
            escalated=arrival.report.escalated,
            format=arrival.report.format,
        )
        self.new.append(report)
        self.opened.append(report)
        dossier = self.known.add(report)
        self.add_version(dossier, arrival)
        return dossier

    def add_version(self, dossier: Dossier, arrival: Arrival) -> None:
        assert arrival.report is not None
        dossier.report.escalated = dossier.report.escalated or arrival.report.escalated
        self.versions.append(
            ReportVersion(
                report=dossier.report,
                number=dossier.report.version,
                content_sha256=arrival.content_sha256,
                document=self.documents[arrival.bytes.sha256],
                position=arrival.position,
                received_at=self.at,
            )
        )
        self.known.add_content(dossier, arrival.content_sha256)

    def save_reports(self) -> None:
        older = {version.report for version in self.versions if version.report.pk}
        older |= {report for report, _ in self.names_learnt if report.pk}
        Report.objects.bulk_create(self.new)
        for report in older:
            report.save(update_fields=["version", "escalated", "reference"])
        ReportVersion.objects.bulk_create(self.versions)

    def renamed(self, by: Actor) -> Iterable[Entry]:
        for report, old in self.names_learnt:
            why = "The details that came with it name it."
            yield Entry(
                "learn reference", about(report), by, why, {"reference": old}, {"reference": report.reference}
            )

    def place_fragments(self, kept: list[Kept]) -> None:
        for one in kept:
            if one.arrival.report is not None and one.arrival.report.fragment:
                provider = self.provider_of(one.arrival) if self.override else None
                one.changed = self.fragments.place(one.arrival, one.receipt, provider)
        self.fragments.save()


def _providers(names: Iterable[str], channel: str) -> dict[str, Provider]:
    wanted = {key_of(name, channel): storable(name, 200) for name in names if name}
    kind = Provider.Kind.FORM if channel == FORM else Provider.Kind.COMPANY
    found = {one.key: one for one in Provider.objects.filter(key__in=wanted)}
    missing = [Provider(key=key, name=name, kind=kind) for key, name in wanted.items() if key not in found]
    return found | {one.key: one for one in Provider.objects.bulk_create(missing)}


def _documents(arrivals: list[Arrival], at: datetime) -> dict[str, Document]:
    """Every arrival's document by SHA-256, those new to us now kept."""
    packed = {one.bytes.sha256: one.bytes for one in arrivals if one.bytes.packed is not None}
    found: dict[str, Document] = {}
    for chunk in in_chunks(packed):
        for document in Document.objects.filter(sha256__in=chunk).defer("content"):
            found[document.sha256] = document
    new = [
        Document(sha256=sha256, size=kept.size or 0, content=kept.packed, received_at=at)
        for sha256, kept in packed.items()
        if sha256 not in found
    ]
    return found | {one.sha256: one for one in Document.objects.bulk_create(new)}


def _save_receipts(receipts: list[Receipt]) -> None:
    """Save them, a rejection that repeats one still waiting for a person as a duplicate of it."""
    standing = _standing_rejections(receipts)
    first, repeats = [], []
    for receipt in receipts:
        rejected = receipt.state == Receipt.State.REJECTED
        earlier = standing.setdefault(_what(receipt), receipt) if rejected else receipt
        if earlier is receipt:
            first.append(receipt)
        else:
            receipt.state, receipt.repeats = Receipt.State.DUPLICATE, earlier
            repeats.append(receipt)
    Receipt.objects.bulk_create(first)
    Receipt.objects.bulk_create(repeats)


def _what(receipt: Receipt) -> tuple[Any, ...]:
    """What a rejection is of: a place in certain bytes, or, where no bytes were had, a name and a size."""
    if receipt.sha256:
        return receipt.sha256, receipt.position
    return receipt.name, receipt.size


def _standing_rejections(receipts: list[Receipt]) -> dict[tuple[Any, ...], Receipt]:
    rejected = [one for one in receipts if one.state == Receipt.State.REJECTED]
    standing = Receipt.objects.filter(state=Receipt.State.REJECTED).order_by("id")
    found: dict[tuple[Any, ...], Receipt] = {}
    for chunk in in_chunks(one.sha256 for one in rejected if one.sha256):
        for receipt in standing.filter(sha256__in=chunk):
            found.setdefault(_what(receipt), receipt)
    for chunk in in_chunks(one.name for one in rejected if not one.sha256):
        for receipt in standing.filter(sha256="", name__in=chunk):
            found.setdefault(_what(receipt), receipt)
    return found


def _entry(one: Kept, by: Actor) -> Entry:
    receipt = one.receipt
    new = {
        "state": receipt.state,
        "report": receipt.report_id,
        "sha256": receipt.sha256,
        "position": receipt.position,
    }
    return Entry("receive", about(receipt), by, receipt.reason, None, new)


def _clock(receipt: Receipt) -> Start:
    what = "was rejected" if receipt.state == Receipt.State.REJECTED else "waits for its report"
    title = storable(f"{receipt} {what}: {receipt.name}", 200)
    return Start("rejected_receipt", about(receipt), "received", AGENCY, at=receipt.received_at, title=title)

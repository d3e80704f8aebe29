"""Details that come apart from their report: attached when it is here, kept waiting when it is not."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from lapwing_web.audit.actions import Actor, about, move
from lapwing_web.clocks.actions import settle
from lapwing_web.intake.actions.arrive import Arrival, reference_of
from lapwing_web.intake.actions.known import Known, in_chunks
from lapwing_web.intake.models import Document, Fragment, Provider, Receipt, Report


class Fragments:
    """The fragments of one batch, placed once its reports are."""

    def __init__(
        self, arrivals: Iterable[Arrival], known: Known, documents: Mapping[str, Document], at: datetime
    ) -> None:
        self.known, self.documents, self.at = known, documents, at
        self.new: list[Fragment] = []
        self.held: dict[tuple[int | None, str, str], Fragment] = {}
        contents = (one.content_sha256 for one in arrivals if one.report is not None and one.report.fragment)
        for chunk in in_chunks(contents):
            for fragment in Fragment.objects.filter(content_sha256__in=chunk).select_related("report"):
                self.held[fragment.provider_id, fragment.reference, fragment.content_sha256] = fragment

    def place(self, arrival: Arrival, receipt: Receipt, provider: Provider | None) -> bool:
        """Say in the receipt what became of the fragment. True when it changes its report."""
        reference = reference_of(arrival)
        key = (provider.pk if provider else None, reference, arrival.content_sha256)
        if seen := self.held.get(key):
            receipt.fragment, receipt.report, receipt.state = seen, seen.report, Receipt.State.DUPLICATE
            _sent_by_its_company(receipt)
            return False
        fragment = self.held[key] = Fragment(
            provider=provider,
            reference=reference,
            content_sha256=arrival.content_sha256,
            document=self.documents[arrival.bytes.sha256],
            position=arrival.position,
            received_at=self.at,
        )
        self.new.append(fragment)
        receipt.fragment = fragment
        reports = self.known.named(reference, provider)
        if len(reports) == 1:
            fragment.report = receipt.report = reports[0].report
            receipt.state = Receipt.State.ATTACHED
            _sent_by_its_company(receipt)
            return True
        receipt.state, receipt.awaited_reference = Receipt.State.HELD, reference
        receipt.reason = _why_held(reference, len(reports))
        return False

    def save(self) -> None:
        Fragment.objects.bulk_create(self.new)

    def attach_held(self, opened: Iterable[Report], *, by: Actor) -> list[Report]:
        """Attach what waited for these reports, now saved. Returns the reports that gained something."""
        gained = {}
        for chunk in in_chunks(report.reference for report in opened):
            for fragment in Fragment.objects.filter(report=None, reference__in=chunk).select_related(
                "provider"
            ):
                reports = self.known.named(fragment.reference, fragment.provider)
                if len(reports) == 1:
                    report = gained[reports[0].report.pk] = reports[0].report
                    Fragment.objects.filter(pk=fragment.pk).update(report=report)
                    _settle_receipts(fragment, report, by)
        return list(gained.values())


def _sent_by_its_company(receipt: Receipt) -> None:
    """Details of a report come from whoever sent the report, unless it is known that another sent them."""
    if receipt.provider_id is None and receipt.report is not None:
        receipt.provider_id = receipt.report.provider_id


def _settle_receipts(fragment: Fragment, report: Report, by: Actor) -> None:
    for receipt in Receipt.objects.filter(fragment=fragment):
        sender = receipt.provider_id or report.provider_id
        if receipt.state == Receipt.State.HELD:
            why = f"Its report, {report.reference}, has arrived."
            found: dict[str, Any] = {"report_id": report.pk, "provider_id": sender}
            move(receipt, Receipt.State.ATTACHED, by=by, action="attach", why=why, **found)
            settle("rejected_receipt", about(receipt), event="attached", by=by)
        else:
            Receipt.objects.filter(pk=receipt.pk, report=None).update(report=report, provider_id=sender)


def _why_held(reference: str, reports: int) -> str:
    if reports:
        return (
            f"{reports} companies have a report {reference}: say which by sending it with the company's name."
        )
    return f"These are details of report {reference}, which has not arrived."

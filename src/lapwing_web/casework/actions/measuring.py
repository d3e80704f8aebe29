"""Keeping what each report holds beside it, whenever its content is read."""

from collections.abc import Mapping

from lapwing.rules import completeness
from lapwing.rules.completeness import Completeness
from lapwing_web.casework.actions.draw import Reading, policies_on
from lapwing_web.casework.models import Measure
from lapwing_web.intake.models import Report
from lapwing_web.moment import UK

KEPT = ("completeness", "missing", "escalated", "known_match", "files")


def save_measures(readings: Mapping[Report, Reading]) -> None:
    """Write what each report now holds over what it held before. Call inside `recorded()`."""
    Measure.objects.bulk_create(
        (_measure(report, reading) for report, reading in readings.items()),
        update_conflicts=True,
        unique_fields=["report"],
        update_fields=KEPT,
    )


def _measure(report: Report, reading: Reading) -> Measure:
    version = policies_on(report.received_at.astimezone(UK).date())["completeness"]
    found = completeness.combine([Completeness(0, reading.drawn.held, [])], version)
    return Measure(
        report=report,
        provider_id=report.provider_id,
        received_at=report.received_at,
        completeness=found.percent,
        missing=" ".join(found.missing),
        escalated=report.escalated,
        known_match=reading.drawn.facts.known_match is True,
        files=len(reading.report.files),
    )

"""Reports as received: read again from the bytes they came in whenever they are needed."""

import zlib
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from lapwing import report as value
from lapwing_web.intake.models import Document, Fragment, Report, ReportVersion
from lapwing_web.intake.models.reading import report_at, whole
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import may


def current_report(report: Report) -> value.Report:
    """The report's latest content with the details attached to it, under the provider and reference it is
    kept by.
    """
    return current_reports([report])[report.pk]


def current_reports(reports: Iterable[Report]) -> dict[int, value.Report]:
    """The same for several, by id; a document that holds several of them is unpacked once."""
    wanted = {report.pk: report for report in reports}
    latest = {v.report_id: v for v in ReportVersion.objects.filter(report_id__in=wanted).order_by("number")}
    fragments = list(Fragment.objects.filter(report_id__in=wanted).order_by("id"))
    documents = {v.document_id for v in latest.values()} | {f.document_id for f in fragments}
    packed = Document.objects.filter(pk__in=documents).values_list("pk", "content")
    unpacked = {pk: zlib.decompress(bytes(content)) for pk, content in packed}
    details: dict[int, list[value.Report]] = {pk: [] for pk in wanted}
    for fragment in fragments:
        if fragment.report_id is not None:
            details[fragment.report_id].append(_read(fragment, unpacked))
    return {
        pk: whole(
            _read(latest[pk], unpacked),
            details[pk],
            provider=wanted[pk].provider.name,
            reference=wanted[pk].reference,
        )
        for pk in wanted
    }


def version_report(version: ReportVersion) -> value.Report:
    """One version of a report as it was received, without the details attached since."""
    return _read(version, {})


def _read(part: ReportVersion | Fragment, unpacked: dict[int, bytes]) -> value.Report:
    if part.document_id not in unpacked:
        content = Document.objects.values_list("content", flat=True).get(pk=part.document_id)
        unpacked[part.document_id] = zlib.decompress(bytes(content))
    return report_at(unpacked[part.document_id], part.position)


def reports_for(user: User) -> QuerySet[Report]:
    """The reports this person may see: all of them at the agency, none at a force."""
    reports = Report.objects.select_related("provider")
    return reports if may(user, "see reports") else reports.none()


def versions_of(report: Report) -> list[dict[str, Any]]:
    """Every version, latest first: when, and the SHA-256 and size of the bytes that brought it."""
    versions = report.versions.select_related("document").defer("document__content").order_by("-number")
    return [
        {
            "number": version.number,
            "received_at": version.received_at,
            "content_sha256": version.content_sha256,
            "sha256": version.document.sha256,
            "size": version.document.size,
            "position": version.position,
        }
        for version in versions
    ]

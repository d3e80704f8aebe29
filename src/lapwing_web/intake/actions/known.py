"""What is already held of the reports in a batch, looked up in a few statements and kept up to date as the
batch goes on.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from msgspec import Struct

from lapwing_web.intake.models import Provider, Report, ReportVersion

T = TypeVar("T")
CHUNK = 500  # values in one IN list: both engines have a limit


class Dossier(Struct, eq=False):
    """One report, saved or about to be, with those of the batch's contents that it already has."""

    report: Report
    contents: set[str]


class Known:
    """Dossiers by (provider, reference) and by (provider, content)."""

    def __init__(self, references: Iterable[str], contents: Iterable[str]) -> None:
        self.by_reference: dict[str, list[Dossier]] = {}
        self.by_content: dict[tuple[int, str], list[Dossier]] = {}
        dossiers: dict[int, Dossier] = {}
        for chunk in in_chunks(references):
            for report in Report.objects.filter(reference__in=chunk).order_by("id"):
                dossiers[report.pk] = self.add(report)
        for chunk in in_chunks(contents):
            versions = ReportVersion.objects.filter(content_sha256__in=chunk)
            for version in versions.select_related("report").order_by("report_id"):
                dossier = dossiers.get(version.report_id)
                if dossier is None:
                    dossier = dossiers[version.report_id] = self.add(version.report)
                self.add_content(dossier, version.content_sha256)

    def add(self, report: Report) -> Dossier:
        dossier = Dossier(report, set())
        self.by_reference.setdefault(report.reference, []).append(dossier)
        return dossier

    def add_content(self, dossier: Dossier, content_sha256: str) -> None:
        dossier.contents.add(content_sha256)
        self.by_content.setdefault((dossier.report.provider_id, content_sha256), []).append(dossier)

    def named(self, reference: str, provider: Provider | None) -> list[Dossier]:
        """Every dossier of that reference, of one provider or of any."""
        found = self.by_reference.get(reference, [])
        return [one for one in found if provider is None or one.report.provider_id == provider.pk]

    def with_content(self, provider: Provider, content_sha256: str, *, unnamed: bool) -> Dossier | None:
        """The first dossier of that provider with that content; `unnamed`: that has no reference of its
        sender's.
        """
        found = self.by_content.get((provider.pk, content_sha256), [])
        return next((one for one in found if not unnamed or one.report.reference.startswith("sha256:")), None)

    def rename(self, dossier: Dossier, reference: str) -> None:
        self.by_reference[dossier.report.reference].remove(dossier)
        dossier.report.reference = reference
        self.by_reference.setdefault(reference, []).append(dossier)


def in_chunks(values: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """The distinct values, in order, in lists of at most `size`."""
    distinct = iter(dict.fromkeys(values))
    while chunk := list(islice(distinct, size)):
        yield chunk

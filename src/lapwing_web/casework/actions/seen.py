"""The selectors and IP events of reports, written for the referrals they are in."""

from collections.abc import Iterable, Sequence
from typing import Any

from lapwing_web.casework.actions.linking import Entry, Link
from lapwing_web.casework.models import IpEvent, Referral, Selector, Sighting
from lapwing_web.intake.actions.arrive import storable
from lapwing_web.intake.actions.known import in_chunks

Home = tuple[Referral, Entry]


def save_sightings(homes: Sequence[Home]) -> None:
    """Every selector of every entry, once a referral, report and role. What was seen in an earlier version
    stays.
    """
    wanted: dict[tuple[Link, int, int, str], Sighting] = {}
    for referral, entry in homes:
        for found in entry.reading.found:
            if entry.subject is not None and found.subject is not None and found.subject != entry.subject:
                continue
            key = ((found.kind, found.value), referral.pk, entry.report.pk, found.role)
            seen = wanted.setdefault(
                key,
                Sighting(referral=referral, report=entry.report, role=found.role, original=found.original),
            )
            seen.joins = seen.joins or found.joins
    selectors = _selectors({link for link, *_ in wanted})
    for (link, *_), sighting in wanted.items():
        sighting.selector_id = selectors[link]
    Sighting.objects.bulk_create(wanted.values(), ignore_conflicts=True)


def _selectors(links: set[Link]) -> dict[Link, int]:
    """The id of every selector, those new to us now kept."""
    found: dict[Link, int] = {}
    for chunk in in_chunks(sorted({value for _, value in links})):
        for pk, kind, value in Selector.objects.filter(value__in=chunk).values_list("id", "kind", "value"):
            found[kind, value] = pk
    new = [Selector(kind=kind, value=value) for kind, value in sorted(links - found.keys())]
    return found | {(one.kind, one.value): one.pk for one in Selector.objects.bulk_create(new)}


def save_ip_events(homes: Sequence[Home], *, replacing: Iterable[int]) -> None:
    """Every IP event of every entry with its verdict; those of the reports `replacing` are written anew."""
    for chunk in in_chunks(replacing):
        IpEvent.objects.filter(report_id__in=chunk).delete()
    IpEvent.objects.bulk_create([IpEvent(**columns) for home in homes for columns in _events(*home)])


def _events(referral: Referral, entry: Entry) -> Iterable[dict[str, Any]]:
    for judged in entry.reading.events:
        event, verdict = judged.event, judged.verdict
        yield {
            "referral": referral,
            "report": entry.report,
            "address": storable(event.address, 60),
            "port": event.port if event.port is not None and 0 <= event.port < 65536 else None,
            "event": storable(judged.label, 60),
            "original_time": storable(event.at.original, 80) if event.at else "",
            "at": event.at.utc if event.at else None,
            "verdict": verdict.code,
            "sentence": storable(verdict.sentence, 300),
            "logs_lapse_on": verdict.logs_lapse_on,
        }

"""The selectors and IP events of reports, written for the referrals they are in."""

from collections.abc import Iterable, Sequence
from typing import Any

from lapwing_web.casework.actions.linking import Entry, Link
from lapwing_web.casework.models import IpEvent, Referral, Selector, Sighting
from lapwing_web.casework.models.recognising import NOT_OURS, Named, Seen
from lapwing_web.intake.actions.arrive import storable
from lapwing_web.intake.actions.known import in_chunks
from lapwing_web.intake.actions.rows import insert_rows

Home = tuple[Referral, Entry]


def save_sightings(homes: Sequence[Home]) -> None:
    """Every selector of every entry, once a referral, report and role.

    What was seen in an earlier version of a report stays.
    """
    wanted: dict[tuple[Link, int, int, str], tuple[str, bool]] = {}
    for referral, entry in homes:
        for found in entry.reading.found:
            if entry.subject is not None and found.subject is not None and found.subject != entry.subject:
                continue
            key = ((found.kind, found.value), referral.pk, entry.report.pk, found.role)
            original, joins = wanted.get(key, (found.original, False))
            wanted[key] = original, joins or found.joins
    selectors = _selectors({link for link, *_ in wanted})
    rows = (
        (selectors[link], referral, report, role, original, joins)
        for (link, referral, report, role), (original, joins) in wanted.items()
    )
    columns = ("selector_id", "referral_id", "report_id", "role", "original", "joins")
    insert_rows(Sighting, columns, rows, unless_there=True)


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
    columns = (
        *("referral_id", "report_id", "address", "port", "event", "original_time", "at"),
        *("verdict", "sentence", "logs_lapse_on"),
    )
    insert_rows(IpEvent, columns, (row for home in homes for row in _events(*home)))


def _events(referral: Referral, entry: Entry) -> Iterable[tuple[Any, ...]]:
    for judged in entry.reading.events:
        event, verdict = judged.event, judged.verdict
        yield (
            referral.pk,
            entry.report.pk,
            storable(event.address, 60),
            event.port if event.port is not None and 0 <= event.port < 65536 else None,
            storable(judged.label, 60),
            storable(event.at.original, 80) if event.at else "",
            event.at.utc if event.at else None,
            verdict.code,
            storable(verdict.sentence, 300),
            verdict.logs_lapse_on,
        )


def seen_on(homes: Sequence[Home]) -> list[Seen]:
    """What every entry brought to its referral by which somebody could be recognised."""
    return [Seen(referral, _identifying(entry), _names(entry)) for referral, entry in homes]


def _identifying(entry: Entry) -> frozenset[Link]:
    return frozenset(
        (found.kind, found.value)
        for found in entry.reading.found
        if found.role not in NOT_OURS and entry.subject in (None, found.subject)
    )


def _names(entry: Entry) -> tuple[Named, ...]:
    report = entry.reading.report
    people = [person for person in report.people if person.role not in NOT_OURS]
    if entry.subject is not None:
        people = report.in_role("subject")[entry.subject : entry.subject + 1]
    return tuple(
        Named(f"{person.first_name} {person.middle_name} {person.last_name}", person.date_of_birth)
        for person in people
        if person.date_of_birth is not None
    )

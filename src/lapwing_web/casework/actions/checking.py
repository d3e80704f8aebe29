"""Comparing the files of a batch of reports with every list, as they arrive.

It is done under the lock that every writer takes: whoever hunts for what is new on a list can rely on it that
a hash written before was compared with the version before, and one written after with the new one.
"""

from collections.abc import Iterable, Mapping, Sequence

from django.conf import settings
from msgspec import Struct

from lapwing.matching import BadList, HashList, KnownLists, Match
from lapwing.matching.kernels import TooManyMatches
from lapwing.matching.known_lists import names
from lapwing.matching.listed import raw
from lapwing.report import Report as Value
from lapwing_web.audit.actions import Actor
from lapwing_web.casework.actions.draw import Reading
from lapwing_web.casework.actions.hits import Found, keep_hits, known_now, told_by_lists
from lapwing_web.casework.models import Checking, KnownList, Unasked
from lapwing_web.intake.actions.known import in_chunks
from lapwing_web.intake.actions.rows import insert_rows
from lapwing_web.intake.actions.sealing import lists_now
from lapwing_web.intake.models import Report, SeenHash
from lapwing_web.intake.models.seen import hashes_in
from lapwing_web.moment import now

MOST = 20  # entries of one list that are kept of one hash: the nearest
Hash = tuple[str, str]  # its kind, and its value as text


class Lists(Struct):
    """Every list there is to ask, and the names of those that cannot be."""

    whole: list[HashList]
    unusable: set[str]


def lists_to_ask() -> Lists:
    """The lists as they are now. Those found damaged, or used before and now gone, cannot be asked."""
    faults = dict(KnownList.objects.values_list("name", "fault"))
    whole = [known for known in lists_now()[0].lists if not faults.get(known.name)]
    return Lists(whole, {*faults, *names(settings.LISTS)} - {known.name for known in whole})


def compare(
    hashes: Iterable[Hash], lists: Sequence[HashList], most: int | None = MOST
) -> tuple[dict[Hash, list[Match]], set[str]]:
    """What each list has of each hash, and the names of the lists that failed while they were asked.

    Of one hash and list at most `most` entries, the nearest; None for all.
    """
    each = list(dict.fromkeys(hashes))
    asked = [(kind, raw(kind, text)) for kind, text in each]
    found: dict[Hash, list[Match]] = {}
    failed = set()
    for known in lists if asked else ():
        try:
            answers = KnownLists([known]).match_many(asked)
        except (BadList, TooManyMatches, OSError, ValueError):
            failed.add(known.name)
            continue
        for one, matches in zip(each, answers, strict=True):
            if matches:
                found.setdefault(one, []).extend(matches[:most])
    return found, failed


def check_files(readings: dict[Report, Reading], *, by: Actor) -> list[Report]:
    """Compare the files of these reports, keep what was seen and found, and put it into their facts.

    Returns the reports whose facts are other than their content says. Call inside `recorded()`.
    """
    found = look_up({report: reading.report for report, reading in readings.items()})
    keep_hits(found, hunted=False, by=by)
    answers, changed = known_now([report.pk for report in readings]), []
    for report, reading in readings.items():
        told = told_by_lists(reading, answers[report.pk])
        if told is not reading:
            readings[report] = told
            changed.append(report)
    return changed


def look_up(reports: Mapping[Report, Value]) -> list[Found]:
    """Keep the hashes of these reports and which lists were asked of them. Returns what those have."""
    read = {report: hashes_in(value) for report, value in reports.items()}
    hashes = {report: good for report, (good, _) in read.items() if good}
    lists = lists_to_ask()
    found, failed = compare((one for good in hashes.values() for one in good), lists.whole)
    save_seen(hashes)
    asked = {known.name: known.version.number for known in lists.whole if known.name not in failed}
    _save_checkings({report: bad for report, (good, bad) in read.items() if good or bad}, asked)
    Unasked.objects.filter(report__in=[report.pk for report in reports]).delete()
    unasked = sorted(lists.unusable | failed)
    Unasked.objects.bulk_create(
        Unasked(report=report, list_name=name) for name in unasked for report in hashes
    )
    return list(with_rows([report.pk for report in hashes], found))


def save_seen(hashes: Mapping[Report, Sequence[Hash]]) -> None:
    """Keep every hash of every report, once."""
    rows = ((report.pk, kind, text) for report, good in hashes.items() for kind, text in good)
    insert_rows(SeenHash, ("report_id", "kind", "value"), rows, unless_there=True)


def with_rows(reports: Iterable[int], found: Mapping[Hash, Sequence[Match]]) -> Iterable[Found]:
    """Every match with the row of the hash that it is of, in these reports."""
    if not found:
        return
    for chunk in in_chunks(reports):
        rows = SeenHash.objects.filter(report_id__in=chunk).values_list("id", "report_id", "kind", "value")
        for pk, report, kind, value in rows:
            for match in found.get((kind, value), ()):
                yield Found(pk, report, match)


def _save_checkings(unreadable: Mapping[Report, int], asked: Mapping[str, int]) -> None:
    at = now()
    rows = [Checking(report=report, at=at, lists=asked, unreadable=bad) for report, bad in unreadable.items()]
    Checking.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["report"], update_fields=["at", "lists", "unreadable"]
    )

"""Hits of lists: kept once each, recorded, and turned into the fact that rules weigh."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from lapwing.matching import Match
from lapwing_web.audit.actions import Actor, Entry, record_all
from lapwing_web.casework.actions.draw import Reading
from lapwing_web.casework.models import Checking, Hit, Referral, Unasked
from lapwing_web.casework.models.governing import known_lists_policy
from lapwing_web.intake.actions.arrive import storable
from lapwing_web.intake.actions.known import in_chunks
from lapwing_web.moment import now

SEPARATOR = "\x1f"  # stands in nothing that a list says


class Found(Struct, frozen=True):
    """A hash of a report, by the id of its row, and an entry of a list that it matches."""

    seen: int
    report: int
    match: Match

    @property
    def entry(self) -> str:
        """What stands for all that the list says of the entry."""
        return entry_of(self.match)


def entry_of(match: Match) -> str:
    """SHA-256 of what a list says of the entry of a match."""
    listed = match.listed or match.value
    said = (match.hash_type, listed, match.identity, match.dialect, match.category)
    return hashlib.sha256(SEPARATOR.join(said).encode()).hexdigest()


def keep_hits(found: Iterable[Found], *, hunted: bool, by: Actor) -> list[Hit]:
    """Keep every hit that is new, and record it. Returns those. Call inside `recorded()`.

    One that was kept before is not new, and is found again where its list had been without it.
    """
    wanted = {(one.seen, one.match.list_name, one.entry): one for one in found}
    held: dict[tuple[int, str, str], Hit] = {}
    for chunk in in_chunks({seen for seen, *_ in wanted}):
        for hit in Hit.objects.filter(seen_id__in=chunk):
            held[hit.seen_id, hit.list_name, hit.entry] = hit
    back = [held[key].pk for key in wanted if key in held and held[key].gone_in is not None]
    for chunk in in_chunks(back):
        Hit.objects.filter(pk__in=chunk).update(gone_in=None)
    new = [_hit(one, hunted) for key, one in wanted.items() if key not in held]
    Hit.objects.bulk_create(new, batch_size=500)
    record_all(
        Entry("list hit", f"report:{hit.report_id}", by, sentence(hit), None, _told(hit)) for hit in new
    )
    return new


def _hit(one: Found, hunted: bool) -> Hit:
    match = one.match
    return Hit(
        seen_id=one.seen,
        report_id=one.report,
        list_name=match.list_name,
        version=match.version,
        distance=match.distance,
        identity=storable(match.identity, 300),
        category=storable(match.category, 100),
        dialect=storable(match.dialect, 100),
        entry=one.entry,
        found_at=now(),
        hunted=hunted,
        to_look=hunted,
    )


def _told(hit: Hit) -> dict[str, Any]:
    names = ("list_name", "version", "distance", "identity", "category", "dialect", "hunted")
    return {"hash": hit.seen_id, **{name: getattr(hit, name) for name in names}}


def sentence(hit: Hit) -> str:
    """A hit in words, for the audit and for whoever must act."""
    return f"A file is on list {hit.list_name}, version {hit.version}{hit.said_of_entry}."


def hits_to_look_at(referral: Referral) -> list[Hit]:
    """What was found or withdrawn since its reports came, that nobody has said they looked at."""
    reports = referral.joinings.filter(undone_at=None).values("report_id")
    return list(Hit.objects.filter(report_id__in=reports, to_look=True).order_by("id"))


def known_now(reports: Sequence[int]) -> dict[int, bool | None]:
    """Of each report, whether a file of it is on a list that raises: None where one could not be asked.

    What a list has withdrawn counts until a person has looked at that.
    """
    answers: dict[int, bool | None] = dict.fromkeys(reports, False)
    policy = known_lists_policy()
    for chunk in in_chunks(reports):
        checkings = Checking.objects.filter(report_id__in=chunk, unreadable__gt=0)
        unsure = {pk for pk, lists in checkings.values_list("report_id", "lists") if lists}
        unsure |= set(Unasked.objects.filter(report_id__in=chunk).values_list("report_id", flat=True))
        answers |= dict.fromkeys(unsure)
        hits = Hit.objects.filter(report_id__in=chunk).exclude(gone_in__isnull=False, to_look=False)
        named = hits.values_list("report_id", "list_name", "category")
        answers |= {report: True for report, name, category in named if policy.raises(name, category)}
    return answers


def told_by_lists(reading: Reading, answer: bool | None) -> Reading:
    """The reading with what the lists say as a fact. What the sender says of a list stands beside it."""
    facts = reading.drawn.facts
    if answer is False or facts.known_match is True:
        return reading
    drawn = replace(reading.drawn, facts=replace(facts, known_match=answer))
    return Reading(reading.report, drawn, reading.found, reading.events)

"""Ranking: where a referral stands in the queue, as one number the database sorts by and one line a person
reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from lapwing.policy.topics.ranking import RankingVersion

_DAYS = 1_000_000  # from 1970: past the year 4000
_EPOCH = date(1970, 1, 1).toordinal()


class Rank(Struct, frozen=True):
    """`value` sorts higher first and fits a 64-bit signed integer; `why` is one line without a final stop."""

    value: int
    why: str


def rank(
    band: str,
    escalated: bool,
    known_match: bool,
    logs_lapse_on: date | None,
    received_on: date,
    contact_with_children: bool | None,
    version: RankingVersion,
    danger_now: bool = False,
    priority_1: bool = False,
) -> Rank:
    """The place of a referral: facts that come before bands, then band, then how many first facts, then the
    soonest lapse, then age.

    Logs that had already lapsed when the report arrived hurry nobody.
    """
    answers = {
        "contact_with_children": contact_with_children,
        "escalated": escalated,
        "danger_now": danger_now,
        "priority_1": priority_1,
        "known_match": known_match,
    }
    first = [name for name in version.first if answers[name]]
    weight = sum(version.first[name].weight for name in first)
    bands = list(version.bands)
    height = len(bands) - bands.index(band)  # type: ignore[arg-type]
    lapsing = logs_lapse_on is not None and logs_lapse_on > received_on
    value = int(any(version.first[name].before_bands for name in first))
    value = value * 10 + height
    value = value * 100 + weight
    value = value * _DAYS + (_soonest(logs_lapse_on) if lapsing and logs_lapse_on else 0)
    value = value * _DAYS + _soonest(received_on)
    return Rank(value, _why(band, first, logs_lapse_on, received_on, version))


def _soonest(day: date) -> int:
    """A number that is greater for an earlier day, between 1 and _DAYS - 1."""
    return min(max(_DAYS - 1 - (day.toordinal() - _EPOCH), 1), _DAYS - 1)


def _why(
    band: str, first: Sequence[str], logs_lapse_on: date | None, received_on: date, version: RankingVersion
) -> str:
    parts = [version.bands[band].label]  # type: ignore[index]
    parts += [version.first[name].label for name in first]  # type: ignore[index]
    if logs_lapse_on is not None:
        phrase = version.logs_lapse if logs_lapse_on > received_on else version.logs_lapsed
        parts.append(phrase.format(day=spelled(logs_lapse_on)))
    if len(parts) == 1:
        parts.append(version.waiting.format(day=spelled(received_on)))
    return "; ".join(parts)


def spelled(day: date) -> str:
    """`3 December 2026`."""
    return f"{day.day} {day:%B %Y}"

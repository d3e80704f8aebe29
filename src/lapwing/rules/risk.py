"""Risk: which band a referral falls in, by points a policy lead sets on facts that anyone can read.

The families are those published for the prioritisation of suspects (previous behaviour, access to children,
facilitators, other), and what the report itself states. KIRAT's own items and weights are not public: its
result is an input beside this one and never part of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from msgspec import Struct

from lapwing.policy.topics.risk import KiratLevel, RiskVersion
from lapwing.rules.facts import Facts

FACTORS: dict[str, Callable[[Facts], bool | None]] = {
    "previous_sexual_offence": lambda f: f.previous_sexual_offence,
    "previous_contact_offence": lambda f: f.previous_contact_offence,
    "previous_reports": lambda f: f.previous_reports,
    "contact_with_children": lambda f: f.contact_with_children,
    "lives_with_child": lambda f: f.lives_with_child,
    "position_of_trust": lambda f: f.position_of_trust,
    "child_identified": lambda f: f.child_identified,
    "seeks_contact": lambda f: f.seeks_contact,
    "produces_material": lambda f: f.produces_material,
    "hides_identity": lambda f: f.hides_identity,
    "shared_with_others": lambda f: f.shared_with_others,
    "live_streaming": lambda f: f.live_streaming,
    "sextortion": lambda f: f.sextortion,
    "sadistic_online_exploitation": lambda f: f.sadistic_online_exploitation,
    "possible_self_production": lambda f: f.possible_self_production,
    "young_child_stated": lambda f: f.young_child_stated,
    "victim_named": lambda f: f.victim_named,
    "known_match": lambda f: f.known_match,
    "escalated": lambda f: f.escalated,
    "priority_1": lambda f: f.priority_1,
    "priority_2": lambda f: f.priority_2,
    "danger_now": lambda f: f.danger_now,
    "danger_not_ruled_out": lambda f: f.danger_not_ruled_out,
    "child_tells": lambda f: f.child_tells,
}


class Assessment(Struct, frozen=True):
    """A band and why. `could_reach` is the band if every unknown were found to be yes."""

    band: str
    points: int
    present: list[str]
    unknown: list[str]
    could_reach: str = ""


def assess(facts: Facts, version: RiskVersion) -> Assessment:
    """Band a referral.

    An unknown factor is never counted as absent: it is reported, worth nothing until found.
    """
    present: list[str] = []
    unknown: list[str] = []
    for name in version.factors:
        answer = FACTORS[name](facts)
        if answer:
            present.append(name)
        elif answer is None:
            unknown.append(name)
    points = sum(version.factors[name].points for name in present)
    possible = points + sum(version.factors[name].points for name in unknown)
    return Assessment(band_at(points, version), points, present, unknown, band_at(possible, version))


def band_at(points: int, version: RiskVersion) -> str:
    """The band that `points` (0 or more) fall in."""
    return next(band for band, begins in version.bands.items() if points >= begins.at_least)


def kirat_act_by(level: str, assessed_on: date, version: RiskVersion) -> date:
    """The last day to act on a KIRAT result of `level`.

    Raises KeyError for a level the policy does not know.
    """
    levels: Mapping[str, KiratLevel] = version.kirat  # type: ignore[assignment]
    return assessed_on + timedelta(days=levels[level].act_within_days)

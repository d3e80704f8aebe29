"""Allocation: who may have a case, by its band, their training on the day, and what they carry already.

Source of the need: HC 515, paragraph 90: untrained officers had medium and high risk, specialists had low.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct

from lapwing.policy.topics.allocation import AllocationVersion
from lapwing.policy.topics.risk import Band


class Officer(Struct, frozen=True):
    """One who may be given cases. `trained`: the last day on which each course holds (None: for ever)."""

    key: int
    name: str
    trained: Mapping[str, date | None]
    load: int  # the weights of the cases they have
    away: bool = False  # not to be given anything now, whatever the reason
    spent: bool = False  # has used up a budget for viewing


class Proposal(Struct, frozen=True):
    """One officer for one case: what stands in the way (nothing: they fit), and why they stand where they
    do.
    """

    officer: Officer
    obstacles: list[str]
    breaks_matrix: bool  # a training that the band asks for is missing
    specialist: bool

    @property
    def fits(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.obstacles


def holds(trained: Mapping[str, date | None], course: str, on: date) -> bool:
    """Whether a course holds on the day `on`: passed, and on no later day than its last."""
    return course in trained and ((last := trained[course]) is None or on <= last)


def is_specialist(trained: Mapping[str, date | None], on: date, version: AllocationVersion) -> bool:
    """Whether somebody has every course of a specialist on the day."""
    return all(holds(trained, course, on) for course in version.specialist)


def lacking(
    trained: Mapping[str, date | None], band: Band, on: date, version: AllocationVersion
) -> list[str]:
    """A sentence for each course that the band asks for and that does not hold on the day."""
    found = []
    for course in version.bands[band].courses:
        if holds(trained, course, on):
            continue
        label, last = version.courses[course].label, trained.get(course)
        when = f"expired on {last:%-d %B %Y}" if last else "not taken"
        found.append(f"{label}: {when}")
    return found


def propose(band: Band, officers: Iterable[Officer], on: date, version: AllocationVersion) -> list[Proposal]:
    """Everybody, in the order they are proposed: those who fit first.

    Of those, for a band that does not ask for a specialist, the others before the specialists, whom it would
    keep from the cases that do; then who carries least. Those who do not fit follow, those whose training
    does first.
    """
    asks_specialist = set(version.specialist) <= set(version.bands[band].courses)
    found = [_for_one(band, officer, on, version) for officer in officers]
    return sorted(
        found,
        key=lambda one: (
            not one.fits,
            one.breaks_matrix,
            one.specialist and not asks_specialist,
            one.officer.load,
            one.officer.name,
        ),
    )


def _for_one(band: Band, officer: Officer, on: date, version: AllocationVersion) -> Proposal:
    missing = lacking(officer.trained, band, on, version)
    obstacles = list(missing)
    weight = version.bands[band].weight
    if officer.load + weight > version.carries:
        obstacles.append(f"Carries {officer.load} of {version.carries}; this case weighs {weight}")
    if officer.away:
        obstacles.append("Not to be given cases now")
    if officer.spent:
        obstacles.append("Over their budget for viewing")
    return Proposal(officer, obstacles, bool(missing), is_specialist(officer.trained, on, version))


Mismatch = Literal["untrained", "specialist_on_low", ""]


def mismatch(
    band: Band, trained: Mapping[str, date | None], on: date, version: AllocationVersion
) -> Mismatch:
    """How a case and who has it do not match on the day, as paragraph 90 counts it; "" where they do."""
    if lacking(trained, band, on, version):
        return "untrained"
    if band == "low" and is_specialist(trained, on, version):
        return "specialist_on_low"
    return ""


def expires(course: str, passed_on: date, version: AllocationVersion) -> date | None:
    """The last day on which a course passed on a day holds; None for ever. KeyError for no such course."""
    days = version.courses[course].holds_for
    return passed_on + timedelta(days=days) if days else None

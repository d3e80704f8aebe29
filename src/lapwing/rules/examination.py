"""The examination queue: by risk to children, bail and age; and what becomes of it when data double.

Source of the need: HC 515, paragraphs 88 and 97. Low never overtakes high, but for the age rule that policy
sets.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import numpy as np
from msgspec import Struct

from lapwing.policy.topics.examination import ExaminationVersion
from lapwing.policy.topics.risk import BANDS, Band

CONTACT = {"yes": 0, "unknown": 1, "no": 2}  # unknown goes before no: it is not no


class Waiting(Struct, frozen=True):
    """One exhibit that waits. `bail_on`: the last day of the suspect's bail (None: none runs)."""

    key: int
    band: Band
    contact: str  # yes, unknown or no
    since: date
    bail_on: date | None = None
    hours: int = 8
    needs: str = ""  # the accreditation that it asks for


class Placed(Struct, frozen=True):
    """Where one stands, and why: its place from 1, the band it counts as, and whether age lifted it."""

    waiting: Waiting
    place: int
    counts_as: Band
    lifted: bool
    starts_on: date | None = None  # as capacity goes; None: no laboratory can take it
    misses_bail: bool = False


def counted_band(one: Waiting, on: date, version: ExaminationVersion) -> Band:
    """The band it counts as on the day: its own, or one higher when it has waited too long."""
    place = BANDS.index(one.band)
    if version.lifted_after and (on - one.since).days >= version.lifted_after:
        place = max(0, place - 1)
    return BANDS[place]


def ordered(waiting: Iterable[Waiting], on: date, version: ExaminationVersion) -> list[Waiting]:
    """The queue: by the band it counts as, contact with children, bail that is near its end, own band,
    age.
    """

    def key(one: Waiting) -> tuple[int, int, int, date, int, date, int]:
        near = one.bail_on is not None and (one.bail_on - on).days <= version.bail_near
        return (
            BANDS.index(counted_band(one, on, version)),
            CONTACT.get(one.contact, 1),
            0 if near else 1,
            one.bail_on if near and one.bail_on else date.max,
            BANDS.index(one.band),
            one.since,
            one.key,
        )

    return sorted(waiting, key=key)


class Laboratory(Struct, frozen=True):
    """A laboratory: the hours of examination it does in a week, and what it is accredited for."""

    name: str
    hours_a_week: int
    accredited: frozenset[str]


def placed(
    waiting: Iterable[Waiting], laboratories: Sequence[Laboratory], on: date, version: ExaminationVersion
) -> list[Placed]:
    """The queue with the day on which each is likely to begin, as the laboratories' hours go.

    Each goes to the laboratory accredited for it that is free first. Hours are spread evenly over the days
    of a week.
    """
    free = {one.name: 0.0 for one in laboratories}  # weeks from now
    found = []
    for place, one in enumerate(ordered(waiting, on, version), 1):
        able = [
            lab for lab in laboratories if lab.hours_a_week and (not one.needs or one.needs in lab.accredited)
        ]
        band = counted_band(one, on, version)
        if not able:
            found.append(Placed(one, place, band, band != one.band, None, one.bail_on is not None))
            continue
        lab = min(able, key=lambda lab: (free[lab.name], lab.name))
        starts = on + timedelta(days=int(free[lab.name] * 7))
        free[lab.name] += one.hours / lab.hours_a_week
        ends = on + timedelta(days=int(free[lab.name] * 7))
        late = one.bail_on is not None and ends > one.bail_on
        found.append(Placed(one, place, band, band != one.band, starts, late))
    return found


class Forecast(Struct, frozen=True):
    """The backlog at the end of each month, in hours of examination: the middle, and where nine runs of
    ten lie.
    """

    month: int  # from now
    low: int
    middle: int
    high: int


class Growth(Struct, frozen=True):
    """What a forecast starts from: hours of examination that wait, exhibits that arrive in a month, the hours
    that each takes today, and the hours that all laboratories do in a month.
    """

    backlog_hours: float
    arrivals_a_month: float
    hours_each: float
    hours_a_month: float


def forecast(
    growth: Growth, months: int, version: ExaminationVersion, *, runs: int = 1000, seed: int = 1
) -> list[Forecast]:
    """Simulate the backlog. Arrivals are Poisson; the hours of each grow so that they double as policy says.

    The same seed gives the same forecast. Shapes: `runs` backlogs, one step a month.
    """
    dice = np.random.default_rng(seed)
    backlog = np.full(runs, float(growth.backlog_hours))
    found = []
    for month in range(1, months + 1):
        grown = growth.hours_each * 2 ** (month / version.data_doubles_in)
        arrived = dice.poisson(growth.arrivals_a_month, runs) * grown
        backlog = np.maximum(0.0, backlog + arrived - growth.hours_a_month)
        low, middle, high = np.percentile(backlog, [5, 50, 95])
        found.append(Forecast(month, round(low), round(middle), round(high)))
    return found

"""Pre-charge bail: the last instant of each stage, by the regime of the day of arrest.

Source: PACE 1984 ss.47ZA-47ZM. The bail start date is the day after the arrest (s.47ZB(4)(a)); a period of
months that begins on a day ends on the day before the corresponding day, or on the last day of a month that
has none. While the file is with the prosecutor the period does not run (s.47ZL): the days from the day it is
sent until the day it comes back are added. That reading of which two days count is Lapwing's, and
unconfirmed. A case that the prosecutor designates as exceptionally complex has one stage more (s.47ZE). Bail
on which a court was asked in time lasts until it answers (s.47ZJ).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from msgspec import Struct

from lapwing.policy.topics.bail import BailVersion, Rank, Stage
from lapwing.rules.clocks import UK


class WithProsecutor(Struct, frozen=True):
    """The file was with the prosecutor from one day until another (None: it still is)."""

    sent_on: date
    back_on: date | None = None


class StageEnd(Struct, frozen=True):
    """One stage of a regime: its last day as the law stands without a stop, and with the stops so far.

    `last_on` is None while the file is with the prosecutor and the stage has not ended before it was sent.
    """

    stage: Stage
    plain_last_on: date
    last_on: date | None

    @property
    def ends_at(self) -> datetime | None:
        """The first instant, in UTC, at which bail of this stage is over: midnight at the end of the last
        day.
        """
        return None if self.last_on is None else midnight_after(self.last_on)


def midnight_after(day: date) -> datetime:
    """The instant at which `day` ends in the United Kingdom, in UTC, whether or not the clocks change."""
    return datetime.combine(day + timedelta(days=1), time(), UK).astimezone(UTC)


def last_day(arrested_on: date, stage: Stage) -> date:
    """The last day of a stage that nothing stopped."""
    if stage.unit == "days":
        return arrested_on + timedelta(days=stage.amount)
    return end_of_months(arrested_on, stage.amount)


def end_of_months(after: date, amount: int) -> date:
    """The last day of a period of `amount` months that begins on the day after `after`."""
    start = after + timedelta(days=1)
    months = start.month - 1 + amount
    year, month = start.year + months // 12, months % 12 + 1
    final = monthrange(year, month)[1]
    if start.day > final:
        return date(year, month, final)
    return date(year, month, start.day) - timedelta(days=1)


def months_from(on: date, amount: int) -> date:
    """The last day within `amount` months from `on`: the day of that number, or the last of a month without.

    So are periods "from" a day counted, whose first day is the next (Dodds v Walker [1981] 1 WLR 1027). It is
    never later than `end_of_months`.
    """
    months = on.month - 1 + amount
    year, month = on.year + months // 12, months % 12 + 1
    return date(year, month, min(on.day, monthrange(year, month)[1]))


def stages(
    arrested_on: date, stops: Sequence[WithProsecutor], version: BailVersion, *, designated: bool = False
) -> list[StageEnd]:
    """Every stage of the regime, with where each ends; `designated` adds the stage of a case that the
    prosecutor designated as exceptionally complex. Empty where the law sets no limit.

    `stops` are in the order of their days and do not overlap. Raises ValueError for stops that do, for one
    before the arrest, and for one that comes back before it was sent.
    """
    _check(arrested_on, stops)
    found = [*version.stages, *([version.designated] if designated and version.designated else [])]
    return [
        StageEnd(stage, last_day(arrested_on, stage), _stopped(arrested_on, stage, stops, version))
        for stage in found
    ]


def resumed(last: date, stop: WithProsecutor, version: BailVersion) -> date | None:
    """The last day of bail that would have ended on `last`, now that the file was with the prosecutor.

    None while it still is. The days away are added, and never fewer days are left than the law says.
    """
    if stop.back_on is None:
        return None
    least = stop.back_on + timedelta(days=max(version.least_after_prosecutor - 1, 0))
    return max(last + (stop.back_on - stop.sent_on), least)


def _check(arrested_on: date, stops: Sequence[WithProsecutor]) -> None:
    free = arrested_on
    for stop in stops:
        if stop.sent_on < free or (stop.back_on or stop.sent_on) < stop.sent_on:
            raise ValueError(
                f"the file cannot have been with the prosecutor from {stop.sent_on} as it is said"
            )
        free = stop.back_on or date.max


def _stopped(
    arrested_on: date, stage: Stage, stops: Sequence[WithProsecutor], version: BailVersion
) -> date | None:
    last: date | None = last_day(arrested_on, stage)
    if not version.stops_with_prosecutor:
        return last
    for stop in stops:
        if last is None or stop.sent_on > last:
            break  # the stage had ended before the file was sent
        last = resumed(last, stop, version)
    return last


def authoriser(until: date, ends: Sequence[StageEnd]) -> Rank | None:
    """Who may authorise bail until `until`: the rank of the first stage that reaches so far. None: only a
    court.

    With no stages the law asks for nobody in particular, and a custody officer does it.
    """
    if not ends:
        return "custody_officer"
    for end in ends:
        if end.last_on is None or until <= end.last_on:
            return end.stage.authorised_by
    return None

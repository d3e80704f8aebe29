"""What a registered offender must notify to the police by when, when that ends, and what is missing.

Source: Sexual Offences Act 2003 ss.80-92 and S.I. 2012/1876, by the values of notification.toml. "Within 3
days beginning with" a day counts that day; "within a year after" it does not. Days in custody, in hospital or
abroad do not count towards a period of days (s.83(6)); a yearly or weekly notification that would fall in
them falls instead within the days of a release (s.85(3)). Unknown never shortens a period and never makes a
duty needless.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from msgspec import Struct

from lapwing.policy.topics.notification import NotificationVersion
from lapwing.rules.bail import end_of_months, months_from
from lapwing.rules.clocks import UK

DAY = timedelta(days=1)


class Away(Struct, frozen=True, order=True):
    """In custody, in hospital or abroad, from one day to another, both counted (None: still)."""

    begins: date
    ends: date | None = None

    def holds(self, day: date) -> bool:
        """Whether the day is one of them."""
        return self.begins <= day and (self.ends is None or day <= self.ends)


class Stay(Struct, frozen=True):
    """A stay at a place other than the home address.

    `child`: whether a child lives in the household. None: nobody has found out. `notified_on`: the day its
    address was notified.
    """

    place: str
    began_at: datetime
    ended_at: datetime | None = None
    child: bool | None = None
    notified_on: date | None = None


class Change(Struct, frozen=True):
    """Something to notify that happened on a day: a duty of policy (`change`, `release`, `returned`)."""

    duty: str
    happened_on: date
    notified_on: date | None = None


class Trip(Struct, frozen=True):
    """Travel abroad. `known_on`: the day from which where and when were known (None: not found out)."""

    departs_on: date
    known_on: date | None = None
    notified_at: datetime | None = None


class Registered(Struct, frozen=True):
    """What is recorded of somebody who must notify.

    `under_18`: on the relevant date (None: not found out). `ends_on`: the last day of the order or discharge,
    where the period is as ordered. `first_on`, `last_on`: the first and the latest notification that counts.
    """

    relevant_on: date
    disposal: str
    under_18: bool | None = None
    ends_on: date | None = None
    no_fixed_address: bool = False
    first_on: date | None = None
    last_on: date | None = None
    away: tuple[Away, ...] = ()
    changes: tuple[Change, ...] = ()
    trips: tuple[Trip, ...] = ()
    stays: tuple[Stay, ...] = ()


class Duty(Struct, frozen=True, order=True):
    """One thing to notify. `due_at`: the first instant, in UTC, at which it is too late."""

    due_at: datetime
    kind: str
    since: date


def disposal_of(months: int, days: int, version: NotificationVersion) -> str:
    """The disposal of a term of imprisonment. Terms that follow one another are added up first (s.82(3))."""
    if months >= version.long_from:
        return "imprisonment_long"
    over = months > version.short_up_to or (months == version.short_up_to and days > 0)
    return "imprisonment_middle" if over else "imprisonment_short"


def last_day(one: Registered, version: NotificationVersion) -> date | None:
    """The last day of the notification period. None: it has no end, or nobody has found out when."""
    period = version.periods[one.disposal]
    if period.as_ordered:
        return one.ends_on
    if not period.months:
        return None
    months = period.months // 2 if period.halved and one.under_18 is True else period.months
    return end_of_months(one.relevant_on - DAY, months)


def reviewable_from(one: Registered, version: NotificationVersion) -> date | None:
    """The day from which a period without end may be reviewed. None: it has an end, or never notified."""
    period = version.periods[one.disposal]
    if period.months or period.as_ordered or one.first_on is None:
        return None
    months = version.review_after_under_18 if one.under_18 is True else version.review_after
    return months_from(one.first_on, months) + DAY


def within(happened_on: date, kind: str, away: Sequence[Away], version: NotificationVersion) -> date | None:
    """The last day of a duty that follows from a day. None: it does not run while somebody is away."""
    limit = version.duties[kind]
    if limit.unit == "months":
        return months_from(happened_on, limit.amount)
    day = happened_on if limit.beginning else happened_on + DAY
    left = limit.amount
    while True:
        gone = next((one for one in away if one.holds(day)), None)
        if gone is not None and gone.ends is None:
            return None
        if gone is not None and gone.ends is not None:
            day = gone.ends + DAY
            continue
        left -= 1
        if not left:
            return day
        day += DAY


def periodic(one: Registered, version: NotificationVersion) -> date | None:
    """The last day of the next yearly or weekly notification. None: none was made yet, or it does not run."""
    if one.last_on is None:
        return None
    limit = version.duties["no_fixed_address" if one.no_fixed_address else "yearly"]
    if limit.unit == "months":
        due = months_from(one.last_on, limit.amount)
    else:
        due = one.last_on + timedelta(days=limit.amount)
    gone = next((period for period in one.away if period.holds(due)), None)
    if gone is None:
        return due
    return None if gone.ends is None else within(gone.ends + DAY, "release", one.away, version)


def travel_notice(trip: Trip, version: NotificationVersion) -> datetime:
    """The first instant, in UTC, at which notice of travel is too late.

    Travel that was known too late for the days before departure, is notified by the hours before the day of
    departure. Where it is not found out when it was known, the days hold.
    """
    latest = trip.departs_on - timedelta(days=version.duties["travel"].amount)
    if trip.known_on is None or trip.known_on < latest:
        return end_of(latest)
    hours = timedelta(hours=version.duties["travel_late"].amount)
    return max(datetime.combine(trip.departs_on, time(), UK).astimezone(UTC) - hours, end_of(latest))


def end_of(day: date) -> datetime:
    """The first instant after the day in the United Kingdom, in UTC."""
    return datetime.combine(day + DAY, time(), UK).astimezone(UTC)


def qualifying_day(stays: Iterable[Stay], on: date, version: NotificationVersion) -> date | None:
    """The day on which stays at one place first make it another address, up to `on`. None: they do not.

    A day begun is a day: the first and the last of a stay count.
    """
    days: list[date] = []
    for stay in sorted(stays, key=lambda one: one.began_at):
        day = max(stay.began_at.astimezone(UK).date(), days[-1] + DAY if days else date.min)
        until = min(on, stay.ended_at.astimezone(UK).date() if stay.ended_at else on)
        while day <= until:
            days.append(day)
            if len(days) >= version.stay_days:
                first = days[-version.stay_days]
                if day <= end_of_months(first - DAY, version.stay_months):
                    return day
            day += DAY
    return None


def household_day(stay: Stay, now: datetime, version: NotificationVersion) -> date | None:
    """The day on which a stay in a household with a child, or perhaps with one, is one to notify."""
    reached = stay.began_at.astimezone(UTC) + timedelta(hours=version.household_hours)
    if stay.child is False or reached > min(now, stay.ended_at or now):
        return None
    return reached.astimezone(UK).date()


def _of_stays(one: Registered, now: datetime, version: NotificationVersion) -> Iterable[tuple[str, date]]:
    on = now.astimezone(UK).date()
    places = {stay.place for stay in one.stays}
    for place in sorted(places):
        here = [stay for stay in one.stays if stay.place == place]
        if any(stay.notified_on for stay in here):
            continue
        day = qualifying_day(here, on, version)
        if day:
            yield "another_address", day
    for stay in one.stays:
        day = household_day(stay, now, version) if stay.notified_on is None else None
        if day:
            yield "household", day


def _outstanding(one: Registered, now: datetime, version: NotificationVersion) -> Iterable[tuple[str, date]]:
    if one.first_on is None:
        yield "initial", one.relevant_on
    yield from ((change.duty, change.happened_on) for change in one.changes if change.notified_on is None)
    yield from _of_stays(one, now, version)


def duties(one: Registered, now: datetime, version: NotificationVersion) -> list[Duty]:
    """Everything still to notify at the instant, by when it is due. What falls after the period is none."""
    found = []
    for kind, since in _outstanding(one, now, version):
        due_on = within(since, kind, one.away, version)
        if due_on is not None:
            found.append(Duty(end_of(due_on), kind, since))
    next_on = periodic(one, version)
    if next_on is not None and one.last_on is not None:
        kind = "no_fixed_address" if one.no_fixed_address else "yearly"
        found.append(Duty(end_of(next_on), kind, one.last_on))
    for trip in one.trips:
        if trip.notified_at is None:
            found.append(Duty(travel_notice(trip, version), "travel", trip.departs_on))
    until = last_day(one, version)
    return sorted(duty for duty in found if until is None or duty.due_at <= end_of(until))


def missing(one: Registered, now: datetime, version: NotificationVersion) -> list[Duty]:
    """What should have been notified by now, the longest overdue first. Empty: nothing is missing."""
    return [duty for duty in duties(one, now, version) if duty.due_at <= now]

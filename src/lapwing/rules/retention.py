"""Retention: which group a record is in, when it is reviewed, and what stands in the way of disposing of it.

Source: the College of Policing's practice on the management of police information, as recalled. A review that
is due disposes of nothing: disposal is an act of two people. Unknown is never no: a record that may be of the
most serious kind counts as one until somebody finds out.
"""

from __future__ import annotations

from datetime import date, timedelta

from msgspec import Struct

from lapwing.policy.topics.retention import RetentionVersion

NOBODY_IDENTIFIED = frozenset({"14", "18"})  # the Home Office outcomes that say so
NO_OFFENCE = "no_offence"  # the reason that says so
ADULT = 18


class Kept(Struct, frozen=True):
    """What is recorded of a case and its suspect when retention is asked about.

    `ended_on`: the last day of the last involvement (None: it goes on). `managed`: whether the suspect is or
    was managed as an offender. `serious`: whether the offence is of the most serious kind. None: nobody has
    found out. `youngest_on`: the latest birth date of the case's suspects (None: not known).
    """

    ended_on: date | None
    suspect_identified: bool
    offence: bool = True
    managed: bool | None = None
    serious: bool | None = None
    youngest_on: date | None = None
    reviewed_on: date | None = None  # the last review that kept it
    held: bool = False  # a legal hold
    linked: int = 0  # records that still need it: open cases, other people's proceedings


def years_from(day: date, years: int) -> date:
    """The same day `years` later: 1 March where there is no 29 February, so that no period is short."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def adult_born_by(on: date) -> date:
    """The latest day on which somebody who was no child on the day can have been born."""
    try:
        return on.replace(year=on.year - ADULT)
    except ValueError:
        return date(on.year - ADULT, 2, 28)


def group(kept: Kept) -> str:
    """The group, "1" to "4"."""
    if kept.managed:
        return "1"
    if not kept.offence:
        return "3"
    if not kept.suspect_identified:
        return "4"
    return "2" if kept.managed is False and kept.serious is False else "1"


def review_on(kept: Kept, version: RetentionVersion) -> date | None:
    """The day of the next review. None while the last involvement goes on."""
    if kept.ended_on is None:
        return None
    of = version.groups[group(kept)]
    first = years_from(kept.ended_on, of.clear)
    if kept.reviewed_on is None or kept.reviewed_on < kept.ended_on:
        return first  # a review before the last involvement says nothing of it
    return max(first, years_from(kept.reviewed_on, of.again))


def shown_from(kept: Kept, version: RetentionVersion) -> date | None:
    """The day from which the review is shown as one to come. None while there is none."""
    due = review_on(kept, version)
    return due - timedelta(days=version.look_ahead) if due else None


def obstacles(kept: Kept, on: date, version: RetentionVersion) -> list[str]:
    """Every sentence that stands in the way of disposing of the record on the day. Empty: two people may."""
    found = []
    due, of = review_on(kept, version), version.groups[group(kept)]
    if kept.held:
        found.append("A legal hold keeps it until it is lifted.")
    if kept.linked:
        found.append(f"{kept.linked} other {'record needs' if kept.linked == 1 else 'records need'} it.")
    if due is None:
        found.append("It is still worked on.")
    elif on < due:
        found.append(f"Its review is not due before {due:%-d %B %Y}.")
    if kept.suspect_identified and kept.managed is None and group(kept) != "1":
        found.append("Nobody has found out whether a suspect is managed as an offender.")
    if of.serious and kept.serious is not False and due and on < _serious_until(kept, of.serious):
        until = _serious_until(kept, of.serious)
        found.append(f"Of the most serious kind, or not known: it is kept until {until:%-d %B %Y}.")
    if of.to_age and kept.youngest_on is None:
        found.append(f"It is kept until its person would be {of.to_age}, and the birth date is not known.")
    elif of.to_age and kept.youngest_on and on < years_from(kept.youngest_on, of.to_age):
        until = years_from(kept.youngest_on, of.to_age)
        found.append(f"It is kept until its person would be {of.to_age}, on {until:%-d %B %Y}.")
    return found


def _serious_until(kept: Kept, years: int) -> date:
    return years_from(kept.ended_on, years) if kept.ended_on else date.max

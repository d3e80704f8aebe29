"""The gap detector: when a suspect with children in contact is at liberty and nothing enforceable restricts
them.

Source of the need: HC 515, paragraphs 88 and 91. Which kinds can be enforced is policy's. Intervals are of
instants: they hold from their first and up to, not at, their end; an end of None is an interval that nothing
ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct


class Interval(Struct, frozen=True, order=True):
    """From an instant, up to another (None: nothing ends it)."""

    begins: datetime
    ends: datetime | None = None


class Held(Struct, frozen=True):
    """One restriction on the suspect, as policy knows its kind: whether it can be enforced, and whether
    under it the suspect is at liberty.
    """

    begins: datetime
    ends: datetime | None
    enforceable: bool
    liberty: bool


class Gap(Struct, frozen=True, order=True):
    """At liberty without an enforceable restriction, from an instant up to another (None: nothing ends it
    yet).
    """

    begins: datetime
    ends: datetime | None = None


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """The same instants as intervals that do not touch, in order. An interval that ends as it begins is
    none.
    """
    merged: list[Interval] = []
    for one in sorted(intervals, key=lambda one: one.begins):
        if one.ends is not None and one.ends <= one.begins:
            continue
        if merged and (merged[-1].ends is None or one.begins <= merged[-1].ends):
            merged[-1] = Interval(merged[-1].begins, later(merged[-1].ends, one.ends))
        else:
            merged.append(one)
    return merged


def later(first: datetime | None, second: datetime | None) -> datetime | None:
    """The later of two ends; None, which nothing ends, is later than any."""
    return None if first is None or second is None else max(first, second)


def without(intervals: Sequence[Interval], taken: Sequence[Interval]) -> list[Interval]:
    """The instants of `intervals` that are in none of `taken`. Both as `union` gives them."""
    left: list[Interval] = []
    for one in intervals:
        begins: datetime | None = one.begins
        for cut in taken:
            if begins is None or (cut.ends is not None and cut.ends <= begins):
                continue
            if one.ends is not None and cut.begins >= one.ends:
                break
            if cut.begins > begins:
                left.append(Interval(begins, cut.begins))
            begins = cut.ends
        if begins is not None and (one.ends is None or begins < one.ends):
            left.append(Interval(begins, one.ends))
    return left


def gaps(
    since: datetime, until: datetime | None, held: Sequence[Held], no_contact: Sequence[Interval]
) -> list[Gap]:
    """Every gap from `since` (the first arrest) up to `until` (the end of the case; None: it goes on).

    `no_contact`: when every question on contact with children is answered no, and the answers hold. At every
    other instant contact is yes or unknown, and unknown is never no.
    """
    covered = [Interval(one.begins, one.ends) for one in held if one.enforceable or not one.liberty]
    safe = union([*covered, *no_contact])
    return [Gap(one.begins, one.ends) for one in without([Interval(since, until)], safe)]

"""What a company's figures are: every rate with what it is of, and the middle of its completeness.

A rate of too few is not given in per cent, and one of nothing is unknown, which is never nought.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import astuple

from lapwing.rules.statistics import Quantity, Ratio

UNKNOWN = "Unknown"


class Arrivals(Struct, frozen=True):
    """What arrived from a company, each arrival in one place."""

    new: int = 0  # reports never held before
    versions: int = 0  # with other content than the report held under that reference
    duplicates: int = 0  # with the same content
    rejected: int = (
        0  # could not be read, whether or not somebody has dealt with it; the same bytes again too
    )
    details: int = 0  # of a report's files, in a document of their own: not an arrival of a report

    @property
    def reports(self) -> int:
        """Everything that arrived as a report: what the rates are of."""
        return self.new + self.versions + self.duplicates + self.rejected

    def __add__(self, other: Arrivals) -> Arrivals:
        return Arrivals(*map(sum, zip(astuple(self), astuple(other), strict=True)))


class Begun(Struct, frozen=True):
    """Reports begun through the reporting API, each in one place."""

    finished: int = 0
    retracted: int = 0
    lapsed: int = 0
    open: int = 0

    @property
    def total(self) -> int:
        """All that were begun."""
        return self.finished + self.retracted + self.lapsed + self.open

    def __add__(self, other: Begun) -> Begun:
        return Begun(*map(sum, zip(astuple(self), astuple(other), strict=True)))


class Held(Struct, frozen=True):
    """What the new reports hold. `reports` are those that it is known of."""

    reports: int = 0
    escalated: int = 0
    known_match: int = 0
    files: int = 0
    uncounted: int = 0  # of `reports`: those whose files nobody counted

    def __add__(self, other: Held) -> Held:
        return Held(*map(sum, zip(astuple(self), astuple(other), strict=True)))


class Asked(Struct, frozen=True):
    """Requests for more, each in one place."""

    answered: int = 0
    overdue: int = 0
    waiting: int = 0
    dropped: int = 0  # never answered, and no longer waited for: the referral was decided without it

    @property
    def total(self) -> int:
        """All that were asked."""
        return self.answered + self.overdue + self.waiting + self.dropped


class Rate(Struct, frozen=True):
    """A ratio in words: what is counted, of what, and how it reads."""

    label: str
    ratio: Ratio
    above: str
    below: str
    few: int  # below which a share is not given in per cent

    @property
    def said(self) -> str:
        """`12%`, `2 of 7` where they are too few for a percentage, `Unknown` where there is nothing."""
        return share_said(self.ratio.numerator.value, self.ratio.denominator.value, self.few)


def share_said(count: int, of: int, few: int) -> str:
    """The same of plain numbers."""
    if not of:
        return UNKNOWN
    if of < few:
        return f"{count:,} of {of:,}"
    return Ratio(Quantity(count, "", ""), Quantity(of, "", "")).percent


def rates(arrivals: Arrivals, begun: Begun, held: Held, asked: Asked, *, period: str, few: int) -> list[Rate]:
    """A company's rates, in the order in which they are shown. `period`: days in words."""
    came, started, known, requests = arrivals.reports, begun.total, held.reports, asked.total
    rows = [
        ("Already held", arrivals.duplicates, came, "already held", "reports that arrived"),
        ("New versions", arrivals.versions, came, "with changed content", "reports that arrived"),
        ("Could not be read", arrivals.rejected, came, "could not be read", "reports that arrived"),
        ("Lapsed", begun.lapsed, started, "lapsed", "reports begun"),
        ("Retracted", begun.retracted, started, "retracted", "reports begun"),
        ("Escalated", held.escalated, known, "escalated by the company", "new reports"),
        ("On a known list", held.known_match, known, "with a file on a known list", "new reports"),
        ("Requests answered", asked.answered, requests, "answered", "requests for more"),
        ("Requests overdue", asked.overdue, requests, "overdue now", "requests for more"),
    ]
    return [
        Rate(label, Ratio(Quantity(count, below, period), Quantity(of, below, period)), above, below, few)
        for label, count, of, above, below in rows
    ]


class Spread(Struct, frozen=True):
    """The middle of some whole numbers and of each half; `low` and `high` are None of fewer than `few`."""

    number: int
    middle: float
    low: int | None = None
    high: int | None = None


def spread(counts: Mapping[int, int], few: int) -> Spread | None:
    """The spread of values given as value -> how many; None when there are none.

    The middle is the median (of an even number, halfway between the middle two); low and high are the values
    that a quarter and three quarters of them do not exceed (nearest rank).
    """
    number = sum(counts.values())
    if not number:
        return None
    middle = (_ranked(counts, (number + 1) // 2) + _ranked(counts, number // 2 + 1)) / 2
    if number < few:
        return Spread(number, middle)
    return Spread(number, middle, _ranked(counts, -(-number // 4)), _ranked(counts, -(-3 * number // 4)))


def _ranked(counts: Mapping[int, int], rank: int) -> int:
    """The value in place `rank`, from 1, of all of them in order."""
    below = 0
    for value in sorted(counts):
        below += counts[value]
        if below >= rank:
            return value
    raise ValueError(f"there is no place {rank} among {below}")

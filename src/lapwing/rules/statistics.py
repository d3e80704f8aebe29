"""Statistics that carry what they were made from: numerator, denominator, period and unit.

A published figure is checked by working it out again from its inputs. The figures of chapter 4 of the Home
Affairs Committee's report "Policing for the future" (HC 515, October 2018) are its regression fixture.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from msgspec import Struct

Kind = Literal["flow", "stock"]


class Quantity(Struct, frozen=True):
    """A count: how many came about in a period (a flow), or how many there were at a moment (a stock)."""

    value: int
    unit: str  # "referrals", "packages"
    period: str  # "received 1 January 2026 to 31 March 2026"; of a stock, the moment
    kind: Kind = "flow"


class Ratio(Struct, frozen=True):
    """One quantity over another. It never forgets either."""

    numerator: Quantity
    denominator: Quantity

    @property
    def value(self) -> float | None:
        """The ratio; None when nothing is in the denominator, which is not a ratio of nought."""
        return share(self.numerator.value, self.denominator.value)

    @property
    def percent(self) -> str:
        """The ratio as people read it: `12%`, `0.4%`, or `–` when there is none."""
        return "–" if self.value is None else percent(self.value)

    @property
    def warnings(self) -> list[str]:
        """Why this is not the share that it looks like; empty when it is."""
        found = []
        if self.numerator.kind != self.denominator.kind:
            found.append("It sets a stock against a flow, so it is not a rate.")
        if self.numerator.period != self.denominator.period:
            found.append(f"The periods differ: {self.numerator.period} over {self.denominator.period}.")
        if self.numerator.unit != self.denominator.unit:
            found.append(f"The units differ: {self.numerator.unit} over {self.denominator.unit}.")
        return found


def share(numerator: float, denominator: float) -> float | None:
    """One number over another; None when the denominator is nought."""
    return numerator / denominator if denominator else None


def percent(value: float) -> str:
    """A share as a percentage: whole, or with one decimal under one per cent, and never `0%` of something."""
    hundredths = value * 100
    if hundredths and abs(hundredths) < 0.95:
        return "<0.1%" if abs(hundredths) < 0.05 else f"{hundredths:.1f}%"
    return f"{rounded(hundredths, 0)}%"


def percent_change(new: float, old: float) -> float | None:
    """The change from `old` to `new` in per cent of `old`; None when there was nothing to change from."""
    return None if not old else (new - old) / old * 100


def mean_of_changes(changes: Sequence[tuple[float, float]]) -> float | None:
    """The plain average of places' own percentage changes, from (new, old) pairs. Each weighs the same."""
    each = [change for new, old in changes if (change := percent_change(new, old)) is not None]
    return sum(each) / len(each) if each else None


def change_of_total(changes: Sequence[tuple[float, float]]) -> float | None:
    """The percentage change of the sum, from (new, old) pairs. Not the average of the changes."""
    return percent_change(sum(new for new, _ in changes), sum(old for _, old in changes))


def rounded(value: float, places: int) -> Decimal:
    """`value` to `places` decimals, halves away from nought, as people and published tables round."""
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


OPERATIONS: Mapping[str, Callable[[float, float], float | None]] = {
    "ratio": share,
    "difference": lambda more, less: more - less,
    "product": lambda one, other: one * other,
    "percent_change": percent_change,
}


class Figure(Struct, frozen=True):
    """A figure somebody states, with the inputs it should follow from. Empty text is "not given"."""

    id: str
    operation: str
    numerator: str = ""
    denominator: str = ""
    published: str = ""


Verdict = Literal["reproduces", "does not reproduce", "derived", "inputs absent"]


def recompute(figure: Figure) -> float | None:
    """What a figure is by its own inputs; None when an input or the way from them to it was not given."""
    work_out = OPERATIONS.get(figure.operation)
    if work_out is None or not figure.numerator or not figure.denominator:
        return None
    return work_out(float(figure.numerator), float(figure.denominator))


def verdict(figure: Figure) -> Verdict:
    """Whether a published figure is its recomputed self, rounded as it was published.

    `derived` is a figure nobody published, worked out here.
    """
    value = recompute(figure)
    if value is None:
        return "inputs absent"
    if not figure.published:
        return "derived"
    places = max(0, -int(Decimal(figure.published).as_tuple().exponent))
    same = rounded(value, places) == Decimal(figure.published)
    return "reproduces" if same else "does not reproduce"

"""Risk: what each factor is worth, where the bands begin, and the levels of a KIRAT result taken as an
input.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from lapwing.policy.cited import Entry, Version

Band = Literal["very_high", "high", "medium", "low"]
BANDS: tuple[Band, ...] = ("very_high", "high", "medium", "low")


class Factor(Entry):
    """A factor's family and worth.

    Points are never negative: a fact that raises risk cannot lower the band.
    """

    family: Literal["previous_behaviour", "access_to_children", "facilitators", "other", "report"]
    points: Annotated[int, Field(ge=0)]


class BandFrom(Entry):
    """The points a band begins at."""

    at_least: Annotated[int, Field(ge=0)]


class KiratLevel(Entry):
    """A level of somebody's KIRAT assessment, and the time to act that it gives, in calendar days."""

    act_within_days: Annotated[int, Field(ge=1)]


class RiskVersion(Version):
    """Points by factor; bands from the highest down; families with their labels; KIRAT levels."""

    families: dict[str, Entry]
    factors: dict[str, Factor]
    bands: dict[Band, BandFrom]
    kirat: dict[Band, KiratLevel]

    @model_validator(mode="after")
    def _bands_descend_to_nothing(self) -> RiskVersion:
        if tuple(self.bands) != BANDS:
            raise ValueError(f"bands must be {', '.join(BANDS)}, in that order")
        limits = [band.at_least for band in self.bands.values()]
        if limits != sorted(set(limits), reverse=True) or limits[-1] != 0:
            raise ValueError("each band must begin at fewer points than the one before it, and the last at 0")
        if unknown := {factor.family for factor in self.factors.values()} - set(self.families):
            raise ValueError(f"families without a label: {', '.join(sorted(unknown))}")
        return self

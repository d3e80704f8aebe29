"""Clocks: how long each kind runs, who hears of it, and how long before."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from lapwing.policy.cited import Entry, Model, Version
from lapwing.policy.topics.risk import BANDS, Band

Unit = Literal["working_days", "hours", "calendar_days"]
Role = Literal[
    "intake_officer", "intelligence_officer", "force_officer", "supervisor", "auditor", "administrator"
]


class Period(Model):
    """A length of time in the unit the policy counts in."""

    amount: Annotated[int, Field(ge=0)]
    unit: Unit

    def __str__(self) -> str:
        word = self.unit.replace("_", " ")
        return f"{self.amount} {word[:-1] if self.amount == 1 else word}"


class ClockKind(Entry):
    """One kind of deadline: a flat `period`, or one for each band in `by_band`."""

    starts: str  # the event that starts it, in words
    settled_by: str  # the event that settles it, in words
    period: Period | None = None
    by_band: dict[Band, Period] = {}
    escalate_to: Role
    warn_before: Period

    @model_validator(mode="after")
    def _one_or_the_other(self) -> ClockKind:
        if (self.period is None) == (not self.by_band):
            raise ValueError("a clock has a period, or a period for each band")
        if self.by_band and set(self.by_band) != set(BANDS):
            raise ValueError("a clock by band has a period for every band")
        return self

    def period_for(self, band: str | None = None) -> Period:
        """The period for `band`; the flat one where there is one. Raises KeyError for an unknown band."""
        if self.period is not None:
            return self.period
        return self.by_band[band]  # type: ignore[index]


class ClocksVersion(Version):
    """Kinds of clock by their code."""

    kinds: dict[str, ClockKind]

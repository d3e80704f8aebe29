"""Exposure: the budgets, the rest, and what a view of each kind weighs."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from lapwing.policy.cited import Entry, Version

Positive = Annotated[int, Field(ge=1)]


class ViewKind(Entry):
    """A kind of thing viewed, and what one view of it weighs."""

    weight: Positive


class ExposureVersion(Version):
    """Budgets in weights. `rest_minutes`: from the view that reached `hour` in sixty minutes."""

    hour: Positive
    day: Positive
    week: Positive
    month: Positive
    rest_minutes: Positive
    check_in_days: Positive
    kinds: dict[str, ViewKind]

    @model_validator(mode="after")
    def _whole(self) -> ExposureVersion:
        if not self.hour <= self.day <= self.week <= self.month:
            raise ValueError("an hour's budget is within a day's, a day's in a week's, a week's in a month's")
        if "unknown" not in self.kinds:
            raise ValueError("a kind that nobody stated weighs something: kinds.unknown is missing")
        if self.kinds["unknown"].weight < max(kind.weight for kind in self.kinds.values()):
            raise ValueError("a kind that nobody stated weighs as much as the heaviest")
        return self

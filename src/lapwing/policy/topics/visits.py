"""Registered offenders: how often each level is visited and assessed, and a reasonable caseload."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from lapwing.policy.cited import Entry, Version


class Level(Entry):
    """`visit`, `assess`: the longest gap in months. `reactive_after`: clear years, 0 for never."""

    visit: Annotated[int, Field(ge=1)]
    assess: Annotated[int, Field(ge=1)]
    reactive_after: Annotated[int, Field(ge=0)] = 0


class VisitsVersion(Version):
    """`reasonable`, `alarm`: offenders a manager. `plan_sets_date`: whether the plan's own date counts.

    `visits_a_day`: the most in a manager's day. `neighbours_within`: days before it is due from which a visit
    may be made because a journey goes to its place anyway.
    """

    plan_sets_date: bool
    reasonable: Annotated[int, Field(ge=1)]
    alarm: Annotated[int, Field(ge=1)]
    visits_a_day: Annotated[int, Field(ge=1)]
    neighbours_within: Annotated[int, Field(ge=0)]
    levels: dict[str, Level]

    @model_validator(mode="after")
    def _all_four(self) -> VisitsVersion:
        if set(self.levels) != {"very_high", "high", "medium", "low"}:
            raise ValueError("the levels are very_high, high, medium and low")
        if self.alarm < self.reasonable:
            raise ValueError("an alarm below what is reasonable says nothing")
        return self

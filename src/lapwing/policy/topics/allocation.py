"""Allocation: the courses, the training that each band asks for, and the load."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

from pydantic import Field, model_validator

from lapwing.policy.cited import Entry, Model, Version
from lapwing.policy.topics.risk import BANDS, Band


class Course(Entry):
    """A course or a licence. It holds for `holds_for` days after it was passed; 0 for ever."""

    holds_for: Annotated[int, Field(ge=0)]


class BandNeeds(Model):
    """What a case of one band asks for, and what it weighs on the officer who has it."""

    courses: list[str]
    weight: Annotated[int, Field(ge=1)]


class AllocationVersion(Version):
    """`carries`: the most that one officer carries, in weights. `specialist`: who has all of these is one.

    `stalled_after`: days without anything done after which an open case counts as stalled.
    """

    stalled_after: Annotated[int, Field(ge=1)]
    carries: Annotated[int, Field(ge=1)]
    specialist: Annotated[list[str], Field(min_length=1)]
    courses: dict[str, Course]
    bands: dict[Band, BandNeeds]

    @model_validator(mode="after")
    def _whole(self) -> AllocationVersion:
        if set(self.bands) != set(BANDS):
            raise ValueError("every band says what it asks for")
        named = {course for needs in self.bands.values() for course in needs.courses} | set(self.specialist)
        if unknown := named - set(self.courses):
            raise ValueError(f"no such course: {', '.join(sorted(unknown))}")
        order = [set(self.bands[band].courses) for band in BANDS]
        if any(not lower <= higher for higher, lower in pairwise(order)):
            raise ValueError("a higher band asks for at least what a lower one does")
        return self

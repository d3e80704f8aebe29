"""Pre-charge bail: the stages of a regime, and who may authorise each."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from lapwing.policy.cited import Entry, Version

Rank = Literal["custody_officer", "inspector", "superintendent", "assistant_chief_constable"]


class Stage(Entry):
    """Bail up to `amount` of `unit`, counted from the bail start date, on the word of `authorised_by`."""

    amount: Annotated[int, Field(ge=1)]
    unit: Literal["days", "months"]
    authorised_by: Rank


class BailVersion(Version):
    """A regime. After its last stage only a court extends bail; without stages the law sets no limit.

    `designated` is the stage after the last in a case that the prosecutor has designated as exceptionally
    complex. `least_after_prosecutor` is how many days bail has at least when the file comes back, the day of
    its coming back among them (0: no such rule).
    """

    stages: list[Stage]
    stops_with_prosecutor: bool
    least_after_prosecutor: Annotated[int, Field(ge=0)] = 0
    designated: Stage | None = None

"""Scorecards: from how many a share is given, and how far back a company's figures go."""

from typing import Annotated, Literal

from pydantic import Field

from lapwing.policy.cited import Entry, Version


class Amount(Entry):
    """A whole number, at least 1."""

    amount: Annotated[int, Field(ge=1)]


class ScorecardsVersion(Version):
    """The limits by name: see scorecards.toml."""

    limits: dict[Literal["share_needs", "recent_days", "months_shown", "most_months"], Amount]

    def amount(self, name: str) -> int:
        """The limit called `name`. KeyError when there is none."""
        return self.limits[name].amount  # type: ignore[index]

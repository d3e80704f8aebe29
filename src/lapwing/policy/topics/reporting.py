"""The reporting API: the periods of the protocol and of a provider's secrets."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from lapwing.policy.cited import Entry, Version


class Limit(Entry):
    """A length of time that runs on through nights and holidays, as the protocol's do."""

    amount: Annotated[int, Field(ge=1)]
    unit: Literal["minutes", "hours", "days"]

    @property
    def length(self) -> timedelta:
        """The same as a timedelta."""
        return timedelta(**{self.unit: self.amount})


class ReportingVersion(Version):
    """The limits by name: see reporting.toml."""

    limits: dict[
        Literal["lapses_after_opening", "lapses_after_change", "watched_after", "rotated_secret_ends_after"],
        Limit,
    ]

    def length(self, name: str) -> timedelta:
        """The limit called `name`. KeyError when there is none."""
        return self.limits[name].length  # type: ignore[index]

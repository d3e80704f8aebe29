"""What every policy value has: who decided it, where that is written, when it was last looked at."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator


class Model(BaseModel):
    """A table of policy. A key it does not know, or a value of another type, is an error.

    How it is checked is worked out when its topic is first read: no process reads all of them.
    """

    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)


class Cited(Model):
    """Where a value comes from. `confirmed = false` marks one that nobody has checked against its source."""

    authority: str
    source: str
    as_at: date
    confirmed: bool = True

    @model_validator(mode="after")
    def _says_something(self) -> Cited:
        if not self.authority.strip() or not self.source.strip():
            raise ValueError("authority and source cannot be empty")
        return self


class Entry(Model):
    """One code a person meets, in plain English. Its citation is its version's unless it gives its own."""

    label: str
    find_out: str = ""  # what to find out next, where that is a thing to find out
    authority: str | None = None
    source: str | None = None
    as_at: date | None = None
    confirmed: bool | None = None

    def cited_in(self, version: Version) -> Cited:
        """The citation that holds for this entry: its own where it gives one, else its version's."""
        return Cited(
            authority=self.authority or version.authority,
            source=self.source or version.source,
            as_at=self.as_at or version.as_at,
            confirmed=version.confirmed if self.confirmed is None else self.confirmed,
        )


class Version(Cited):
    """The values of a topic from one day, until the next version or `effective_to` (its last day)."""

    effective_from: date
    effective_to: date | None = None

    # A version is loaded once and is itself: rules may key caches by it.
    __hash__ = object.__hash__

    def __eq__(self, other: Any) -> bool:
        return self is other

    def holds_on(self, day: date) -> bool:
        """Whether this version's own dates cover `day` (a later version may still replace it)."""
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)

"""Retention: groups of records, when each is reviewed, and until when it is kept."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from lapwing.policy.cited import Entry, Version


class Group(Entry):
    """A group of records. Years run from the end of the last involvement.

    `clear`: until the first review. `again`: from a review that kept it until the next. `to_age`: kept until
    its person would be so old. `serious`: years it is kept if it is, or may be, of the most serious kind.
    0 for both: by reviews alone.
    """

    clear: Annotated[int, Field(ge=1)]
    again: Annotated[int, Field(ge=1)]
    to_age: Annotated[int, Field(ge=0)] = 0
    serious: Annotated[int, Field(ge=0)] = 0


class RetentionVersion(Version):
    """Groups 1 to 4; `look_ahead`: days before a review is due from which it is shown."""

    look_ahead: Annotated[int, Field(ge=0)]
    groups: dict[str, Group]

    @model_validator(mode="after")
    def _all_four(self) -> RetentionVersion:
        if set(self.groups) != {"1", "2", "3", "4"}:
            raise ValueError("the groups are 1, 2, 3 and 4")
        return self

"""Briefing a neighbourhood team on a registered offender: what it is told, for how long, who acknowledges."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from lapwing.policy.cited import Entry, Version

FIELDS = {
    "name",
    "born_on",
    "lives_at",
    "area",
    "level",
    "restricted_by",
    "look_for",
    "tell",
}  # what may be told at all: nothing of the offence, of a victim or of a child
Reader = Literal["force_officer", "supervisor"]


class Told(Entry):
    """One thing that the extract tells. `needed`: a briefing without it is not issued."""

    needed: bool = False


class BriefingVersion(Version):
    """`fields` in the order of the extract. Days: `lasts` until it expires, `acknowledge_within` for each
    reader of the team, `renew_from` before it expires.

    `readers`: the roles within the neighbourhood team that read and acknowledge.
    """

    lasts: Annotated[int, Field(ge=1)]
    acknowledge_within: Annotated[int, Field(ge=1)]
    renew_from: Annotated[int, Field(ge=0)]
    readers: Annotated[list[Reader], Field(min_length=1)]
    fields: Annotated[dict[str, Told], Field(min_length=1)]

    @model_validator(mode="after")
    def _only_what_may_be_told(self) -> BriefingVersion:
        if set(self.fields) - FIELDS:
            raise ValueError(f"an extract tells no more than {', '.join(sorted(FIELDS))}")
        if max(self.acknowledge_within, self.renew_from) > self.lasts:
            raise ValueError("it is acknowledged, and renewed, while it lasts")
        return self

"""Arrests: the duties that follow from each, and how long a warrant holds."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from lapwing.policy.cited import Entry, Version
from lapwing.policy.topics.codes import Chosen


class Duty(Entry):
    """A duty after an arrest. `when`: always, or by whether the suspect holds a position of trust."""

    when: Literal["always", "yes", "unknown"]
    results: Annotated[dict[str, Chosen], Field(min_length=1)]


class ArrestsVersion(Version):
    """Duties by their code, in the order they are done."""

    warrant_months: Annotated[int, Field(ge=1)]
    duties: dict[str, Duty]

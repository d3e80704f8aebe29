"""Second look: the share of decisions that somebody else decides again, without seeing the first decision."""

from typing import Annotated

from pydantic import Field

from lapwing.policy.cited import Entry, Version


class Share(Entry):
    """A sampled share, from 0 (none) to 1 (all)."""

    share: Annotated[float, Field(ge=0, le=1)]


class SecondLookVersion(Version):
    """`shares` by what is sampled: discard (by a person), rule_discard (by a rule), low_band."""

    shares: dict[str, Share]

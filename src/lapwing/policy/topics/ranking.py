"""Ranking: what stands first in the queue."""

from typing import Annotated, Literal

from pydantic import Field

from lapwing.policy.cited import Entry, Version
from lapwing.policy.topics.risk import Band

FirstFact = Literal["contact_with_children", "escalated", "danger_now", "priority_1", "known_match"]


class First(Entry):
    """A fact that puts a referral ahead: of every one without such a fact, or only of those in its band."""

    before_bands: bool
    weight: Annotated[int, Field(ge=1, le=9)]  # breaks ties between referrals of the same band


class RankingVersion(Version):
    """First facts, then band, then the soonest lapse of logs, then the oldest."""

    first: dict[
        Literal["contact_with_children", "escalated", "danger_now", "priority_1", "known_match"], First
    ]
    bands: dict[Band, Entry]
    logs_lapse: str  # the phrase, with {day}
    logs_lapsed: str  # the phrase, with {day}
    waiting: str  # the phrase, with {day}

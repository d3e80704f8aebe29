"""Fetched lists: which changes are held for a person, and how often a fetch is tried."""

from typing import Literal

from lapwing.policy.cited import Version
from lapwing.policy.topics.scorecards import Amount

Limit = Literal[
    "shrink_percent", "grow_percent", "few_entries", "bad_percent", "tries", "longest_wait_seconds"
]


class ListSourcesVersion(Version):
    """The limits by name: see list_sources.toml."""

    limits: dict[Limit, Amount]

    def amount(self, name: Limit) -> int:
        """The limit called `name`. KeyError when there is none."""
        return self.limits[name].amount

"""Joining: which selectors may put two reports into one referral."""

from functools import cached_property
from typing import Annotated

from pydantic import Field

from lapwing.policy.cited import Entry, Version


class SelectorKind(Entry):
    """A kind of selector: whether sharing one joins, and what its value is told apart by."""

    joins: bool
    within: str  # the scope that makes a value unique, in words


class JoiningVersion(Version):
    """`joining_roles` are the parts in a report whose selectors may join; all others are recorded and never
    join.
    """

    kinds: dict[str, SelectorKind]
    joining_roles: list[str]
    too_common: Annotated[int, Field(ge=2)]  # a selector seen on more referrals than this only hints
    default_phone_region: str  # how a number without a country code is read
    never_join: list[str]  # casefolded values that stand for "not known"

    @cached_property
    def placeholders(self) -> frozenset[str]:
        """`never_join` for looking up."""
        return frozenset(self.never_join)

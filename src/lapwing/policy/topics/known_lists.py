"""Known lists: how old one may be before it counts as stale, and how the own list is graded."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from lapwing.policy.cited import Entry, Model, Version


class ListAge(Entry):
    """After how many hours without being confirmed a list is stale.

    And after how many without anything new from its publisher it is quiet; None where that says nothing.
    """

    stale_after_hours: Annotated[int, Field(ge=1)]
    quiet_after_hours: Annotated[int, Field(ge=1)] | None = None


class OwnList(Model):
    """The categories that people grade an entry of the own list with, and whose marks those are."""

    dialect: str
    grades: dict[str, Entry]


class RaisesNothing(Model):
    """A list, or one category of it as its publisher writes it (empty: all of it), that raises no case."""

    list: str
    category: str = ""
    why: str


class KnownListsVersion(Version):
    """`ages` by a list's name; `any` holds for every list that has no age of its own."""

    ages: dict[str, ListAge]
    own: OwnList
    raises_nothing: list[RaisesNothing]

    def age_of(self, name: str) -> ListAge:
        """The age that holds for a list. Raises KeyError where policy has neither its own nor `any`."""
        return self.ages.get(name) or self.ages["any"]

    def raises(self, name: str, category: str) -> bool:
        """Whether a file on this list in this category raises a case: yes unless it is named as not."""
        return not any(one.list == name and one.category in ("", category) for one in self.raises_nothing)

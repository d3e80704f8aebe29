"""Completeness: the data items a report should hold, and what each is worth."""

from typing import Annotated

from pydantic import Field

from lapwing.policy.cited import Entry, Version


class Item(Entry):
    """A data item. `ask` is the sentence put to the company when it is missing."""

    weight: Annotated[int, Field(ge=1)]
    ask: str


class CompletenessVersion(Version):
    """The items, in the order they are shown and asked for."""

    items: dict[str, Item]

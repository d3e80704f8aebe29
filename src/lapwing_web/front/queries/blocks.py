"""What a home page is made of: blocks, each with a count, the first few, and the way to all of them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from lapwing_web.moment import now
from lapwing_web.staff.models import User

FEW = 5


class Item(msgspec.Struct):
    """One of a block's few: a record, and the template that shows it."""

    record: Any
    kind: str  # the name of its template: referral, package, clock, person, course, missing_team

    @property
    def template(self) -> str:
        """Where its template is."""
        return f"front/items/{self.kind}.html"


class Block(msgspec.Struct):
    """One block: what it counts, the first few, and the way to all of them."""

    name: str
    title: str
    lead: str
    count: int
    items: list[Item]
    all_url: str = ""
    all_label: str = ""
    empty: str = ""  # what to say when there is nothing; "" leaves the block out
    urgent: bool = False

    @property
    def large(self) -> bool:
        """Whether it has a block of its own: it holds something, or holding nothing is worth saying aloud."""
        return self.count > 0 or self.urgent


def items_of(kind: str, records: Iterable[Any]) -> list[Item]:
    """The records as items of one kind."""
    return [Item(record, kind) for record in records]


def since(user: User) -> datetime:
    """When they last said they had seen what is new; a day ago for somebody who never has."""
    return user.last_seen_home_at or now() - timedelta(days=1)

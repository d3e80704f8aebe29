"""The rows of one page of a long list."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from msgspec import Struct

Row = TypeVar("Row", bound=Model)


class Cut(Struct):
    """A page of a list, how many rows all of the list has, and from which one on the next page is."""

    rows: list[Any]
    count: int
    next: int | None
    words: str = ""  # for which the list was searched


def cut(rows: "QuerySet[Row]", most: int, skip: int = 0) -> Cut:
    """The page of `rows`, in their order, that begins with the `skip`th."""
    found = first_of(rows, most + 1, max(0, skip))
    return Cut(found[:most], rows.count(), max(0, skip) + most if len(found) > most else None)


def cut_known(rows: Sequence[Any], most: int, skip: int = 0, words: str = "") -> Cut:
    """The same of rows that are all at hand."""
    skip = max(0, skip)
    return Cut(
        list(rows[skip : skip + most]), len(rows), skip + most if len(rows) > skip + most else None, words
    )


def first_of(rows: "QuerySet[Row]", most: int, skip: int = 0) -> list[Row]:
    """Up to `most` rows in the order of `rows`, from the `skip`th on.

    The keys are found first and nothing else of a row is read for them: an index that holds what the
    conditions and the order ask about is all that is read of rows that are not on the page.
    """
    keys: list[Any] = list(rows.values_list("pk", flat=True)[skip : skip + most])
    whole = rows.order_by().in_bulk(keys)
    return [whole[key] for key in keys if key in whole]


def first_of_all(
    lists: "Sequence[QuerySet[Row]]", most: int, key: Callable[[Row], Any], *, latest: bool = False
) -> list[Row]:
    """Up to `most` rows of lists that have none in common, each in the order of `key` (`latest`: backwards).

    What is in one list or another by conditions of different kinds, no one index finds.
    """
    found = [row for rows in lists for row in first_of(rows, most)]
    return sorted(found, key=key, reverse=latest)[:most]


def count_all(lists: "Sequence[QuerySet[Row]]") -> int:
    """How many rows are in lists that have none in common."""
    return sum(rows.count() for rows in lists)

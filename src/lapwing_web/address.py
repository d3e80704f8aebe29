"""A number in an address is a whole number that both engines can hold, or it says nothing."""

from collections.abc import Mapping

DIGITS = 15  # more than any key has, and a page of so many is still a row that both engines can count to


def whole_number(text: str, *, digits: int = DIGITS) -> int | None:
    """The whole number that `text` spells in 1 to `digits` digits from 0 to 9; None for anything else.

    Not `isdigit` alone: that is true of `²` too, and of more digits than Python will read.
    """
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= digits else None


def skip_of(query: Mapping[str, str]) -> int:
    """How many rows of a list come before the page that an address asks for (`?skip=`); 0 for the first."""
    return whole_number(query.get("skip", "")) or 0

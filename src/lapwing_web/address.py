"""A number in an address is a whole number that both engines can hold, or it says nothing."""

DIGITS = 15  # under the largest key of either engine


def whole_number(text: str) -> int | None:
    """The whole number that `text` spells in 1 to 15 digits from 0 to 9; None for anything else.

    Not `isdigit` alone: that is true of `²` too, and of more digits than Python will read.
    """
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= DIGITS else None

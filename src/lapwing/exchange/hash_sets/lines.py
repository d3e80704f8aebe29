"""The lines of a list that is text."""

import io
from collections.abc import Iterator
from typing import BinaryIO

from lapwing.exchange.unreadable import Unreadable

LONGEST_LINE = 65_536  # characters


def lines_of(stream: BinaryIO) -> Iterator[str]:
    """The lines of a text in UTF-8, without a mark at its start. Raises Unreadable for an endless one."""
    text = io.TextIOWrapper(stream, "utf-8-sig", errors="replace", newline="")
    try:
        while line := text.readline(LONGEST_LINE):
            if len(line) == LONGEST_LINE:
                raise Unreadable(f"A line has more than {LONGEST_LINE:,} characters.")
            yield line
    finally:
        if not stream.closed:
            text.detach()  # the stream stays its owner's to close

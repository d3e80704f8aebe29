"""Reading and writing documents of a JSON table: one object, an array of them, or one after another as JSON
lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO

from msgspec.json import encode, format

from lapwing.exchange.bounded import read_all
from lapwing.exchange.json_safety import Document, Path, values
from lapwing.exchange.json_unknown import Wrong
from lapwing.exchange.unreadable import Unreadable
from lapwing.report import Report


def marked(mark: str) -> Callable[[bytes], bool]:
    """What tells from its first bytes, in UTF-8 or UTF-16, a document whose `schema` is `mark`."""
    stated = re.compile(rb'"schema"\s*:\s*"' + re.escape(mark.encode()) + b'"')

    def recognises(head: bytes) -> bool:
        narrow = head.replace(b"\0", b"") if head[:2] in (b"\xff\xfe", b"\xfe\xff") else head
        return stated.search(narrow) is not None

    return recognises


def read_objects(stream: BinaryIO, read: Callable[[dict[str, Any]], Report]) -> Iterator[Report]:
    """Each object of the document as `read` makes it. Raises Unreadable, with the place, at the first that is
    wrong.
    """
    document = Document(read_all(stream))
    for value, start in values(document):
        for item, path in _objects(value):
            try:
                if not isinstance(item, dict):
                    raise Wrong("This is not an object.")
                report = read(item)
            except Wrong as wrong:
                where = document.place(start, (*path, *wrong.path))
                raise Unreadable(wrong.sentence, where) from None
            yield report


def _objects(value: Any) -> Iterator[tuple[Any, Path]]:
    if isinstance(value, list):
        yield from ((item, (number,)) for number, item in enumerate(value))
    else:
        yield value, ()


def write_objects(
    reports: Iterable[Report], stream: BinaryIO, write: Callable[[Report], dict[str, Any]]
) -> None:
    """One report as an indented object; several as JSON lines."""
    held: bytes | None = None
    several = False
    for report in reports:
        if held is not None:
            stream.write(held + b"\n")
            several = True
        held = encode(write(report))
    if held is not None:
        stream.write((held if several else format(held, indent=2)) + b"\n")

"""A document to hand out, as plain words: what its templates are given, whether for Word or for PDF."""

from datetime import date, datetime

from msgspec import Struct

from lapwing_web.moment import UK


class Table(Struct):
    """Rows under a heading each. `none` stands in its place where there are no rows."""

    head: list[str]
    rows: list[list[str]]
    none: str = "None."


class Part(Struct):
    """One part of a document: its heading, facts by their names, paragraphs, a table; each may be empty."""

    title: str
    facts: list[tuple[str, str]] = []
    text: list[str] = []
    table: Table | None = None


class Paper(Struct):
    """A whole document. Every value is text that a person reads; none of it is markup."""

    title: str
    reference: str
    force: str
    lead: str
    parts: list[Part]
    made: str = ""  # when
    by: str = ""
    to: str = ""  # who receives it
    why: str = ""


def day(on: date | None) -> str:
    """A day in words; "" for none."""
    return f"{on:%-d %B %Y}" if on else ""


def instant(at: datetime | None) -> str:
    """A moment in words, in UK time; "" for none."""
    return f"{at.astimezone(UK):%-d %B %Y, %H:%M}" if at else ""

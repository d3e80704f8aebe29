"""The need-to-know extract for a neighbourhood team: what it holds, until when, and who has still to read it.

Source of the need: HC 515, paragraph 91. What may be told is policy's, and never the offence, a victim or a
child.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from msgspec import Struct

from lapwing.policy.topics.briefing import BriefingVersion

NOT_KNOWN = "Not known"


class Line(Struct, frozen=True):
    """One line of the extract."""

    code: str
    label: str
    value: str


def extract(known: Mapping[str, str], version: BriefingVersion) -> list[Line]:
    """What is told, of all that is known: the fields of policy, in its order, and nothing else.

    What is not known is said to be so: a line that is not there would read as "no".
    """
    return [
        Line(code, told.label, known.get(code, "").strip() or NOT_KNOWN)
        for code, told in version.fields.items()
    ]


def obstacles(known: Mapping[str, str], version: BriefingVersion) -> list[str]:
    """Every sentence that stands in the way of issuing the briefing. Empty: it may be issued."""
    return [
        f"A briefing is not issued without this: {told.label.lower()}."
        for code, told in version.fields.items()
        if told.needed and not known.get(code, "").strip()
    ]


def last_day(issued_on: date, version: BriefingVersion) -> date:
    """The last day on which it may be read."""
    return issued_on + timedelta(days=version.lasts)


def acknowledge_by(issued_on: date, version: BriefingVersion) -> date:
    """The last day for a reader's acknowledgement."""
    return issued_on + timedelta(days=version.acknowledge_within)


def renew_from(issued_on: date, version: BriefingVersion) -> date:
    """The day from which its renewal is asked for."""
    return last_day(issued_on, version) - timedelta(days=version.renew_from)


def holds(issued_on: date, on: date, version: BriefingVersion) -> bool:
    """Whether it may be read on the day."""
    return issued_on <= on <= last_day(issued_on, version)


def to_acknowledge(team: Iterable[int], acknowledged: Iterable[int]) -> set[int]:
    """Who of the team, as it is now, has not acknowledged. Who left it owes nothing; who joined it does."""
    return set(team) - set(acknowledged)

"""Telling: who can help now, the duty to report, and how the public form is bounded."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from lapwing.policy.cited import Entry, Version

Voice = Literal["child", "adult", "professional"]
Count = Annotated[int, Field(ge=1)]


class Emergency(Entry):
    """The number for danger now, and what to press on it when one cannot speak."""

    phone: str
    silent: str


class Help(Entry):
    """Somebody who can help now, with what they do in a sentence; shown to those in `voices`."""

    does: str
    voices: list[Voice]
    phone: str = ""
    hours: str = ""
    web: str = ""


class Duty(Entry):
    """A duty to report: what a page says of it."""

    says: str


class Limit(Entry):
    """A bound on the form, in the unit its label gives."""

    most: Count


class TellingVersion(Version):
    """`help` in the order it is shown; `leave_to` is where “Exit this page” goes."""

    leave_to: str
    emergency: Emergency
    help: dict[str, Help]
    duty: Duty
    limits: dict[Literal["idle_minutes", "begun_an_hour", "sent_an_hour", "asked_an_hour"], Limit]

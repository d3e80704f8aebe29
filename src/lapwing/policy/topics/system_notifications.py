"""Notifications: what people are told of, in which words, and what is always sent by e-mail."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from lapwing.policy.cited import Entry, Version


class NotificationKind(Entry):
    """One thing to tell. `always`: an e-mail goes at once, whatever its reader has chosen."""

    always: bool = False


class SystemNotificationsVersion(Version):
    """Kinds by their code; how long what was told is kept; and of e-mail, how long one gathers what is told
    after its first, the hour of the day (UK) from which the daily one goes, the most that one names.
    """

    keep_days: Annotated[int, Field(ge=1)]
    gather_seconds: Annotated[int, Field(ge=0, le=3600)]
    digest_hour: Annotated[int, Field(ge=0, le=23)]
    lines: Annotated[int, Field(ge=1, le=200)]
    kinds: dict[str, NotificationKind]

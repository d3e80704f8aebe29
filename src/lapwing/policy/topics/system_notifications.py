"""Notifications: what people are told of, in which words, and what is always sent by e-mail."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from lapwing.policy.cited import Entry, Version


class NotificationKind(Entry):
    """One thing to tell. `always`: an e-mail goes at once, whatever its reader has chosen."""

    always: bool = False


class SystemNotificationsVersion(Version):
    """Kinds by their code, and how long what was told is kept."""

    keep_days: Annotated[int, Field(ge=1)]
    kinds: dict[str, NotificationKind]

"""Restrictions on a suspect: which kinds there are, and which can be enforced."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from lapwing.policy.cited import Entry, Version


class Restriction(Entry):
    """A kind of restriction. `liberty`: whether the suspect is at liberty under it."""

    enforceable: bool
    liberty: bool = True


class RestrictionsVersion(Version):
    """Kinds by code; `look_ahead`: days before a gap begins from which it is shown."""

    look_ahead: Annotated[int, Field(ge=1)]
    kinds: Annotated[dict[str, Restriction], Field(min_length=1)]

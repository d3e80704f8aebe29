"""Primacy: the criteria on which the agency keeps a case."""

from lapwing.policy.cited import Entry, Version


class PrimacyVersion(Version):
    """`criteria` met keep the case; else `otherwise` says where it goes; `safeguarding` who else is told."""

    criteria: dict[str, Entry]
    otherwise: str
    safeguarding: str

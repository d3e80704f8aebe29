"""Triage: the rules in the order they are asked, and what no rule may discard without a person."""

from lapwing.policy.cited import Entry, Version


class TriageRule(Entry):
    """One ground for calling a referral informational."""

    reason: str  # the sentence shown, when the rule answers yes
    by_rule: bool  # whether the rule alone may discard, when nothing protects the referral


class FactEntry(Entry):
    """A fact that officers can find out and that only triage asks about."""


class Actionable(Entry):
    """What is said when no rule calls the referral informational."""

    reason: str


class TriageVersion(Version):
    """`rules` are asked in the file's order and the first to answer yes is proposed."""

    actionable: Actionable
    rules: dict[str, TriageRule]
    protections: dict[str, Entry]
    facts: dict[str, FactEntry]

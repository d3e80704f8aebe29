"""Triage: is there anything here to act on?

Each rule is asked in the policy's order; the first yes is proposed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from lapwing.policy.topics.triage import TriageVersion
from lapwing.rules.facts import Facts

RULES: dict[str, Callable[[Facts], bool]] = {
    "duplicate": lambda f: f.duplicate is True,
    "technical_error": lambda f: f.technical_error is True,
    "viral": lambda f: f.viral is True,
    "adult": lambda f: f.adult_only is True,
    "clothed": lambda f: f.clothed_only is True,
    "no_uk_link": lambda f: f.uk_link is False,
    "marked_informational": lambda f: f.marked_informational is True,
    "insufficient": lambda f: (not f.identifiable or not f.content_described) and not f.told_by_person,
}

PROTECTIONS: dict[str, Callable[[Facts], bool]] = {
    "escalated": lambda f: f.escalated,
    "sextortion": lambda f: f.sextortion,
    "solicitation": lambda f: f.solicitation,
    "known_match": lambda f: f.known_match is True,
    "list_not_asked": lambda f: f.known_match is None,
    "sadistic_online_exploitation": lambda f: f.sadistic_online_exploitation,
    "minor_to_minor": lambda f: f.minor_to_minor,
    "priority_1": lambda f: f.priority_1,
    "danger_now": lambda f: f.danger_now,
    "told_by_person": lambda f: f.told_by_person,
    "contact_with_children": lambda f: f.contact_with_children is True or f.lives_with_child is True,
    "previous_sexual_offence": lambda f: (
        f.previous_sexual_offence is True or f.previous_contact_offence is True
    ),
    "victim_named": lambda f: f.victim_named or f.child_identified is True,
}
ACTIONABLE = "actionable"


class Proposal(Struct, frozen=True):
    """A class, the rule that gives it, and its reason in a sentence.

    `protected` holds the codes of why no rule may discard the referral without a person; `by_rule` is
    whether the rule alone may discard it now, and is never true of a protected referral.
    """

    kind: Literal["actionable", "informational"]
    rule: str
    reason: str
    protected: list[str]
    by_rule: bool


def propose(facts: Facts, version: TriageVersion) -> Proposal:
    """The class of a referral with these facts.

    A rule that needs a fact nobody has stated does not answer yes.
    """
    protected = [name for name, protects in PROTECTIONS.items() if protects(facts)]
    for name, rule in version.rules.items():
        if RULES[name](facts):
            reason = rule.reason
            if protected:
                because = "; ".join(version.protections[code].label for code in protected)
                reason = f"{reason} No rule may discard it: {because}."
            return Proposal("informational", name, reason, protected, rule.by_rule and not protected)
    return Proposal("actionable", ACTIONABLE, version.actionable.reason, protected, False)

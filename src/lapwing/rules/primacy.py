"""Primacy: who leads.

The agency keeps what meets a criterion; otherwise the force where the suspect lives.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from lapwing.policy.topics.primacy import PrimacyVersion
from lapwing.rules.facts import Facts

CRITERIA: dict[str, Callable[[Facts], bool | None]] = {
    "severe_and_complex": lambda f: f.severe_and_complex,
    "niche_capability": lambda f: f.niche_capability,
    "several_forces": lambda f: f.several_forces,
    "international": lambda f: f.international,
    "organised_network": lambda f: f.organised_network,
}


class Primacy(Struct, frozen=True):
    """Whether the agency keeps it: yes when any criterion is met, no when none can be, else None.

    `safeguarding` says, where a child is named or could be, that the force where they live is told as well.
    """

    keep: bool | None
    met: list[str]
    unknown: list[str]
    sentence: str
    safeguarding: str = ""


def propose(facts: Facts, version: PrimacyVersion) -> Primacy:
    """Who should lead, by the criteria of HC 515, paragraph 87."""
    answers = {name: CRITERIA[name](facts) for name in version.criteria}
    met = [name for name, answer in answers.items() if answer]
    unknown = [name for name, answer in answers.items() if answer is None]
    child = version.safeguarding if facts.victim_named or facts.child_identified else ""
    return Primacy(_keep(met, unknown), met, unknown, _sentence(met, unknown, version), child)


def _keep(met: list[str], unknown: list[str]) -> bool | None:
    if met:
        return True
    return None if unknown else False


def _sentence(met: list[str], unknown: list[str], version: PrimacyVersion) -> str:
    if met:
        return f"The agency keeps it: {'; '.join(version.criteria[name].label for name in met)}."
    if not unknown:
        return version.otherwise
    labels = "; ".join(version.criteria[name].label.lower() for name in unknown)
    return f"{version.otherwise} Not yet known: {labels}."

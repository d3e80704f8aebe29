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
    """Whether the agency keeps it: yes when any criterion is met, no when every one is known not to be,
    else None.
    """

    keep: bool | None
    met: list[str]
    unknown: list[str]
    sentence: str


def propose(facts: Facts, version: PrimacyVersion) -> Primacy:
    """Who should lead, by the criteria of HC 515, paragraph 87."""
    answers = {name: CRITERIA[name](facts) for name in version.criteria}
    met = [name for name, answer in answers.items() if answer]
    unknown = [name for name, answer in answers.items() if answer is None]
    if met:
        labels = "; ".join(version.criteria[name].label for name in met)
        return Primacy(True, met, unknown, f"The agency keeps it: {labels}.")
    if not unknown:
        return Primacy(False, met, unknown, version.otherwise)
    labels = "; ".join(version.criteria[name].label.lower() for name in unknown)
    return Primacy(None, met, unknown, f"{version.otherwise} Not yet known: {labels}.")

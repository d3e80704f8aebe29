"""Continuity of an exhibit: which steps may follow which, and a chain of hashes that anyone can verify.

Each step's hash covers the step and the hash before it, so a step that is changed, removed, put in or moved
is found without a database: `lapwing verify-exhibit FILE`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from hashlib import sha256

from msgspec import Struct

from lapwing.rules.audit_chain import GENESIS, canonical, instant

# what may follow each step; "" is before the first
STEPS: Mapping[str, frozenset[str]] = {
    "": frozenset({"seized"}),
    "seized": frozenset({"sealed", "moved", "returned"}),
    "sealed": frozenset({"moved", "opened", "returned", "retained", "destroyed"}),
    "moved": frozenset({"moved", "sealed", "opened", "returned", "retained", "destroyed"}),
    "opened": frozenset({"examined", "sealed"}),
    "examined": frozenset({"examined", "sealed"}),
    "returned": frozenset(),
    "retained": frozenset({"moved", "returned", "destroyed"}),
    "destroyed": frozenset(),
}
LABELS: Mapping[str, str] = {
    "seized": "Seized",
    "sealed": "Sealed",
    "moved": "Moved",
    "opened": "Seal opened",
    "examined": "Examined",
    "returned": "Returned to its owner",
    "retained": "Retained",
    "destroyed": "Destroyed",
}


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    """One step. `seal` is the seal put on (sealed) or found (opened, moved): "" where there is none."""

    position: int
    step: str
    at: datetime
    by: str
    place: str
    seal: str
    text: str
    previous: str
    hash: str


def step_hash(
    exhibit: str,
    position: int,
    step: str,
    at: datetime,
    by: str,
    place: str,
    seal: str,
    text: str,
    previous: str,
) -> str:
    """SHA-256 (64 hex) over the canonical JSON of the exhibit's name and the step, in this order."""
    told = [exhibit, position, step, instant(at), by, place, seal, text, previous]
    return sha256(canonical(told).encode()).hexdigest()


def faults(exhibit: str, steps: Iterable[Step]) -> Iterator[str]:
    """Everything that is wrong with a chain, a sentence each. Nothing: it is whole."""
    previous, last, seal, earlier = GENESIS, "", "", None
    for position, one in enumerate(steps, 1):
        where = f"step {one.position}"
        if one.position != position:
            yield f"{where}: step {position} should stand here: one is missing, or moved"
        if one.previous != previous:
            yield f"{where}: it does not follow from the step before it"
        made = step_hash(
            exhibit, one.position, one.step, one.at, one.by, one.place, one.seal, one.text, one.previous
        )
        if made != one.hash:
            yield f"{where}: it was changed after it was written"
        if one.step not in STEPS.get(last, frozenset()):
            yield f"{where}: “{one.step}” cannot follow “{last or 'nothing'}”"
        if earlier is not None and one.at < earlier:
            yield f"{where}: it is earlier than the step before it"
        if seal_broken(one.step, seal, one.seal):
            yield f"{where}: the seal found, {one.seal or 'none'}, is not the seal put on, {seal}"
        previous, last, earlier = one.hash, one.step, one.at
        seal = seal_after(one.step, seal, one.seal)


def seal_after(step: str, on: str, given: str) -> str:
    """The seal that is on after a step."""
    if step == "sealed":
        return given
    return "" if step in ("opened", "examined") else on


def seal_broken(step: str, on: str, found: str) -> bool:
    """Whether a step that says which seal it found says another than the one put on."""
    return step in ("opened", "moved") and bool(on) and found != on


class Export(Struct, frozen=True, forbid_unknown_fields=True):
    """A chain as it is handed out: the exhibit's name, its steps, and the last hash."""

    format: str
    version: int
    exhibit: str
    steps: list[Step]
    head: str


FORMAT, VERSION = "lapwing-exhibit", 1

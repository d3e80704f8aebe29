"""Primacy, by the table in primacy.toml."""

from datetime import date
from typing import Any

from tests.policy.cases import cases

from lapwing.policy import load
from lapwing.rules.facts import Facts
from lapwing.rules.primacy import CRITERIA, propose

VERSION = load("primacy").on(date(2026, 11, 24))


@cases("primacy")
def test_primacy_proposes(case: dict[str, Any]) -> None:
    primacy = propose(Facts(**case["facts"]), VERSION)
    assert {True: "yes", False: "no", None: "not known"}[primacy.keep] == case["keep"]
    assert primacy.met == case["met"]
    assert set(primacy.unknown) == {name for name in CRITERIA if name not in case["facts"]}
    assert primacy.sentence.endswith(".")


def test_every_criterion_of_the_policy_has_a_meaning_and_the_reverse() -> None:
    assert set(VERSION.criteria) == set(CRITERIA)


def test_a_named_child_has_a_force_told_of_them_too() -> None:
    assert "safeguarding" in propose(Facts(victim_named=True), VERSION).safeguarding
    assert "safeguarding" in propose(Facts(child_identified=True), VERSION).safeguarding
    assert propose(Facts(), VERSION).safeguarding == ""

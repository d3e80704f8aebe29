"""Triage, by the table in triage.toml."""

from datetime import date
from typing import Any

from tests.policy.cases import cases

from lapwing.policy import load
from lapwing.rules.facts import Facts
from lapwing.rules.triage import propose

VERSION = load("triage").on(date(2026, 11, 24))


@cases("triage")
def test_triage_proposes(case: dict[str, Any]) -> None:
    facts = Facts(**{"identifiable": True, "content_described": True, **case["facts"]})
    proposal = propose(facts, VERSION)
    assert (proposal.kind, proposal.rule, proposal.protected, proposal.by_rule) == (
        case["kind"],
        case["rule"],
        case.get("protected", []),
        case["by_rule"],
    )
    assert proposal.reason
    for code in proposal.protected:
        assert proposal.kind == "actionable" or VERSION.protections[code].label in proposal.reason

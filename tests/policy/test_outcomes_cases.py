"""Who may give which outcome when, by the table in outcomes.toml."""

from datetime import date
from typing import Any

from tests.policy.cases import cases

from lapwing.policy import load
from lapwing.rules.outcomes import CaseFacts, refusals

VERSION = load("outcomes").on(date(2026, 11, 26))


@cases("outcomes")
def test_an_outcome_is_given(case: dict[str, Any]) -> None:
    told = {"role": "force_officer", "suspect_is_child": False, **case["facts"]}
    if told["suspect_is_child"] == "unknown":
        told["suspect_is_child"] = None
    told["disposals"] = frozenset(told.get("disposals", []))
    on = case.get("on", date(2026, 11, 26))
    found = refusals(case["code"], case.get("reason", "no_offence"), on, CaseFacts(**told), VERSION)
    assert len(found) == case["refused"], found


def test_a_breach_leaves_only_prosecution() -> None:
    every = frozenset({"caution", "community_resolution", "diversion"})
    facts = CaseFacts("supervisor", True, True, every, breached=True)
    on = date(2026, 11, 26)
    open_ = {code for code in VERSION.outcomes if not refusals(code, "no_offence", on, facts, VERSION)}
    assert open_ == {"1", "1A"}

"""Risk, by the table in risk.toml."""

from datetime import date
from typing import Any

from tests.policy.cases import cases

from lapwing.policy import load
from lapwing.rules.facts import Facts
from lapwing.rules.risk import assess

VERSION = load("risk").on(date(2026, 11, 24))


@cases("risk")
def test_risk_bands(case: dict[str, Any]) -> None:
    assessment = assess(Facts(**case["facts"]), VERSION)
    assert (assessment.band, assessment.points) == (case["band"], case["points"])
    assert assessment.present == [name for name in VERSION.factors if case["facts"].get(name)]
    assert set(case.get("unknown", [])) <= set(assessment.unknown)
    assert not set(case.get("known", [])) & set(assessment.unknown)

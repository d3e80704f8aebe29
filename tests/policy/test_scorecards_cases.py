"""A company's rates and the middle of its completeness, by the tables in scorecards.toml."""

import statistics
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.cases import cases

from lapwing.rules.scorecards import Arrivals, Asked, Begun, Held, Spread, rates, spread

FEW = 10
SPREADS = tomllib.loads(Path(__file__).with_name("scorecards.toml").read_text())["spread"]
some = st.integers(0, 10**6)
counted = st.dictionaries(st.integers(0, 100), st.integers(1, 40))


def worked_out(case: dict[str, Any]) -> dict[str, str]:
    parts = {"arrivals": Arrivals, "begun": Begun, "held": Held, "asked": Asked}
    made = [kind(**case.get(name, {})) for name, kind in parts.items()]
    found = rates(*made, period="1 January 2026 to 31 January 2026", few=FEW)
    return {rate.label: rate.said for rate in found}


@cases("scorecards")
def test_a_rate_reads_as_policy_has_it(case: dict[str, Any]) -> None:
    found = worked_out(case)
    assert {label: found[label] for label in case["rates"]} == case["rates"]


@pytest.mark.parametrize("case", [pytest.param(one, id=one["why"]) for one in SPREADS])
def test_the_middle_is_as_policy_has_it(case: dict[str, Any]) -> None:
    found = spread(dict(map(tuple, case["counts"])), FEW)
    number = sum(many for _, many in case["counts"])
    middle = case.get("middle")
    expected = None if middle is None else Spread(number, middle, case.get("low"), case.get("high"))
    assert found == expected


@given(st.builds(Arrivals, some, some, some, some, some), st.builds(Begun, some, some, some, some))
def test_no_rate_is_more_than_all_and_each_keeps_what_it_is_of(arrivals: Arrivals, begun: Begun) -> None:
    for rate in rates(arrivals, begun, Held(), Asked(), period="January", few=FEW):
        assert 0 <= rate.ratio.numerator.value <= rate.ratio.denominator.value
        assert rate.ratio.warnings == []
        assert (rate.said == "Unknown") == (rate.ratio.denominator.value == 0)


@given(counted)
def test_the_middle_is_the_median_of_all_and_lies_between_the_quarters(counts: dict[int, int]) -> None:
    every = [value for value, many in counts.items() for _ in range(many)]
    found = spread(counts, FEW)
    if not every:
        assert found is None
        return
    assert found is not None
    assert (found.number, found.middle) == (len(every), statistics.median(every))
    if len(every) >= FEW:
        assert found.low is not None
        assert found.high is not None
        assert min(every) <= found.low <= found.middle <= found.high <= max(every)
    else:
        assert (found.low, found.high) == (None, None)

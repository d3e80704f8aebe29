"""Which day cannot be before which other, by order_of_days.toml."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.policy.cases import cases

from lapwing.rules.order_of_days import ORDER, out_of_order


@cases("order_of_days")
def test_order_of_days(case: dict[str, Any]) -> None:
    known = {**case.get("known", {}), **dict.fromkeys(case.get("unknown", []))}
    said = out_of_order(case["what"], case.get("on"), known)
    assert said.startswith(case["says"])
    assert bool(said) == bool(case["says"])


def test_everything_that_has_an_order_is_refused_by_a_case() -> None:
    rows = tomllib.loads((Path(__file__).parent / "order_of_days.toml").read_text())["case"]
    refused = {(row["what"], day) for row in rows if row["says"] for day in row["known"]}
    assert {(what, before) for what, (_, names) in ORDER.items() for before in names} == refused


@pytest.mark.parametrize("known", [{}, {"birth": None}, {"birth": None, "arrest": None, "grant": None}])
def test_a_day_that_is_forgotten_is_an_error_and_not_an_unknown(known: dict[str, date | None]) -> None:
    with pytest.raises(KeyError):
        out_of_order("charge", date(2026, 3, 2), known)

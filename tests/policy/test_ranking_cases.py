"""The order of the queue, by the table in ranking.toml."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from tests.policy.cases import cases

from lapwing.policy import load
from lapwing.rules.ranking import Rank, rank

VERSION = load("ranking").on(date(2026, 11, 24))
TABLE = tomllib.loads(Path(__file__).with_name("ranking.toml").read_text())["case"]


def ranked(case: dict[str, Any]) -> Rank:
    return rank(
        case["band"],
        case.get("escalated", False),
        case.get("match", False),
        case.get("lapse"),
        case.get("received", date(2026, 11, 24)),
        case.get("contact"),
        VERSION,
        case.get("danger", False),
        case.get("priority_1", False),
    )


@cases("ranking")
def test_a_rank_says_why(case: dict[str, Any]) -> None:
    assert ranked(case).why == case["says"]


def test_each_stands_before_the_next() -> None:
    values = [ranked(case).value for case in TABLE]
    assert values == sorted(values, reverse=True)
    assert len(set(values)) == len(values)
    assert 0 < values[-1] < values[0] < 2**63


def test_unknown_contact_with_children_ranks_as_not_stated() -> None:
    day = date(2026, 11, 24)
    unknown, no = (rank("high", False, False, None, day, answer, VERSION) for answer in (None, False))
    assert unknown == no

"""What a neighbourhood team is told of a registered offender and until when, by briefing.toml."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.cases import cases

from lapwing.policy import load
from lapwing.policy.loading import PolicyError, read
from lapwing.policy.topics.briefing import FIELDS
from lapwing.rules import briefing

VERSION = load("briefing").on(date(2026, 11, 26))
FILE = Path(briefing.__file__).parents[1] / "policy" / "england_wales" / "briefing.toml"
WHOLE = dict.fromkeys(FIELDS, "Said")


@cases("briefing")
def test_until_when(case: dict[str, Any]) -> None:
    assert briefing.last_day(case["issued"], VERSION) == case["last"]
    assert briefing.holds(case["issued"], case["on"], VERSION) is case["holds"]


@given(st.dictionaries(st.sampled_from([*sorted(FIELDS), "offence", "victim", "register_number"]), st.text()))
def test_the_extract_tells_what_policy_lists_and_nothing_else(known: dict[str, str]) -> None:
    lines = briefing.extract(known, VERSION)
    assert [line.code for line in lines] == list(VERSION.fields)
    for line in lines:
        assert line.value == (known.get(line.code, "").strip() or "Not known")


@pytest.mark.parametrize("missing", sorted(FIELDS))
def test_a_briefing_without_what_is_needed_is_not_issued(missing: str) -> None:
    said = briefing.obstacles({**WHOLE, missing: " "}, VERSION)
    assert bool(said) is VERSION.fields[missing].needed


def test_it_is_acknowledged_and_renewed_while_it_lasts() -> None:
    issued = date(2026, 11, 26)
    last = briefing.last_day(issued, VERSION)
    assert issued < briefing.acknowledge_by(issued, VERSION) <= last
    assert briefing.renew_from(issued, VERSION) == last - timedelta(days=VERSION.renew_from)


def test_who_joined_the_team_has_still_to_acknowledge_and_who_left_it_has_not() -> None:
    assert briefing.to_acknowledge([1, 2], [2, 3]) == {1}


def test_policy_cannot_tell_of_the_offence() -> None:
    content = FILE.read_bytes() + b'\n[version.fields.offence]\nlabel = "Offence"\n'
    with pytest.raises(PolicyError, match="an extract tells no more than"):
        read("briefing", content)

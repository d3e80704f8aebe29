"""Who may have a case, by the table in allocation.toml."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.cases import cases

from lapwing.policy import load
from lapwing.policy.topics.risk import BANDS
from lapwing.rules.allocation import Officer, expires, holds, lacking, mismatch, propose

VERSION = load("allocation").on(date(2026, 11, 26))
TODAY = date(2026, 11, 26)
SPECIALIST = dict.fromkeys(VERSION.courses, None)


@cases("allocation")
def test_who_may_have_it(case: dict[str, Any]) -> None:
    trained = {name: date.fromisoformat(last) if last else None for name, last in case["trained"].items()}
    (found,) = propose(case["band"], [Officer(1, "one", trained, case["load"])], TODAY, VERSION)
    assert (len(found.obstacles), found.breaks_matrix) == (case["obstacles"], case["breaks"]), found


def test_specialists_are_kept_for_what_asks_for_them() -> None:
    plain = Officer(1, "plain", {"investigator": None}, 10)
    special = Officer(2, "special", SPECIALIST, 0)
    assert [one.officer.name for one in propose("medium", [special, plain], TODAY, VERSION)] == [
        "plain",
        "special",
    ]
    assert [one.officer.name for one in propose("very_high", [plain, special], TODAY, VERSION)] == [
        "special",
        "plain",
    ]


def test_the_mismatches_of_paragraph_90() -> None:
    assert mismatch("low", SPECIALIST, TODAY, VERSION) == "specialist_on_low"
    assert mismatch("high", {"investigator": None}, TODAY, VERSION) == "untrained"
    assert mismatch("low", {}, TODAY, VERSION) == ""
    assert mismatch("very_high", SPECIALIST, TODAY, VERSION) == ""


def test_a_course_ends_when_policy_says() -> None:
    assert expires("grading", date(2026, 11, 26), VERSION) == date(2027, 11, 26)
    assert expires("investigator", date(2026, 11, 26), VERSION) is None
    with pytest.raises(KeyError):
        expires("no such course", TODAY, VERSION)


LASTS = st.one_of(st.none(), st.integers(-400, 400).map(lambda days: TODAY + timedelta(days=days)))
TRAINED = st.dictionaries(st.sampled_from(list(VERSION.courses)), LASTS)


@given(TRAINED, st.integers(0, 30), st.booleans())
def test_a_higher_band_never_asks_less_and_nobody_who_fits_breaks_the_matrix(
    trained: dict[str, date | None], load_: int, away: bool
) -> None:
    lacks = [len(lacking(trained, band, TODAY, VERSION)) for band in BANDS]
    assert lacks == sorted(lacks, reverse=True)
    for band in BANDS:
        (found,) = propose(band, [Officer(1, "one", trained, load_, away)], TODAY, VERSION)
        needs = VERSION.bands[band]
        if found.fits:
            assert all(holds(trained, course, TODAY) for course in needs.courses)
            assert load_ + needs.weight <= VERSION.carries
            assert not away

"""Statistics, and the published figures worked out again from their own inputs.

`tests/samples/chapter4_figures.csv` holds every derivable figure of chapter 4 of "Policing for the future"
(Home Affairs Committee, HC 515, October 2018): paragraph, inputs, what was published, what it comes to.
"""

import csv
from pathlib import Path

import pytest

from lapwing.rules.statistics import (
    Figure,
    Quantity,
    Ratio,
    change_of_total,
    mean_of_changes,
    percent,
    percent_change,
    recompute,
    rounded,
    share,
    verdict,
)

FIXTURE = Path(__file__).parents[2] / "samples" / "chapter4_figures.csv"
with FIXTURE.open(newline="") as _file:
    ROWS = list(csv.DictReader(_file))

VERDICTS = {  # the fixture's own words -> ours
    "reproduces": "reproduces",
    "DOES NOT REPRODUCE": "does not reproduce",
    "derived": "derived",
    "derived (46% of 62239 is 28630)": "derived",
    "derived with warning": "derived",
    "44 disposals not itemised": "derived",  # no figure was published
    "reproduces (a majority)": "derived",  # published in words, and tested as such below
    "input absent": "inputs absent",
    "inputs absent": "inputs absent",
    "inputs absent (a different statistic from mean_force_growth)": "inputs absent",
}


def figure(row: dict[str, str]) -> Figure:
    return Figure(row["id"], row["operation"], row["numerator"], row["denominator"], row["published"])


def by_id(name: str) -> Figure:
    return next(figure(row) for row in ROWS if row["id"] == name)


def test_the_fixture_is_whole() -> None:
    assert len(ROWS) == 24
    assert {row["verdict"] for row in ROWS} <= set(VERDICTS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_every_figure_comes_to_what_the_fixture_says(row: dict[str, str]) -> None:
    value = recompute(figure(row))
    if not row["computed"]:
        assert value is None
        return
    assert value is not None
    places = len(row["computed"].partition(".")[2])
    assert float(rounded(value, places)) == float(row["computed"])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_every_figure_gets_the_verdict_the_fixture_gives_it(row: dict[str, str]) -> None:
    assert verdict(figure(row)) == VERDICTS[row["verdict"]]


def test_one_arrest_in_ten_was_one_in_four() -> None:
    arrests = by_id("arrests_per_incident")
    assert verdict(arrests) == "does not reproduce"
    assert percent(recompute(arrests) or 0) == "25%"


def test_most_custodial_sentences_for_possession_were_a_year_or_less() -> None:
    assert (recompute(by_id("possession_custody_12_months_or_less")) or 0) > 0.5


def test_the_discards_without_a_reason_are_what_46_per_cent_leaves() -> None:
    informational = rounded(0.46 * 62239, 0)
    assert informational == 28630
    assert recompute(by_id("discards_without_reason")) == 62239 - informational


def test_sentences_that_were_not_itemised() -> None:
    components = by_id("possession_sentence_components")
    assert int(components.denominator) - int(components.numerator) == 44


def test_people_against_charges_is_warned_of() -> None:
    threat = Quantity(80000, "people", "at the time", "stock")
    charges = Quantity(2017, "charges", "2017-18")
    ratio = Ratio(threat, charges)
    assert ratio.warnings[0] == "It sets a stock against a flow, so it is not a rate."
    assert len(ratio.warnings) == 3  # the periods and the units differ too


def test_a_share_of_the_same_thing_in_the_same_period_needs_no_warning() -> None:
    sent, came = (Quantity(value, "referrals", "2026") for value in (8291, 70530))
    assert Ratio(sent, came).percent == "12%"
    assert Ratio(sent, came).warnings == []


def test_the_average_of_changes_is_not_the_change_of_the_total() -> None:
    places = [(30, 10), (110, 100)]  # a small force tripled; a large one hardly moved
    assert mean_of_changes(places) == pytest.approx(105)
    assert change_of_total(places) == pytest.approx(27.27, abs=0.01)


def test_a_place_with_nothing_to_change_from_has_no_change() -> None:
    assert percent_change(5, 0) is None
    assert mean_of_changes([(5, 0)]) is None
    assert mean_of_changes([(5, 0), (20, 10)]) == 100


def test_a_ratio_of_nothing_is_not_nought() -> None:
    nothing = Quantity(0, "referrals", "today")
    assert share(0, 0) is None
    assert Ratio(nothing, nothing).value is None
    assert Ratio(nothing, nothing).percent == "–"


@pytest.mark.parametrize(
    ("value", "shown", "reason"),
    [
        (0.0, "0%", "nothing is nought"),
        (0.0001, "<0.1%", "something is never shown as nought"),
        (0.004, "0.4%", "under one per cent keeps a decimal"),
        (0.1175, "12%", "whole per cents above"),
        (0.125, "13%", "halves go up, as in published tables"),
        (1.0, "100%", "all of it"),
    ],
)
def test_percentages_are_written_so_that_they_cannot_mislead(value: float, shown: str, reason: str) -> None:
    assert percent(value) == shown, reason

"""The period of a company's page: what is asked, what is understood, and in which month something falls."""

from datetime import UTC, date, datetime

import pytest

from lapwing_web import moment
from lapwing_web.prevention.queries.period import Period

TODAY = datetime(2026, 11, 25, 12, tzinfo=UTC)
USUAL = (date(2025, 12, 1), date(2026, 11, 25))


@pytest.mark.parametrize(
    ("asked", "days", "said", "reason"),
    [
        ({}, USUAL, "", "the usual: this month and the eleven before it"),
        ({"first": "", "last": ""}, USUAL, "", "an empty form asks for nothing"),
        (
            {"first": "2026-03-05", "last": "2026-04-01"},
            (date(2026, 3, 5), date(2026, 4, 1)),
            "",
            "days that are both included",
        ),
        ({"last": "2026-03-31"}, (date(2025, 4, 1), date(2026, 3, 31)), "", "the twelve months up to a day"),
        ({"last": "2030-01-01"}, USUAL, "", "nothing has been received after today"),
        ({"first": "31/03/2026"}, USUAL, "not a date", "a date of another kind is not guessed at"),
        ({"first": "0001-01-01"}, USUAL, "before 1 January 2015", "the first day there is"),
        ({"last": "0001-01-01"}, USUAL, "before 1 January 2015", "the first day there is, as the last"),
        ({"first": "9999-12-31"}, USUAL, "after the last", "the last day there is, as the first"),
        (
            {"first": "2026-02-02", "last": "2026-02-01"},
            (date(2025, 3, 1), date(2026, 2, 1)),
            "after the last",
            "backwards",
        ),
        (
            {"first": "2015-01-01"},
            (date(2021, 12, 1), date(2026, 11, 25)),
            "At most 60 months",
            "a page of eleven years is no page",
        ),
    ],
)
def test_what_is_asked_is_understood_or_said(
    asked: dict[str, str], days: tuple[date, date], said: str, reason: str
) -> None:
    with moment.at(TODAY):
        found = Period.read(asked)
        months = found.months
    assert (found.first, found.last) == days, reason
    assert len(found.problems) == bool(said), reason
    assert said in "".join(found.problems), reason
    assert len(months) <= 60
    assert (months[0].first, months[-1].last) == days


def test_months_follow_each_other_and_a_part_of_one_says_so() -> None:
    with moment.at(TODAY):
        months = Period.read({"first": "2026-01-31", "last": "2026-03-01"}).months
    assert [one.label for one in months] == ["31 January 2026", "February 2026", "1 March 2026"]
    with moment.at(TODAY):
        assert Period.read({}).months[-1].label == "1 to 25 November 2026"

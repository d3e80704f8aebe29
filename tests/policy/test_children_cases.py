"""What the answers on contact with children come to, by the table in children.toml."""

from datetime import date
from itertools import product
from typing import Any

import pytest
from tests.policy.cases import cases

from lapwing.policy import load
from lapwing.rules.children import CAUTION, Given, expires, in_contact, more_careful, standing

VERSION = load("children").on(date(2026, 11, 26))
TODAY = date(2026, 11, 26)


@cases("children")
def test_the_answers_come_to(case: dict[str, Any]) -> None:
    answers = [Given(name, said, TODAY, date.fromisoformat(last)) for name, said, last in case["answers"]]
    stand = standing(answers, TODAY, VERSION)
    assert in_contact(stand) == case["contact"]
    assert sum(one.open for one in stand) == case["open"]


def test_an_answer_holds_for_as_long_as_policy_says() -> None:
    assert expires("household", date(2028, 2, 1), VERSION) == date(2028, 2, 29)
    with pytest.raises(KeyError):
        expires("no such question", TODAY, VERSION)


def test_of_two_answers_the_one_that_assumes_more_stands() -> None:
    days = (date(2026, 12, 1), date(2026, 12, 9))
    given = [Given("work", said, TODAY, day) for said in CAUTION for day in days]  # type: ignore[arg-type]
    for first, second in product(given, given):
        one = more_careful(first, second)
        assert one is not None
        assert CAUTION[one.answer] == max(CAUTION[first.answer], CAUTION[second.answer])
        assert more_careful(second, first) == one or first.expires_on == second.expires_on
    assert more_careful(given[0], None) is None

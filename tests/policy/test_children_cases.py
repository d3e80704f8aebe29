"""What the answers on contact with children come to, and what is owed for a child, by case tables."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.cases import cases

from lapwing.policy import load
from lapwing.rules.children import (
    CAUTION,
    Dated,
    Given,
    expires,
    in_contact,
    more_careful,
    no_contact,
    standing,
    steps_owed,
)
from lapwing.rules.clocks import UK

VERSION = load("children").on(date(2026, 11, 26))
TODAY = date(2026, 11, 26)


@cases("children")
def test_the_answers_come_to(case: dict[str, Any]) -> None:
    answers = [Given(name, said, TODAY, date.fromisoformat(last)) for name, said, last in case["answers"]]
    stand = standing(answers, TODAY, VERSION)
    assert in_contact(stand) == case["contact"]
    assert sum(one.open for one in stand) == case["open"]


@cases("child_steps")
def test_what_is_still_owed_for_a_child(case: dict[str, Any]) -> None:
    here = {
        code: step
        for code, step in VERSION.steps.items()
        if not step.only_for or case["contact"] in step.only_for
    }
    assert steps_owed(case["came_to"], here) == case["owed"]


def test_a_policy_that_names_a_result_which_nothing_comes_to_is_refused() -> None:
    written = VERSION.model_dump()
    written["steps"]["section_47"]["lifted_by"] = {"strategy_discussion": "no_such_result"}
    with pytest.raises(ValueError, match="no_such_result of strategy_discussion"):
        type(VERSION).model_validate(written)


def test_an_answer_holds_for_as_long_as_policy_says() -> None:
    assert expires("household", date(2028, 2, 1), VERSION) == date(2028, 2, 29)
    with pytest.raises(KeyError):
        expires("no such question", TODAY, VERSION)


def test_of_two_answers_the_one_that_assumes_more_stands() -> None:
    days = (date(2026, 12, 1), date(2026, 12, 9))
    every = [Given("work", said, TODAY, day) for said in CAUTION for day in days]  # type: ignore[arg-type]
    for first, second in product(every, every):
        one = more_careful(first, second)
        assert one is not None
        assert CAUTION[one.answer] == max(CAUTION[first.answer], CAUTION[second.answer])
        assert more_careful(second, first) == one or first.expires_on == second.expires_on
    assert more_careful(every[0], None) is None


SAID = st.sampled_from(["yes", "no", "no", "no", "unknown"])


@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(VERSION.questions)),
            st.sampled_from(["yes", "no", "no", "no", "unknown"]),
            st.integers(0, 4),
            st.integers(0, 9),
        ),
        max_size=24,
    )
)
def test_no_contact_is_when_every_question_stands_at_no(rows: list[tuple[str, str, int, int]]) -> None:
    answers, at = [], datetime(2026, 6, 1, 12, tzinfo=UTC)
    for question, said, after, holds in rows:
        at += timedelta(days=after)
        last = at.date() + timedelta(days=holds)
        answers.append(Dated(Given(question, said, at.date(), last), at))  # type: ignore[arg-type]
    found = no_contact(answers, VERSION)
    for hours in range(0, 24 * 110, 7):
        moment = datetime(2026, 6, 1, 0, tzinfo=UTC) + timedelta(hours=hours)
        given_by_then = [one.given for one in answers if one.at <= moment]
        day = moment.astimezone(UK).date()
        expected = in_contact(standing(given_by_then, day, VERSION)) == "no"
        assert (
            any(one.begins <= moment and (one.ends is None or moment < one.ends) for one in found) == expected
        )

"""Telling: the questions that fit, and that what was answered is what the report says. Facts of danger."""

from datetime import date
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import fields, replace

from lapwing.exchange import FORMATS, read
from lapwing.policy import load
from lapwing.report import Report, SafeContact, Telling
from lapwing.rules.facts import facts_of
from lapwing.rules.selectors import selectors_of
from lapwing.rules.telling import (
    ESCALATED_BY,
    QUESTIONS,
    TELLERS,
    Answers,
    contact_sentence,
    fitting,
    report_of,
    standing,
)

REFERENCE = "7KD4-9XQ2-MB8T-E5WJ"
words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30).map(str.strip)
CHOICES = {
    "who": st.sampled_from(TELLERS),
    "danger": st.sampled_from(["yes", "no", "not_sure"]),
    "whose": st.sampled_from(["", "me", "other"]),
    "person_children": st.sampled_from(["", "yes", "no", "not_sure"]),
    "way": st.sampled_from(["", "none", "phone", "email", "trusted_adult"]),
    "learnt_on": st.dates(date(1950, 1, 1), date(2026, 11, 25)).map(date.isoformat) | st.just(""),
    "child_age": st.sampled_from(["", "9", "about twelve", "١٢"]),
    "person_reach": st.sampled_from(["", "01632 960001", "subject-1@example.com", "ask at the club"]) | words,
}
any_answers = st.builds(Answers, **{f.name: CHOICES.get(f.name, words) for f in fields(Answers)})


def everything_in(report: Report) -> str:
    """All that the report holds as one text."""
    written = BytesIO()
    FORMATS["schedule-1"].write([report], written)
    [again] = read(BytesIO(written.getvalue()))
    assert again == report
    return repr(again)


@given(any_answers)
def test_every_answer_that_fits_is_in_the_report_and_no_other(answers: Answers) -> None:
    report, said = report_of(answers, REFERENCE), standing(answers)
    held = everything_in(report)
    for name in (
        "child_name",
        "child_account",
        "happened",
        "person_account",
        "told_others",
        "times",
        "avoid",
    ):
        assert repr(getattr(said, name))[1:-1] in held
    assert report.telling is not None
    assert report.telling.danger == said.danger
    contact, duty = report.telling.contact, report.telling.duty
    assert (contact is None) == (said.way == "")
    assert (duty is None) == (said.who != "professional")
    if duty is not None:
        assert (duty.learnt_on.isoformat() if duty.learnt_on else "") == said.learnt_on
    if said.way != "phone":
        assert said.phone == ""
        assert contact is None or contact.phone == ""


@given(any_answers)
def test_danger_now_escalates_with_its_reason_and_nothing_else_does(answers: Answers) -> None:
    report = report_of(answers, REFERENCE)
    facts = facts_of(report)
    danger = answers.danger == "yes"
    assert (report.escalated, facts.escalated, facts.danger_now) == (danger,) * 3
    assert bool(report.escalation_reason) == danger
    assert facts.told_by_person
    assert facts.child_tells == (answers.who == "child")


def test_the_rule_that_escalates_has_its_words_in_policy() -> None:
    assert ESCALATED_BY in load("risk").on(date(2026, 11, 25)).factors
    assert ESCALATED_BY in load("triage").on(date(2026, 11, 25)).protections


def test_danger_told_escalates_even_if_whoever_wrote_the_document_forgot() -> None:
    told = Report(format="schedule-1", telling=Telling(teller="adult", danger="yes"))
    assert facts_of(told).escalated


@given(any_answers)
def test_nothing_that_is_told_joins_by_itself(answers: Answers) -> None:
    found = selectors_of(report_of(answers, REFERENCE), load("joining").on(date(2026, 11, 25)))
    assert not [one for one in found if one.joins]


@given(any_answers)
def test_the_questions_asked_are_in_one_order_and_end(answers: Answers) -> None:
    asked = fitting(answers)
    assert asked == [name for name in QUESTIONS if name in asked]
    assert {"who", "danger", "happened", "contact"} <= set(asked)
    assert fitting(standing(answers)) == asked


def test_every_answer_is_asked_for_somewhere() -> None:
    asked = {field for names, _ in QUESTIONS.values() for field in names}
    assert asked == {field.name for field in fields(Answers)}


def test_nobody_is_no_teller() -> None:
    with pytest.raises(ValueError, match="told by"):
        report_of(replace(Answers(), who="company"), REFERENCE)


SILENT = "Do not contact them: they did not say that it is safe."
ADULT = SafeContact(
    safe=True, way="trusted_adult", trusted_adult="My aunt", trusted_adult_reach="01632 960002"
)
REACHED: list[tuple[SafeContact | None, str, str]] = [
    (None, SILENT, "silence is not leave"),
    (SafeContact(), SILENT, "nor is an empty answer"),
    (SafeContact(way="phone", phone="01632 960001"), SILENT, "nor is a number without a yes"),
    (SafeContact(safe=False), "Do not contact them: they said that it is not safe.", "no is no"),
    (
        SafeContact(safe=True, way="phone", phone="01632 960001"),
        "Contact them only by phone: 01632 960001.",
        "yes, and only so",
    ),
    (ADULT, "Contact them only through an adult they trust: My aunt: 01632 960002.", "not the child"),
    (SafeContact(safe=True), "Contact them only in the way given.", "another form may leave the way out"),
]


@pytest.mark.parametrize(("contact", "sentence", "why"), REACHED, ids=[why for _, _, why in REACHED])
def test_how_they_may_be_reached(contact: SafeContact | None, sentence: str, why: str) -> None:
    assert contact_sentence(contact) == sentence, why

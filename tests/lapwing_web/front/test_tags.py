"""How pages spell what is known about people."""

from datetime import UTC, datetime

import pytest
from django.template import Context, Template

SPELT = [
    # value, word, why
    (True, "Yes", "somebody found out that it is so"),
    (False, "No", "somebody found out that it is not"),
    (None, "Not known", "nobody has found out"),
    ("", "Not known", "a template's missing variable is nobody's finding"),
    (0, "Not known", "a number is no answer"),
    ("no", "Not known", "a word is no answer"),
]


@pytest.mark.parametrize(("value", "word", "why"), SPELT, ids=[why for *_, why in SPELT])
def test_only_a_finding_is_spelt_as_yes_or_no(value: object, word: str, why: str) -> None:
    spelt = Template("{% load lapwing %}{% known value %}").render(Context({"value": value}))
    assert f">{word}<" in spelt


def test_a_variable_that_is_missing_is_not_known() -> None:
    assert "Not known" in Template("{% load lapwing %}{% known missing.value %}").render(Context())


DEADLINES = [
    # instant, day and minute, why
    (
        datetime(2026, 11, 2, 0, 0, tzinfo=UTC),
        "1 Nov 2026, 23:59",
        "the end of a day is that day's last minute",
    ),
    (
        datetime(2026, 7, 1, 23, 0, tzinfo=UTC),
        "1 Jul 2026, 23:59",
        "it ends by the clock here, also in summer",
    ),
    (datetime(2026, 7, 2, 0, 0, tzinfo=UTC), "2 Jul 2026, 01:00", "midnight elsewhere is nothing to us"),
    (datetime(2026, 11, 2, 9, 30, tzinfo=UTC), "2 Nov 2026, 09:30", "any other minute is itself"),
]


@pytest.mark.parametrize(("instant", "written", "why"), DEADLINES, ids=[why for *_, why in DEADLINES])
def test_a_deadline_at_midnight_is_of_the_day_that_ends(instant: datetime, written: str, why: str) -> None:
    shown = Template('{% load lapwing %}{% when due "due" %}').render(Context({"due": instant}))
    assert f">{written} (" in shown

"""How pages spell what is known about people."""

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

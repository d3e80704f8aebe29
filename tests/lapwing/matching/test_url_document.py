"""docs/url-lists.md: every row of its tables is so."""

import re
from pathlib import Path

import pytest

from lapwing.matching.url_rules import expressions, rule_of
from lapwing.matching.urls import canonical

DOCUMENT = (Path(__file__).parents[3] / "docs" / "url-lists.md").read_text()


def rows(mark: str) -> list[list[list[str]]]:
    """Of each row of the table after a mark, what stands in backquotes in each column."""
    table = DOCUMENT.partition(f"<!-- {mark} -->\n")[2].partition("\n\n")[0].splitlines()[2:]
    return [[re.findall("`([^`]*)`", cell) for cell in row.strip("|").split("|")] for row in table]


@pytest.mark.parametrize("row", rows("forms"), ids=str)
def test_a_form_is_as_it_says(row: list[list[str]]) -> None:
    [[url], [form], _] = row
    assert canonical(url) == form


@pytest.mark.parametrize("row", rows("rules"), ids=str)
def test_a_rule_matches_as_it_says(row: list[list[str]]) -> None:
    [[rule], matches, others] = row
    assert all(rule_of(rule) in expressions(url) for url in matches)
    assert not any(rule_of(rule) in expressions(url) for url in others)
    assert matches
    assert others

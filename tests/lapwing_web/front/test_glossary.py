"""The words of the field: explained once, wherever they are used."""

import re
from pathlib import Path

from lapwing_web.front.queries.glossary import document, find, words

ROOT = Path(__file__).parents[3]
TEMPLATES = sorted((ROOT / "src" / "lapwing_web").rglob("*.html"))


def test_the_document_is_made_of_the_words() -> None:
    assert (ROOT / "docs" / "glossary.md").read_text() == "\n".join(document()) + "\n", "run `make docs`"


def test_no_page_uses_a_word_nobody_explains() -> None:
    used = [
        (page.name, word) for page in TEMPLATES for word in re.findall(r'{% term "([^"]+)"', page.read_text())
    ]
    assert used
    assert not [(page, word) for page, word in used if find(word) is None]


def test_a_word_and_its_other_names_are_one_entry() -> None:
    assert find("children in contact") is find("Contact with children")


def test_no_name_means_two_things() -> None:
    names = [name.lower() for entry in words() for name in [entry.word, *entry.also]]
    assert len(names) == len(set(names))


def test_every_word_says_where_it_comes_from() -> None:
    assert not [entry.word for entry in words() if not entry.source or not entry.meaning]

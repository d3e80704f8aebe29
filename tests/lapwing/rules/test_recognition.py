"""Names that are likely the same person's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapwing.rules.recognition import same_name, words_of


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Example Person", "EXAMPLE  person", True),
        ("Example Middle Person", "Example Person", True),  # middle names are often left out
        ("Exámple Person", "Example Person", True),
        ("Example O’Person", "Example O'Person", True),
        ("Example Other-Person", "Example Other Person", True),
        ("Example Person", "Person Example", False),
        ("Example Person", "Another Person", False),
        ("Example", "Example", False),  # one word tells too little
        ("", "Example Person", False),
    ],
)
def test_names(one: str, other: str, *, same: bool) -> None:
    assert same_name(one, other) is same
    assert same_name(other, one) is same


@given(st.text(max_size=60))
def test_any_text_has_words(name: str) -> None:
    assert all(words_of(name))

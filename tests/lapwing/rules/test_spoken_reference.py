"""The reference that a person keeps: said over a telephone, mistyped, guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapwing.rules.spoken_reference import ALPHABET, BYTES, LENGTH, read_reference, reference_of

references = st.binary(min_size=BYTES, max_size=BYTES).map(reference_of)
places = st.integers(0, LENGTH - 1)


@given(references)
def test_a_reference_is_read_as_it_was_given_out(reference: str) -> None:
    assert read_reference(reference) == reference
    assert [len(group) for group in reference.split("-")] == [4, 4, 4, 4]
    assert set(reference) <= {*ALPHABET, "-"}


@given(references, st.sampled_from(["lower", "spaces", "none", "letters"]))
def test_how_it_is_typed_does_not_matter(reference: str, how: str) -> None:
    typed = {
        "lower": reference.lower(),
        "spaces": f"  {reference.replace('-', ' ')} ",
        "none": reference.replace("-", ""),
        "letters": reference.replace("1", "l").replace("0", "O"),
    }[how]
    assert read_reference(typed) == reference


@given(references, places, st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_found(reference: str, place: int, other: str) -> None:
    plain = list(reference.replace("-", ""))
    if plain[place] != other:
        plain[place] = other
        assert read_reference("".join(plain)) is None


@given(references, places, places)
def test_two_characters_that_changed_places_are_always_found(reference: str, one: int, two: int) -> None:
    plain = list(reference.replace("-", ""))
    if plain[one] != plain[two]:
        plain[one], plain[two] = plain[two], plain[one]
        assert read_reference("".join(plain)) is None


@given(st.text(max_size=40))
def test_anything_typed_gets_an_answer(typed: str) -> None:
    read = read_reference(typed)
    assert read is None or read_reference(read) == read


def test_every_bit_that_is_used_changes_the_reference() -> None:
    base = int.from_bytes(bytes(BYTES), "big")
    drawn = {reference_of((base ^ 1 << bit).to_bytes(BYTES, "big")) for bit in range(75)}
    assert len(drawn) == 75


@pytest.mark.parametrize("size", [0, BYTES - 1, BYTES + 1])
def test_another_length_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="10 bytes"):
        reference_of(bytes(size))

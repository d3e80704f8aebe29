"""The table of kinds of hash: one line each, and all its parts."""

import base64
from pathlib import Path
from typing import Any

import pytest

from lapwing.hashing import DIGESTS, HASH_TYPES, Digests
from lapwing.hashing.failures import REASONS
from lapwing.hashing.file_lines import Line
from lapwing.hashing.vpdq import Frame

DOCUMENT = (Path(__file__).parents[3] / "docs" / "hashing.md").read_text()
VALUES: dict[str, Any] = {"vpdq": (Frame(bytes(range(32)), 70, 1.25),)}


@pytest.mark.parametrize("name", HASH_TYPES)
def test_every_kind_has_all_its_parts(name: str) -> None:
    kind = HASH_TYPES[name]
    value = VALUES.get(name, bytes(range(kind.size or 0)))
    assert value, "a kind whose values differ in length needs one here"
    assert kind.name == name
    assert kind.parse(kind.text(value)) == value
    for bad in ("", "0", "zz" * (kind.size or 32), kind.text(value)[:-2]):
        with pytest.raises(ValueError, match=r"\S"):
            kind.parse(bad)
    assert (kind.new is not None) == (kind.of == "file") == (name in DIGESTS)
    assert name in Line.__struct_fields__, "a line of `lapwing hash` has it"
    assert f"\n### {name}\n" in DOCUMENT, "docs/hashing.md says what it is"


def test_the_digests_are_the_kinds_of_a_files_bytes() -> None:
    assert set(Digests.__struct_fields__) == {*DIGESTS, "size"}


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_is_in_the_document(reason: str) -> None:
    assert f"| `{reason}` | {REASONS[reason]} |" in DOCUMENT


def test_a_hash_in_capitals_is_the_same_hash() -> None:
    for name in ("md5", "sha1", "sha256", "pdq"):
        kind = HASH_TYPES[name]
        value = bytes(range(170, 170 + (kind.size or 0)))
        assert kind.parse(kind.text(value).upper()) == value


def test_photodna_comes_as_base64_and_as_hexadecimal_and_is_the_same_value() -> None:
    value = bytes(range(144))
    kind = HASH_TYPES["photodna"]
    assert kind.parse(base64.b64encode(value).decode()) == kind.parse(value.hex().upper()) == value
    with pytest.raises(ValueError, match="has 143"):
        kind.parse(base64.b64encode(value[:143]).decode())

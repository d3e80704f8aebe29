"""Every parser of the vault, fed anything: a refusal that it promises, and nothing else."""

import contextlib
import io

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lapwing.vault import BadKey, Identities, Recipients
from lapwing.vault.age_format import NotOpened
from lapwing.vault.opening_log import BadLog, Opening, Signer, checked, lines_of

KEY = Identities.generate()
FIELDS = Opening.__struct_fields__
VALUES = st.none() | st.integers() | st.text(max_size=20) | st.lists(st.integers(), max_size=2)
JSON = st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=5), VALUES)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300) | JSON.map(lambda value: msgspec.json.encode(value) + b"\n"))
def test_any_bytes_are_no_log(content: bytes) -> None:
    with contextlib.suppress(BadLog):
        assert list(checked(lines_of(io.BytesIO(content)), Signer(KEY).public)) == []
        assert content == b""


@settings(max_examples=100, deadline=None)
@given(st.builds(
    Opening, position=st.integers(), at=st.text(max_size=30), by=st.text(), purpose=st.text(),
    object=st.text(), sha256=st.text(), sealed_sha256=st.text(), size=st.integers(), result=st.text(),
    previous=st.text(),
))  # fmt: skip
def test_any_line_that_is_signed_is_a_line_or_a_fault(line: Opening) -> None:
    try:
        written = msgspec.json.Encoder(order="sorted").encode(Signer(KEY).signed(line)) + b"\n"
    except (UnicodeEncodeError, msgspec.ValidationError, OverflowError):
        return
    with contextlib.suppress(BadLog):
        assert [found.position for found in checked([written], Signer(KEY).public)] == [1]


def test_a_line_without_end_is_not_read_into_memory() -> None:
    endless = io.BytesIO(b"x" * 10_000_000)
    with pytest.raises(BadLog):
        list(checked(lines_of(endless), Signer(KEY).public))
    assert endless.tell() < 200_000


@given(st.text())
def test_any_text_is_no_recipients(text: str) -> None:
    with pytest.raises(BadKey):
        Recipients.parse(text)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_no_key(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any-key"
    path.write_bytes(content)
    with pytest.raises(BadKey):
        Identities.read(path)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300) | st.binary(max_size=300).map(lambda rest: b"age-encryption.org/v1\n" + rest))
def test_any_bytes_are_not_opened(content: bytes) -> None:
    with pytest.raises(NotOpened):
        KEY.unseal(io.BytesIO(content), io.BytesIO())

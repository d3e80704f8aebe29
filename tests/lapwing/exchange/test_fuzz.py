"""Damaged documents: whatever is done to a sample, it is read or it is Unreadable, and nothing else ever
happens.
"""

import contextlib
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.lapwing.exchange.schema_walk import SAMPLES

from lapwing.exchange import FORMATS, Unreadable, read, to_json

DOCUMENTS = {  # small ones: the rest is more of the same, and slower
    name: [
        path.read_bytes()[:20_000]
        for path in sorted((SAMPLES / name).iterdir())
        if path.name != "complete.xml"
    ]
    for name in FORMATS
}
PIECES = "\0|<|</|<!DOCTYPE x>|<![CDATA[|]]>|&|&#0;|<!--|{|}|[|]|null|true|1e999|-|/|=|'|,|:|\ufeff"
ODD = [*PIECES.encode().split(b"|"), b'"', b"\\u0000", b"\\ud800", b"\xff\xfe"]


def damaged(document: bytes, hurts: list[tuple[str, float, float, bytes]]) -> bytes:
    for kind, first, second, odd in hurts:
        start, end = sorted((int(first * len(document)), int(second * len(document))))
        if kind == "cut":
            document = document[:start] + document[end:]
        elif kind == "twice":
            document = document[:end] + document[start:end][:4096] + document[end:]
        elif kind == "odd":
            document = document[:start] + odd + document[start:]
        else:
            document = document[:start] + odd + document[start + len(odd) :]
    return document


hurts = st.lists(
    st.tuples(
        st.sampled_from(["cut", "twice", "odd", "over"]),
        st.floats(0, 1),
        st.floats(0, 1),
        st.sampled_from(ODD) | st.binary(min_size=1, max_size=3),
    ),
    min_size=1,
    max_size=3,
)


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=80, deadline=None)
@given(number=st.integers(0, 20), hurts=hurts)
def test_a_damaged_document_is_read_or_refused(
    name: str, number: int, hurts: list[tuple[str, float, float, bytes]]
) -> None:
    document = damaged(DOCUMENTS[name][number % len(DOCUMENTS[name])], hurts)
    for reader in (read, FORMATS[name].read):
        with contextlib.suppress(Unreadable):
            for report in reader(BytesIO(document)):
                to_json(report).decode()


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=200))
def test_noise_is_refused(noise: bytes) -> None:
    for form in FORMATS.values():
        with contextlib.suppress(Unreadable):
            list(form.read(BytesIO(noise)))

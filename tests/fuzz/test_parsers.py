"""Every parser that a stranger's bytes reach, given bytes that nearly are right: it reads them, or says why
not in its own words, and nothing else.
"""

import base64
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as some
from tests.cast import Cast
from tests.company import MULTIPART, details, form, report
from tests.fuzz.budget import fuzzed
from tests.fuzz.mutation import mutated

from lapwing import exchange
from lapwing.exchange import Unreadable
from lapwing.report import Report
from lapwing_web.intake.actions import answers
from lapwing_web.intake.actions.submissions import read_one
from lapwing_web.intake.actions.uploads import whole
from lapwing_web.intake.api import bodies, door, uploads

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
HEADERS = some.text(some.characters(min_codepoint=0, max_codepoint=255), max_size=200)  # as WSGI has them


def samples(form: str, largest: int = 20_000) -> list[bytes]:
    """The samples of a format that are short enough to be changed often."""
    held = [path.read_bytes() for path in sorted((SAMPLES / form).iterdir()) if path.is_file()]
    assert held
    return [one for one in held if len(one) <= largest] or [min(held, key=len)]


class Cut(BytesIO):
    """A body that comes in pieces of at most `most` bytes, however many are asked for."""

    def __init__(self, content: bytes, most: int) -> None:
        super().__init__(content)
        self.most = most

    def read(self, size: int | None = -1) -> bytes:
        return super().read(self.most if size is None or size < 0 else min(size, self.most))


def request(
    body: bytes = b"", kind: str = "", most: int = 2**20, announced: int | None = None, **heads: str
) -> HttpRequest:
    """A request as it reaches a view."""
    made: Any = RequestFactory().generic("POST", "/", b"", content_type=kind, headers=heads)
    made.META["CONTENT_TYPE"] = kind
    made.META["CONTENT_LENGTH"] = str(len(body) if announced is None else announced)
    made.environ["wsgi.input"] = Cut(body, most)
    return made  # type: ignore[no-any-return]


FORMS = [
    ("ncmec-report", [*samples("ncmec-report"), report(1), report(2, escalated=True)]),
    ("ncmec-file-details", [*samples("ncmec-file-details"), details(1_000_000_001, "0" * 32)]),
    ("schedule-1", samples("schedule-1")),
]


@pytest.mark.parametrize(("form", "corpus"), FORMS, ids=[row[0] for row in FORMS])
@fuzzed
@given(data=some.data())
def test_a_document_is_read_or_said_to_be_wrong(
    form: str, corpus: list[bytes], data: some.DataObject
) -> None:
    content = data.draw(mutated(corpus))
    found = outcome(content, form)
    if isinstance(found, answers.Answer):
        assert (bool(str(found)), found.status) == (True, 400)
    else:
        assert exchange.to_json(found)  # it can be written, and so kept
        assert [one.format for one in exchange.read(BytesIO(content))] == [form]


def outcome(content: bytes, form: str) -> Report | answers.Answer:
    """What was read, or the answer that says why nothing was."""
    try:
        return read_one(content, form)
    except answers.Answer as answer:
        return answer


@fuzzed
@given(content=mutated([one for name in ("police-json", "upload-record") for one in samples(name)]))
def test_a_document_of_any_format_is_read_or_said_to_be_wrong(content: bytes) -> None:
    with suppress(Unreadable):
        for found in exchange.read(BytesIO(content)):
            assert exchange.to_json(found)


WHOLE_FORM = form([("id", None, b"1000000001"), ("file", "a picture.png", b"some\r\n--bytes")])


def taken(parts: Iterator[bodies.Part]) -> list[tuple[str, str | None, bytes]]:
    return [(part.name, part.file_name, b"".join(part.blocks)) for part in parts]


@fuzzed
@given(body=mutated([WHOLE_FORM]), most=some.integers(1, 100), missing=some.integers(-3, 3))
def test_a_form_is_read_or_said_to_be_broken(body: bytes, most: int, missing: int) -> None:
    sent = request(body, MULTIPART, most, max(0, len(body) + missing))
    with suppress(answers.Answer):
        for name, _, _ in taken(bodies.parts(sent)):
            assert isinstance(name, str)
    with suppress(answers.Answer):
        whole(bodies.field(request(body, MULTIPART, most), "id"))


@fuzzed
@given(
    content=some.binary(max_size=2000) | some.sampled_from([b"\r\n", b"\r\n-----", b"--\r", WHOLE_FORM[:90]]),
    most=some.integers(1, 5000),
)
def test_a_files_bytes_come_through_a_form_as_they_are(content: bytes, most: int) -> None:
    body = form([("id", None, b"1"), ("file", "a", content)], boundary="a" * 20 + "0")
    kind = f"multipart/form-data; boundary={'a' * 20}0"
    assert taken(bodies.parts(request(body, kind, most))) == [("id", None, b"1"), ("file", "a", content)]


@fuzzed
@given(kind=HEADERS | mutated([MULTIPART.encode()]).map(lambda held: held.decode("iso-8859-1")))
def test_whatever_the_media_type_is_called(kind: str) -> None:
    with suppress(answers.Answer):
        taken(bodies.parts(request(WHOLE_FORM, kind)))
    with suppress(answers.Answer):
        uploads.document(request(b"{}", kind))


@fuzzed
@given(body=mutated([b"id=1000000001", b"id=1&id=2", b"a=%C3%A9&id=%00"]), most=some.integers(1, 50))
def test_a_small_form_is_read_or_said_to_be_wrong(body: bytes, most: int) -> None:
    kind = "application/x-www-form-urlencoded"
    with suppress(answers.Answer):
        assert 0 <= whole(bodies.field(request(body, kind, most), "id")) < 10**15


@fuzzed
@given(
    header=HEADERS | mutated([b"Basic dXNlcjpwYXNz", b"basic =="]).map(lambda held: held.decode("iso-8859-1"))
)
def test_basic_credentials_are_read_or_refused(header: str) -> None:
    with suppress(answers.NotKnown):
        name, secret = door._basic(request(Authorization=header))
        assert "\0" not in name + secret


@fuzzed
@given(
    name=some.text(some.characters(exclude_categories=["Cs"], exclude_characters=":\0"), max_size=50),
    secret=some.text(some.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=50),
)
def test_basic_credentials_come_through_as_they_are(name: str, secret: str) -> None:
    sent = base64.b64encode(f"{name}:{secret}".encode()).decode()
    assert door._basic(request(Authorization=f"Basic {sent}")) == (name, secret)


@fuzzed
@given(
    header=HEADERS | HEADERS.map(lambda held: f"Bearer {held}") | HEADERS.map(lambda held: f"Bearer a.{held}")
)
def test_no_made_up_key_opens(cast: Cast, header: str) -> None:
    with pytest.raises((answers.NotKnown, answers.Locked)):
        door.by_key(request(Authorization=header))


DISPOSITIONS = [
    b'attachment; filename="a b.png"',
    b"attachment; filename*=UTF-8''%E4%B8%80.png",
    b"form-data; name=x",
]


@fuzzed
@given(header=HEADERS | mutated(DISPOSITIONS).map(lambda held: held.decode("iso-8859-1")))
def test_a_name_in_a_header_is_text(header: str) -> None:
    assert isinstance(uploads.disposition_name(request(**{"Content-Disposition": header})), str)


@fuzzed
@given(key=HEADERS)
def test_an_idempotency_key_is_kept_or_refused(key: str) -> None:
    with suppress(answers.BadRequest):
        assert uploads.idempotency_key(request(**{"Idempotency-Key": key})) == key

"""Documents made to do harm: refused in a moment, with a place, having read no other file."""

import json
import time
from io import BytesIO
from pathlib import Path

import pytest
from tests.lapwing.exchange.builders import read_back, typical, written
from tests.lapwing.exchange.schema_walk import SAMPLES

from lapwing.exchange import Unreadable, read

TYPICAL = (SAMPLES / "ncmec-report" / "typical.xml").read_text()
BODY = TYPICAL.partition("?>")[2]
LAUGHS = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
PACKAGE = written(typical(), "police-json").decode()


def refused(document: str | bytes, within: float = 5) -> Unreadable:
    """The refusal of a document, which must come within so many seconds."""
    began = time.perf_counter()
    with pytest.raises(Unreadable) as fault:
        list(read(BytesIO(document.encode() if isinstance(document, str) else document)))
    assert time.perf_counter() - began < within
    return fault.value


@pytest.mark.parametrize(
    "document",
    [
        f"<!DOCTYPE report>{BODY}",
        f'<!DOCTYPE report SYSTEM "https://example.com/x.dtd">{BODY}',
        f'<!DOCTYPE report [<!ENTITY a0 "ha">{LAUGHS}]>{BODY.replace("Example Chat", "&a9;")}',
        f'<!DOCTYPE report [<!ENTITY % p SYSTEM "https://example.com/x">%p;]>{BODY}',
        f'<!DOCTYPE report [<!ATTLIST report x CDATA "y">]>{BODY}',
    ],
    ids=["empty", "external", "billion laughs", "parameter entity", "defaults"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_where_it_stands(document: str, encoding: str) -> None:
    fault = refused(document.encode(encoding))
    assert "document type" in fault.sentence
    assert fault.where == "line 1, column 1"


def test_no_other_file_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("not to be seen")
    entity = f'<!DOCTYPE report [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'
    fault = refused(entity + BODY.replace("Example Chat", "&e;"))
    assert "not to be seen" not in str(fault)
    include = '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="secret.txt" parse="text"/>'
    report = read_back(TYPICAL.replace("</report>", f"{include}</report>").encode())
    assert set(report.unknown.values()) == {"secret.txt", "text"}


def test_the_words_of_a_document_type_may_be_quoted() -> None:
    """An e-mail's text may hold a page: only a real document type is one."""
    quoted = TYPICAL.replace("A room of two.", "<![CDATA[<!DOCTYPE html> <p>]]>")
    assert read_back(quoted.encode()).incidents[0].notes == "<!DOCTYPE html> <p>"
    assert read_back(TYPICAL.replace("<report>", "<!-- <!DOCTYPE a> --><report>").encode())


@pytest.mark.parametrize("depth", [70, 200, 100_000])
def test_elements_too_deep_are_refused(depth: int) -> None:
    refused(TYPICAL.replace("</report>", "<a>" * depth + "</a>" * depth + "</report>"))


def test_too_many_elements_are_refused_before_they_are_built() -> None:
    assert "elements" in refused(TYPICAL.replace("</report>", "<a/>" * 1_100_000 + "</report>")).sentence
    many = " ".join(f'a{n}=""' for n in range(50))
    refused(TYPICAL.replace("</report>", f"<a {many}/>" * 100_000 + "</report>"), within=10)


def test_a_text_too_long_is_refused() -> None:
    long = "x" * (9 * 2**20)
    assert "/chatImIncident/additionalInfo" in refused(TYPICAL.replace("A room of two.", long)).where
    assert refused(f'{{"reportId": "1", "odd": [1, "{long}"]}}').where == "$.odd[1], byte 29"


def test_many_unknown_elements_are_kept_in_linear_time() -> None:
    began = time.perf_counter()
    report = read_back(TYPICAL.replace("</report>", "<a>1</a>" * 50_000 + "</report>").encode())
    assert len(report.unknown) == 50_000
    assert read_back(written(report, "ncmec-report")) == report
    assert time.perf_counter() - began < 10


def test_many_marks_are_read_in_linear_time() -> None:
    began = time.perf_counter()
    marks = "".join(f"<mark{n}>true</mark{n}>" for n in range(50_000))
    report = read_back(TYPICAL.replace("<reportAnnotations>", f"<reportAnnotations>{marks}").encode())
    assert len(report.annotations) == 50_001
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize(
    ("declared", "sentence"),
    [(name, "not an encoding read here") for name in ("utf-7", "ebcdic-cp-gb", "utrue")],
)
def test_an_encoding_that_could_hide_something_is_refused(declared: str, sentence: str) -> None:
    fault = refused(f'<?xml version="1.0" encoding="{declared}"?>{BODY}')
    assert sentence in fault.sentence


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "utf-16", "utf-8"])
def test_the_usual_encodings_are_read(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>{BODY}'.replace("room-17", "café")
    assert read_back(text.encode(encoding)).incidents[0].name == "café"


def test_utf_8_that_calls_itself_utf_16_is_read() -> None:
    """A common fault of writers that make text first and bytes afterwards."""
    text = f'<?xml version="1.0" encoding="utf-16"?>{BODY}'
    assert read_back(text.encode()) == read_back(TYPICAL.encode())


@pytest.mark.parametrize("filling", ["<!--", "<?", "<!-- -->", "<!DOCTYPE ", "<", " "])
def test_a_head_of_nothing_but_openings_is_looked_through_once(filling: str) -> None:
    refused(filling * (2**20 // len(filling)), within=2)


def test_text_that_is_not_in_its_encoding_is_refused() -> None:
    assert refused(TYPICAL.replace("room-17", "caf\xe9").encode("latin-1")).where.startswith("line ")
    assert "UTF-16" in refused(b"\xff\xfe" + TYPICAL.encode("utf-16-le")[:-1]).sentence


@pytest.mark.parametrize("opening", ["[", '{"a":'])
@pytest.mark.parametrize("depth", [80, 5_000, 200_000])
def test_json_too_deep_is_refused(opening: str, depth: int) -> None:
    closing = {"[": "]", '{"a":': "}"}[opening]
    inside = opening * depth + "1" + closing * depth
    assert "deep" in refused(f'{{"reportId": "1", "odd": {inside}}}').sentence


def test_too_many_json_values_are_refused_before_they_are_built() -> None:
    assert "values" in refused('{"reportId": "1", "odd": [' + "[]," * 1_500_000 + "1]}").sentence


@pytest.mark.parametrize("number", ["9" * 5_000, "-Infinity", "NaN", "1e999"])
def test_a_number_that_is_none_is_refused(number: str) -> None:
    assert "number" in refused(f'{{"reportId": "1", "odd": {number}}}').sentence.lower()


def test_characters_that_nothing_can_store_are_replaced() -> None:
    document = rb'{"reportId": "1", "odd": "a\u0000b\ud800c\\ud800\ud83d\udc26"}'
    assert read_back(document).unknown == {"odd": "a\ufffdb\ufffdc\\ud800\N{BIRD}"}
    json.dumps(read_back(document).unknown).encode()


def test_json_in_utf_16_with_its_mark_is_read() -> None:
    assert read_back(b"\xff\xfe" + PACKAGE.encode("utf-16-le")) == read_back(PACKAGE.encode())


def test_a_stream_that_never_ends_is_stopped() -> None:
    class Endless(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return b" " * (size or 1)

    with pytest.raises(Unreadable, match="larger than 2 MiB"):
        list(read(Endless(), limit=2 * 2**20))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le"])
def test_an_element_of_very_many_attributes_is_refused_where_it_stands(encoding: str) -> None:
    many = " ".join(f'a{n}=""' for n in range(40_000))
    fault = refused(f"<report>\n  <odd {many}/>\n</report>".encode(encoding))
    assert fault.sentence == "An element has more than 256 attributes."
    assert fault.where == "line 2, column 3, /report/odd"


def test_as_many_attributes_as_are_allowed_are_read_and_signs_in_text_are_not_counted() -> None:
    many = " ".join(f'a{n}="="' for n in range(256))
    report = read_back(TYPICAL.replace("</report>", f"<odd {many}>{'=' * 1000}</odd></report>").encode())
    assert len(report.unknown) == 257

"""Every format in FORMATS has samples; each is read, written and read again as the same reports."""

from io import BytesIO
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.lapwing.exchange.builders import read_back, typical, written
from tests.lapwing.exchange.schema_walk import SAMPLES

from lapwing.exchange import FORMATS, Unreadable, Unwritable, content_sha256, read, recognise, to_json
from lapwing.exchange.ncmec import documents

FILES = [path for name in FORMATS for path in sorted((SAMPLES / name).iterdir())]
VIEWED = {  # the three facts, and the fourth, that nobody said
    "viewed-true.xml": (True, True),
    "viewed-false.xml": (False, True),
    "viewed-null.xml": (None, True),
    "viewed-not-said.xml": (None, False),
}


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_has_samples(name: str) -> None:
    assert len(list((SAMPLES / name).iterdir())) >= 4
    assert FORMATS[name].name == name
    assert FORMATS[name].media_type.startswith("application/")


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_sample_is_recognised_as_its_own_format_and_no_other(path: Path) -> None:
    head = path.read_bytes()[: 64 * 2**10]
    assert recognise(head) is FORMATS[path.parent.name]


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_sample_read_written_and_read_again_is_the_same(path: Path) -> None:
    form = FORMATS[path.parent.name]
    with path.open("rb") as stream:
        reports = list(read(stream))
    assert reports
    assert all(report.format == form.name for report in reports)
    again = BytesIO()
    form.write(reports, again)
    assert list(read(BytesIO(again.getvalue()))) == reports
    twice = BytesIO()
    form.write(read(BytesIO(again.getvalue())), twice)
    assert twice.getvalue() == again.getvalue()


@pytest.mark.parametrize(("name", "expected"), VIEWED.items())
def test_whether_the_company_looked_is_three_facts_and_a_silence(
    name: str, expected: tuple[bool | None, bool]
) -> None:
    report = read_back((SAMPLES / "ncmec-file-details" / name).read_bytes())
    for one in (report, read_back(written(report, "ncmec-file-details"))):
        assert (one.files[0].viewed_by_provider, one.files[0].viewed_stated) == expected
        assert (one.fragment, one.reference) == (True, "1000001")


def test_one_report_is_carried_by_every_format() -> None:
    report = typical()
    for name, document in documents(report):
        assert recognise(document) is FORMATS[name]
    assert [name for name, _ in documents(report)] == ["ncmec-report"] + ["ncmec-file-details"] * 3
    police = read_back(written(report, "police-json"))
    assert (police.reference, police.provider) == (report.reference, report.provider)
    assert [one.hashes for one in police.files] == [one.hashes for one in report.files]
    assert [one.account_id for one in police.people] == [one.account_id for one in report.people]
    assert read_back(written(report, "schedule-1")) == report


def test_the_same_content_has_the_same_identity_whatever_the_layout() -> None:
    wide = (SAMPLES / "ncmec-report" / "typical.xml").read_bytes()
    narrow = b"".join(line.strip() for line in wide.splitlines())
    identity = content_sha256(read_back(wide))
    assert content_sha256(read_back(narrow)) == identity
    assert content_sha256(read_back((SAMPLES / "ncmec-report" / "utf-16.xml").read_bytes())) == identity
    assert len(identity) == 64
    assert content_sha256(replace(read_back(wide), format="another")) == identity


def test_any_change_is_another_identity() -> None:
    document = (SAMPLES / "ncmec-report" / "typical.xml").read_bytes()
    identity = content_sha256(read_back(document))
    for old, new in ((b"40000", b"40009"), (b"22:10:05Z", b"22:10:05"), (b"u-000001", b"u-000002")):
        assert content_sha256(read_back(document.replace(old, new))) != identity


def test_a_printed_report_is_one_line() -> None:
    line = to_json(typical())
    assert line.count(b"\n") == 1
    assert line.endswith(b"}\n")


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (b"", "byte 0: It is empty."),
        (b"hello", "byte 0: It is in none of the formats read here"),
        (b'{"a": 1}', "byte 0: It is in none of the formats read here"),
        (b"<html></html>", "byte 0: It is in none of the formats read here"),
        (b"\x89PNG\r\n\x1a\n", "byte 0: It is in none of the formats read here"),
        (b"PK\x03\x04", "byte 0: It is in none of the formats read here"),
    ],
)
def test_what_is_no_report_is_refused_with_a_reason(document: bytes, expected: str) -> None:
    with pytest.raises(Unreadable) as refused:
        list(read(BytesIO(document)))
    assert str(refused.value).startswith(expected)


def test_a_document_over_the_limit_is_refused() -> None:
    document = (SAMPLES / "ncmec-report" / "typical.xml").read_bytes()
    assert list(read(BytesIO(document), limit=len(document)))
    with pytest.raises(Unreadable, match="larger than"):
        list(read(BytesIO(document), limit=len(document) - 1))


@pytest.mark.parametrize("missing", ["incident_type", "incident_at"])
def test_a_report_without_what_ncmec_must_have_is_not_written(missing: str) -> None:
    report = typical()
    setattr(report, missing, "" if missing == "incident_type" else None)
    with pytest.raises(Unwritable):
        written(report, "ncmec-report")


def test_details_alone_are_never_written_as_a_report() -> None:
    report = typical()
    report.fragment = True
    for name in ("ncmec-report", "schedule-1"):
        with pytest.raises(Unwritable):
            written(report, name)
    with pytest.raises(Unwritable, match="holds one file"):
        written(report, "ncmec-file-details")

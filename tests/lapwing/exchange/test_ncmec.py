"""NCMEC's documents: nothing of the schema is lost, what is written is valid, and what is wrong is placed."""

from io import BytesIO

import pytest
from tests.lapwing.exchange.builders import read_back, typical, viral, written
from tests.lapwing.exchange.schema_walk import (
    FOLDERS,
    SAMPLES,
    complete,
    faults,
    stated,
    with_every_listed_value,
)

from lapwing.exchange import Unreadable, read, to_json
from lapwing.exchange.ncmec import documents
from lapwing.exchange.provider import provider_of
from lapwing.report import Email, Person

TYPICAL = (SAMPLES / "ncmec-report" / "typical.xml").read_bytes()
FILE = (SAMPLES / "ncmec-file-details" / "viewed-true.xml").read_bytes()


@pytest.mark.parametrize("root", FOLDERS)
def test_every_element_and_attribute_of_the_schema_is_read_into_a_field_and_written_again(root: str) -> None:
    for document in complete(root):
        assert not faults(document)
        report = read_back(document)
        assert b'"unknown":{' not in to_json(report)
        again = written(report, FOLDERS[root])
        assert set(stated(again)) == set(stated(document))
        assert not faults(again)
        assert read_back(again) == report


@pytest.mark.parametrize("root", FOLDERS)
def test_every_value_of_every_list_in_the_schema_survives(root: str) -> None:
    for document in with_every_listed_value(root):
        report = read_back(document)
        again = written(report, FOLDERS[root])
        assert set(stated(again)) == set(stated(document))
        assert not faults(again)


@pytest.mark.parametrize("root", FOLDERS)
def test_no_two_paths_of_the_schema_are_read_into_one_field(root: str) -> None:
    """Changing any one value changes the report: nothing is merely tolerated."""
    for document in complete(root):
        report = read_back(document)
        lines = document.splitlines(keepends=True)
        for number, line in enumerate(lines):
            if b">true<" not in line or b'fixed="' in line:
                continue
            changed = b"".join([*lines[:number], line.replace(b">true<", b">false<"), *lines[number + 1 :]])
            assert read_back(changed) != report, line


def test_the_samples_kept_are_what_the_schema_gives() -> None:
    for root, names in (
        ("report", ["complete.xml"]),
        ("fileDetails", ["complete-annotations.xml", "complete-meme.xml"]),
    ):
        kept = {(SAMPLES / FOLDERS[root] / name).read_bytes() for name in names}
        assert kept == set(complete(root))


def test_what_is_written_of_a_typical_report_is_valid() -> None:
    for report in (typical(), viral(), read_back(TYPICAL)):
        for _, document in documents(report) if report.files else [("", written(report, "ncmec-report"))]:
            assert not faults(document)


def test_a_report_has_no_number_and_is_from_whom_its_reporter_says() -> None:
    report = read_back(TYPICAL)
    assert (report.reference, report.provider, report.fragment) == ("", "example.org", False)


def test_an_escalation_with_no_words_is_an_escalation() -> None:
    report = read_back((SAMPLES / "ncmec-report" / "escalated.xml").read_bytes())
    assert (report.escalated, report.escalation_reason) == (True, "")
    assert not read_back(TYPICAL).escalated


def test_a_newer_clients_document_loses_nothing() -> None:
    report = read_back((SAMPLES / "ncmec-report" / "newer-client.xml").read_bytes())
    assert report.annotations == ["informational", "newer_mark"]
    assert report.unknown == {
        "incidentSummary/newerField": "a & b",
        "incidentSummary/newerField/@unit": "x",
        "reporter/legalURL/@added": "yes",
    }
    assert report.people[0].ip_events[1].unknown == {"newerPart/deep": "1", "newerPart/deep[2]": "2"}


@pytest.mark.parametrize(
    ("add", "unknown"),
    [
        ("<odd/>", {"odd": ""}),
        ("<odd/><odd/>", {"odd": "", "odd[2]": ""}),
        ("<odd a='1'><b>x</b>y</odd>", {"odd/@a": "1", "odd/b": "x", "odd/#text": "y"}),
        ("<additionalInfo>again</additionalInfo>", {"additionalInfo[+1]": "again"}),
        ("<incidentSummary><x>1</x></incidentSummary>", {"incidentSummary[+1]/x": "1"}),
        ("<internetDetails><newKind/></internetDetails>", {"internetDetails[+1]/newKind": ""}),
        ("stray words", {"#text": "stray words"}),
        ("<odd xml:lang='en'>v</odd>", {"odd": "v", "odd/@{http://www.w3.org/XML/1998/namespace}lang": "en"}),
        ("<n:odd xmlns:n='urn:x/y'>v</n:odd>", {"{urn:x/y}odd": "v"}),
    ],
)
def test_what_the_schema_does_not_know_is_kept_and_written_back(add: str, unknown: dict[str, str]) -> None:
    report = read_back(TYPICAL.replace(b"</report>", add.encode() + b"</report>"))
    assert report.unknown == unknown
    assert read_back(written(report, "ncmec-report")) == report


def test_a_second_hash_of_one_type_is_kept_beside_the_first() -> None:
    hashed = b'<originalFileHash hashType="md5">00</originalFileHash></fileDetails>'
    document = FILE.replace(b"</fileDetails>", hashed)
    report = read_back(document)
    assert report.files[0].hashes == read_back(FILE).files[0].hashes
    again = written(report, "ncmec-file-details")
    assert again.count(b"originalFileHash ") == 2
    assert not faults(again)


SUMMARY = "/report/incidentSummary"
TIME = ">2026-03-01T22:10:05Z<"
WRONG = [  # what is changed, into what, where that must be said to be, and what must be said
    (
        "<port>40000",
        "<port>abc",
        "/report/personOrUserReported/ipCaptureEvent[1]/port",
        "“abc” is not a whole number",
    ),
    ("<port>40001", "<port>99999999999", "ipCaptureEvent[2]/port", "not a whole number"),
    (
        ">false</possibleProxy>",
        ">maybe</possibleProxy>",
        "/possibleProxy",
        "“maybe” is neither true nor false.",
    ),
    ("Child Pornography (", "Something (", f"{SUMMARY}/incidentType", "is not one of"),
    (TIME, ">yesterday<", f"{SUMMARY}/incidentDateTime", "“yesterday” is not a date and time"),
    (TIME, "><", f"{SUMMARY}/incidentDateTime", "incidentDateTime is empty."),
    (f"<incidentDateTime{TIME}/incidentDateTime>", "", SUMMARY, "incidentDateTime is missing."),
    ("<ipAddress>192.0.2.1</ipAddress>", "", "ipCaptureEvent[1]", "ipAddress is missing."),
    (
        'verified="true"',
        'verified="perhaps"',
        "/email/@verified",
        "verified “perhaps” is neither true nor false.",
    ),
    (
        ">true</sextortion>",
        ">so</sextortion>",
        f"{SUMMARY}/reportAnnotations/sextortion",
        "neither true nor false",
    ),
    ("</incidentSummary>", "", "/report", "not well-formed"),
]


@pytest.mark.parametrize(("old", "new", "where", "sentence"), WRONG)
def test_a_bad_document_is_placed_exactly(old: str, new: str, where: str, sentence: str) -> None:
    text = TYPICAL.decode()
    assert old in text
    document = text.replace(old, new, 1)
    with pytest.raises(Unreadable) as refused:
        read_back(document.encode())
    assert where in refused.value.where
    assert sentence in refused.value.sentence
    line = int(refused.value.where.removeprefix("line ").split(",")[0])
    if "well-formed" not in sentence:
        name = refused.value.where.rpartition("/")[2].partition("[")[0]
        holder = name if not name.startswith("@") else "email"
        column = int(refused.value.where.split("column ")[1].split(",")[0])
        assert document.splitlines()[line - 1][column - 1 :].startswith(f"<{holder}")


def test_a_file_without_its_report_is_refused() -> None:
    start, end = FILE.index(b"<reportId>"), FILE.index(b"</reportId>") + len(b"</reportId>")
    with pytest.raises(Unreadable, match="reportId is missing"):
        read_back(FILE[:start] + FILE[end:])


def test_times_that_cannot_be_placed_are_kept_not_refused() -> None:
    document = TYPICAL.replace(b"2026-02-01T21:00:00Z", b"2026-02-01T21:00:00")
    document = document.replace(b"2026-02-02T21:00:01Z", b"around nine")
    events = read_back(document).people[0].ip_events
    assert events[0].at is not None
    assert (events[0].at.zone, events[0].at.utc) == ("absent", None)
    assert events[1].at is not None
    assert (events[1].at.zone, events[1].at.original) == ("unreadable", "around nine")
    assert read_back(written(read_back(document), "ncmec-report")) == read_back(document)


def test_a_value_that_a_newer_schema_may_list_is_kept_as_given() -> None:
    report = read_back(TYPICAL.replace(b">Login<", b">Password Reset<"))
    assert {event.event for event in report.people[0].ip_events} == {"Password Reset"}
    assert b">Password Reset<" in written(report, "ncmec-report")


def test_a_character_xml_cannot_carry_is_replaced_when_written() -> None:
    report = typical()
    report.notes = "a\x00b\x1fc\ud800d\r\ne"
    assert read_back(written(report, "ncmec-report")).notes == "a\ufffdb\ufffdc\ufffdd\r\ne"


def test_a_viral_batch_has_its_people_and_its_reason() -> None:
    report = read_back((SAMPLES / "ncmec-report" / "viral-batch.xml").read_bytes())
    assert report.batch is not None
    assert report.batch.reason == "viral_potential_meme"
    assert len(report.in_role("subject")) == 5


@pytest.mark.parametrize(
    ("email", "legal_url", "contact", "name", "expected", "why"),
    [
        (
            "a@Aid.Example.org",
            "https://www.example.com",
            "b@example.net",
            "X",
            "aid.example.org",
            "e-mail first",
        ),
        ("", "https://www.Example.com/legal", "b@example.net", "X", "example.com", "then the legal page"),
        ("", "example.com/legal", "", "", "example.com", "a page without its scheme"),
        ("", "not a page", "b@example.net", "X", "example.net", "then the contact's e-mail"),
        ("", "", "", "Example Chat", "Example Chat", "then the name"),
        ("no at sign", "http://[", "", "", "", "nothing to go by"),
    ],
)
def test_the_provider_is_the_first_that_the_report_gives(
    email: str, legal_url: str, contact: str, name: str, expected: str, why: str
) -> None:
    reporter = Person(first_name=name, emails=[Email(email)] if email else [])
    other = Person(emails=[Email(contact)]) if contact else None
    assert provider_of(reporter, other, legal_url) == expected, why


def test_a_report_that_says_nothing_else_is_read() -> None:
    bare = b"""<report><incidentSummary><incidentType>Child Sex Tourism</incidentType>
    <incidentDateTime>2026-01-01T00:00:00Z</incidentDateTime></incidentSummary></report>"""
    assert next(iter(read(BytesIO(bare)))).incident_type == "child_sex_tourism"

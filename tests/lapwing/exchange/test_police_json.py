"""The police package: bare or wrapped, with parts missing, alone or several; what is wrong is placed."""

import json
from io import BytesIO
from typing import Any

import pytest
from tests.lapwing.exchange.builders import read_back, typical, written
from tests.lapwing.exchange.schema_walk import SAMPLES

from lapwing.exchange import Unreadable, read

FOLDER = SAMPLES / "police-json"
WRAPPED = json.loads((FOLDER / "wrapped.json").read_text())


def package(**information: Any) -> bytes:
    return json.dumps({"reportId": "9", "reportedInformation": information}).encode()


def person(**values: Any) -> bytes:
    return package(reportedPeople={"reportedPersons": [values]})


def test_a_wrapped_package_is_understood() -> None:
    report = read_back((FOLDER / "wrapped.json").read_bytes())
    [subject, recipient] = report.people
    assert (report.reference, report.provider, report.incident_type) == (
        "9000001",
        "Example Chat",
        "indecent_images",
    )
    assert not report.escalated
    assert (subject.screen_name, subject.account_id) == ("subject_000001", "u-000001")
    assert (subject.access_to_children, subject.convicted_sex_offender) == (None, False)
    assert [(event.address, event.event, event.port) for event in subject.ip_events] == [
        ("192.0.2.44", "login", 51312)
    ]
    assert [(one.kind, one.value) for one in subject.devices] == [("IDFA", "device-0001")]
    assert [(one.disabled, one.permanently) for one in subject.account_actions] == [(True, True)]
    assert subject.prior_references == ["8000001"]
    assert recipient.role == "recipient"
    assert [(one.kind, one.name, one.content) for one in report.incidents] == [
        ("chat", "room-17", "Line one."),
        ("web_page", "", ""),
    ]
    assert [(one.viewed_by_provider, one.viewed_stated) for one in report.files] == [
        (None, True),
        (False, True),
        (None, False),
    ]
    assert report.files[0].annotations == ["viral", "Another Tag"]
    assert report.files[0].hashes == {"md5": "000000000000000000000000000000ab"}


def test_what_has_no_name_here_is_kept_where_it_stood() -> None:
    report = read_back((FOLDER / "wrapped.json").read_bytes())
    assert report.unknown["additionalNcmecInformation"] == {
        "priority": {"priorityId": "3", "value": "Synthetic"}
    }
    assert report.people[0].unknown["sourceInformation/sourceCaptures/+"] == {
        "captureType": "Referrer",
        "value": "https://example.com/from",
    }
    assert report.incidents[0].unknown["content/+"] == {"value": "Line two."}
    again = json.loads(written(report, "police-json"))
    assert again["additionalNcmecInformation"] == WRAPPED["additionalNcmecInformation"]


@pytest.mark.parametrize(
    "emails",
    [
        ["subject-000001@example.com"],
        [{"value": "subject-000001@example.com"}],
        {"emails": ["subject-000001@example.com"]},
        {"emails": [{"value": "subject-000001@example.com"}]},
        "subject-000001@example.com",
    ],
)
def test_a_value_is_the_same_bare_or_wrapped_alone_or_listed(emails: object) -> None:
    [subject] = read_back(person(emails=emails)).people
    assert [email.address for email in subject.emails] == ["subject-000001@example.com"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Yes", True),
        (True, True),
        ("no", False),
        (False, False),
        ("Unknown", None),
        (None, None),
        ({"value": "Y"}, True),
    ],
)
def test_unknown_is_not_no(said: object, expected: bool | None) -> None:
    assert read_back(person(accessToChildren=said)).people[0].access_to_children is expected


@pytest.mark.parametrize("missing", [None, {}, {"reportedPeople": None, "uploadedFiles": []}])
def test_parts_may_be_missing(missing: object) -> None:
    report = read_back(json.dumps({"reportId": 7, "reportedInformation": missing}).encode())
    assert (report.reference, report.people, report.files) == ("7", [], [])


def test_an_array_and_lines_hold_several_reports() -> None:
    for name in ("array.json", "lines.jsonl"):
        with (FOLDER / name).open("rb") as stream:
            assert len(list(read(stream))) == 3


def test_an_escalation_is_never_lost() -> None:
    assert read_back(package(incidentSummary={"espEscalation": ""})).escalated
    assert not read_back(package(incidentSummary={"espEscalation": None})).escalated
    report = typical()
    report.escalated = True
    assert read_back(written(report, "police-json")).escalated


PERSON = "$.reportedInformation.reportedPeople.reportedPersons[0]"
CAPTURE = {"sourceCaptures": [{"captureType": "IP Address", "value": "192.0.2.1", "port": "abc"}]}
WRONG = [  # the document, the path, what stands at the byte, and what is said of it
    (
        person(sourceInformation=CAPTURE),
        f"{PERSON}.sourceInformation.sourceCaptures[0].port",
        b'"abc"',
        "“abc” is not",
    ),
    (
        person(convictedSexOffender="perhaps"),
        f"{PERSON}.convictedSexOffender",
        b'"perhaps"',
        "is neither yes nor no.",
    ),
    (
        person(compromisedAccount="so"),
        f"{PERSON}.compromisedAccount",
        b'"so"',
        "“so” is neither true nor false.",
    ),
    (person(dateOfBirth="1990"), f"{PERSON}.dateOfBirth", b'"1990"', "“1990” is not a date."),
    (person(screenName=["a"]), f"{PERSON}.screenName", b'["a"]', "A list stands where text should."),
    (package(reportedPeople={"reportedPersons": [7]}), PERSON, b"7]", "A number stands where an object"),
    (b'{"reportedInformation": {}}', "$", b"{", "reportId is missing."),
    (b'[{"reportId": "1"}, 7]', "$[1]", b"7]", "This is not an object."),
    (b'{"reportId": "1"}\n{"reportId": ""}', "line 2, $", b'{"reportId": ""', "reportId is missing."),
    (b'{"reportId": "1", }', "$.reportId", b"}", "It is not JSON: "),
    (b'{"reportId": "1", "reportId": "2"}', "$.reportId", b'"2"', "This field is given twice."),
    (b'{"reportId": NaN}', "$.reportId", b"NaN", "NaN is not a number that can be kept."),
    (b'{"reportId": "\xff"}', "", b"\xff", "It is not UTF-8"),
    (b'\xef\xbb\xbf{"reportId": [1]}', "$.reportId", b"[1]", "A list stands where text should."),
    (
        b'{"reportId": "\xc3\xa9", "reportedInformation": 7}',
        "$.reportedInformation",
        b"7}",
        "an object should",
    ),
]


@pytest.mark.parametrize(("document", "path", "there", "sentence"), WRONG)
def test_a_bad_document_is_placed_exactly(document: bytes, path: str, there: bytes, sentence: str) -> None:
    with pytest.raises(Unreadable) as refused:
        list(read(BytesIO(document)))
    where, _, byte = refused.value.where.rpartition("byte ")
    assert where.removesuffix(", ") == path
    assert document[int(byte) :].startswith(there)
    assert sentence in refused.value.sentence

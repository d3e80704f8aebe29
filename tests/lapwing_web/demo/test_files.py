"""The demonstration's files: the same every time, dull, from ranges kept for documentation, in proportion."""

import io
import re
import zipfile
from collections import Counter
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network

import pytest

from lapwing import exchange
from lapwing.exchange import Unreadable
from lapwing.report import Report
from lapwing_web.demo.courses import COURSES, INFORMATIONAL, OTHER_DISCARD, WORKED
from lapwing_web.demo.files import Delivery, deliveries
from lapwing_web.demo.front_door import FINISHED

ENDING = datetime(2026, 11, 24, tzinfo=UTC)
KEPT_FOR_DOCUMENTATION = [
    ip_network(text) for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
]
DRAMA = re.compile(r"07700 900\d{3}|0(20 7946|29 2018|23 8000|1\d1 49[68]|1\d\d 496) 0\d{3}")


@pytest.fixture(scope="module")
def year() -> list[Delivery]:
    return list(deliveries(600, 7, ENDING))


@pytest.fixture(scope="module")
def reports(year: list[Delivery]) -> list[Report]:
    return [
        report for delivery in year for one in delivery.documents for report in read(one.name, one.content)
    ]


def read(name: str, content: bytes) -> list[Report]:
    """The reports in a document, in its archive or not; none when it cannot be read."""
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return [report for member in archive.namelist() for report in read(member, archive.read(member))]
    try:
        return list(exchange.read(io.BytesIO(content)))
    except Unreadable:
        return []


def test_the_same_number_seed_and_day_give_the_same_bytes(year: list[Delivery]) -> None:
    again = list(deliveries(600, 7, ENDING))
    assert [(d.handed, d.told) for d in again] == [(d.handed, d.told) for d in year]
    assert [(d.at, one.name, one.content) for d in again for one in d.documents] == [
        (d.at, one.name, one.content) for d in year for one in d.documents
    ]


def test_another_seed_gives_other_files(year: list[Delivery]) -> None:
    other = {one.content for d in deliveries(600, 8, ENDING) for one in d.documents}
    assert not other & {one.content for d in year for one in d.documents if one.content and one.reference}


def test_they_come_in_the_order_of_a_year_that_ends_on_the_day(year: list[Delivery]) -> None:
    moments = [delivery.at for delivery in year]
    assert moments == sorted(moments)
    assert (ENDING - moments[0]).days > 355
    assert moments[-1] < ENDING


def test_as_many_reports_are_asked_for_as_come(year: list[Delivery]) -> None:
    collected = len({one.reference for d in year for one in d.documents if one.reference})
    handed = sum(one.ending == FINISHED for d in year for one in d.handed)
    told = sum(len(d.told) for d in year)
    assert handed > 3
    assert told > 0
    assert collected + handed + told == 600


def test_there_is_a_burst_of_one_company(year: list[Delivery]) -> None:
    largest = max(year, key=lambda delivery: len(delivery.documents))
    assert len(largest.documents) > 5 * 600 / 365
    assert {one.name.partition("-")[0] for one in largest.documents if one.reference} == {"video"}


def test_every_kind_of_trouble_is_there(year: list[Delivery]) -> None:
    documents = [one for delivery in year for one in delivery.documents]
    readable = [one for one in documents if one.reference]
    contents = Counter(one.content for one in readable)
    versions = Counter(
        one.reference for one in {(one.reference, one.content): one for one in readable}.values()
    )
    assert max(contents.values()) > 1, "the same file again"
    assert max(versions.values()) > 1, "a changed resubmission"
    assert any(not read(one.name, one.content) for one in documents if not one.name.endswith(".zip")), (
        "broken"
    )


def test_all_three_formats_are_read_as_they_were_written(reports: list[Report]) -> None:
    assert {report.format for report in reports} == {
        "ncmec-report",
        "ncmec-file-details",
        "police-json",
        "schedule-1",
    }


def test_viral_batches_name_many_accounts_and_one_file(year: list[Delivery]) -> None:
    sent = [read(one.name, one.content) for delivery in year for one in delivery.documents if one.reference]
    batches = [reports for reports in sent if reports[0].batch]
    assert batches
    for batch, *details in batches:
        assert len(batch.in_role("subject")) > 4
        assert len(details) == len(details[0].files) == 1
        assert not any(person.ip_events for person in batch.people)


def test_ports_and_zones_are_missing_from_some_and_not_all(reports: list[Report]) -> None:
    events = [event for report in reports for person in report.people for event in person.ip_events]
    for missing in (
        [event.port is None for event in events],
        [event.at is not None and event.at.zone == "absent" for event in events],
        [event.at is None for event in events],
    ):
        assert 0 < sum(missing) < len(missing) * 0.6


def test_some_are_escalated_annotated_and_matched(reports: list[Report]) -> None:
    assert any(report.escalated for report in reports)
    assert any("sextortion" in report.annotations for report in reports)
    assert any(file.known_list for report in reports for file in report.files)


def test_every_address_is_one_kept_for_documentation(reports: list[Report]) -> None:
    people = [person for report in reports for person in report.people]
    for event in (event for person in people for event in person.ip_events):
        assert any(ip_address(event.address) in network for network in KEPT_FOR_DOCUMENTATION), event.address
    for email in (email for person in people for email in person.emails):
        assert re.fullmatch(r"subject-\d{6}@example\.(com|net|org)", email.address)
    for phone in (phone for person in people for phone in person.phones):
        assert DRAMA.fullmatch(phone.number), phone.number
    for url in (url for report in reports for incident in report.incidents for url in incident.urls):
        assert re.match(r"https://\w+\.example/", url)


def test_nobody_has_a_name_and_no_file_name_says_anything(reports: list[Report]) -> None:
    for report in reports:
        for person in report.people:
            assert not person.first_name
            assert not person.last_name
            assert re.fullmatch(r"((subject|contact)-\d{6})?", person.screen_name)
        for file in report.files:
            assert re.fullmatch(r"(file-\d{7}\.jpg)?", file.name)
            assert re.fullmatch(r"(file-\d{7}\.jpg)?", file.original_name)


def test_the_courses_are_in_the_chapters_proportions() -> None:
    total = sum(COURSES.values())
    informational, other = sum(INFORMATIONAL.values()), sum(OTHER_DISCARD.values())
    assert sum(WORKED.values()) / total == pytest.approx(0.12, abs=0.015)
    assert informational / (informational + other) == pytest.approx(0.43, abs=0.03)  # and the batches

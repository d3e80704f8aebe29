"""Whatever a format can write of any report, it reads, writes and reads again as the same."""

import pytest
from hypothesis import given, settings
from tests.lapwing.exchange.builders import any_report, at, read_back, written
from tests.lapwing.exchange.schema_walk import faults

from lapwing.exchange import FORMATS, content_sha256
from lapwing.report import INCIDENT_TYPES, PostalAddress, Report


@pytest.mark.parametrize("name", ["ncmec-report", "police-json", "schedule-1"])
@settings(max_examples=25, deadline=None)
@given(report=any_report())
def test_what_was_read_is_written_and_read_as_the_same(name: str, report: Report) -> None:
    report.incident_type, report.incident_at = INCIDENT_TYPES[0], at("2026-01-01T00:00:00Z")
    for incident in report.incidents:
        incident.latitude = incident.longitude = "51.5"
    once = read_back(written(report, name))
    twice = read_back(written(once, name))
    assert twice == once
    assert content_sha256(twice) == content_sha256(once)
    assert once.format == FORMATS[name].name


@settings(max_examples=25, deadline=None)
@given(report=any_report())
def test_a_file_that_was_read_is_written_and_read_as_the_same(report: Report) -> None:
    report.fragment = True
    for file in report.files:
        report.files = [file]
        file.file_id = file.file_id or "1"
        once = read_back(written(report, "ncmec-file-details"))
        assert read_back(written(once, "ncmec-file-details")) == once
        kept = once.files[0]
        assert (kept.viewed_by_provider, kept.viewed_stated) == (file.viewed_by_provider, file.viewed_stated)
        assert kept.notes == file.notes


@settings(max_examples=25, deadline=None)
@given(report=any_report())
def test_what_the_schema_has_a_place_for_is_written_validly(report: Report) -> None:
    """Once the values are ones the schema lists, and each thing is as often as it allows, the order is
    right.
    """
    report.incident_type, report.incident_at = INCIDENT_TYPES[0], at("2026-01-01T00:00:00Z")
    report.annotations, report.batch, report.law_enforcement, report.incidents = [], None, None, []
    for person in [*report.people, report.reporter, report.reporter_contact]:
        if person is not None:
            _listed(person)
    assert not faults(written(report, "ncmec-report"))


def _listed(person: object) -> None:
    """Take away what the schema's lists of values do not know, so that what is left can be valid."""
    for name in ("ip_events", "devices", "emails", "phones", "addresses", "associates", "account_actions"):
        setattr(person, name, [])
    person.estimated_location = None  # type: ignore[attr-defined]
    person.prior_references = ["1"]  # type: ignore[attr-defined]
    if person.role not in ("reporter", "contact"):  # type: ignore[attr-defined]
        person.addresses = [PostalAddress(street="1", us_state="CA", country="GB", kind="billing")]  # type: ignore[attr-defined]
    if person.role != "recipient":  # type: ignore[attr-defined]
        person.further_notes = []  # type: ignore[attr-defined]

"""What a report states, and what it does not."""

from typing import Any

import pytest

from lapwing.report import (
    Batch,
    Email,
    EstimatedLocation,
    Incident,
    IpEvent,
    LawEnforcement,
    Person,
    Phone,
    PostalAddress,
    Report,
    ReportedFile,
)
from lapwing.rules.facts import FOUND, Facts, facts_of


def facts(**given: Any) -> Facts:
    return facts_of(Report(format="schedule-1", **given))


def test_a_report_that_says_nothing_leaves_every_fact_about_people_unknown() -> None:
    said = facts()
    assert [name for name in FOUND if getattr(said, name) is not None] == []
    assert said == Facts()


@pytest.mark.parametrize("answer", [True, False, None])
def test_access_to_children_is_yes_no_or_unknown_as_stated(answer: bool | None) -> None:
    assert facts(people=[Person(access_to_children=answer)]).contact_with_children is answer


def test_one_subject_with_access_is_enough_and_one_unknown_is_not_no() -> None:
    yes, no, unknown = (Person(access_to_children=answer) for answer in (True, False, None))
    assert facts(people=[no, yes, unknown]).contact_with_children is True
    assert facts(people=[no, unknown]).contact_with_children is None
    assert facts(people=[no, no]).contact_with_children is False


def test_what_is_said_of_a_victim_is_not_said_of_the_subject() -> None:
    victim = Person(
        role="victim", access_to_children=True, convicted_sex_offender=True, account_id="example-1"
    )
    said = facts(people=[victim])
    assert said.contact_with_children is None
    assert said.previous_sexual_offence is None
    assert said.victim_named
    assert not said.identifiable


@pytest.mark.parametrize(
    ("annotation", "fact"),
    [
        ("sextortion", "sextortion"),
        ("solicitation", "solicitation"),
        ("minor_to_minor", "minor_to_minor"),
        ("sadistic_online_exploitation", "sadistic_online_exploitation"),
        ("technical_error", "technical_error"),
        ("informational", "marked_informational"),
    ],
)
def test_an_annotation_is_a_fact(annotation: str, fact: str) -> None:
    assert getattr(facts(annotations=[annotation]), fact) is True
    assert not getattr(facts(annotations=["spam"]), fact)


@pytest.mark.parametrize(
    ("given", "first", "second"), [("P1", True, False), (" p2 ", False, True), ("", False, False)]
)
def test_the_providers_priority(given: str, first: bool, second: bool) -> None:
    said = facts(priority=given)
    assert (said.priority_1, said.priority_2) == (first, second)


def test_every_file_must_be_viral_for_a_report_to_be() -> None:
    viral, meme = ReportedFile(annotations=["viral"]), ReportedFile(potential_meme=True)
    assert facts(files=[viral, meme]).viral is True
    assert facts(files=[viral, ReportedFile()]).viral is False
    assert facts(files=[ReportedFile()]).viral is None
    assert facts(batch=Batch("viral_potential_meme")).viral is True


@pytest.mark.parametrize(("annotation", "fact"), [("adult", "adult_only"), ("clothed", "clothed_only")])
def test_every_file_must_be_harmless_for_a_report_to_be(annotation: str, fact: str) -> None:
    marked = ReportedFile(annotations=[annotation])
    assert getattr(facts(files=[marked, marked]), fact) is True
    assert getattr(facts(files=[marked, ReportedFile()]), fact) is False
    assert getattr(facts(), fact) is None


def test_a_match_with_a_known_list_is_of_any_file() -> None:
    assert facts(files=[ReportedFile(), ReportedFile(known_list="Example list")]).known_match
    assert not facts(files=[ReportedFile()]).known_match


def test_detection_by_a_hash_is_a_match_with_a_known_list() -> None:
    assert facts(detection_method="hash_match").known_match
    assert not facts(detection_method="classifier").known_match


def test_the_industrys_letters_are_only_about_a_young_child() -> None:
    assert facts(files=[ReportedFile(industry_classification="A2")]).young_child_stated
    assert not facts(files=[ReportedFile(industry_classification="B1")]).young_child_stated


@pytest.mark.parametrize(
    ("person", "linked"),
    [
        (Person(addresses=[PostalAddress(country="gb")]), True),
        (Person(addresses=[PostalAddress(country="FR")]), False),
        (Person(addresses=[PostalAddress(country="FR")], phones=[Phone("+447700900123")]), True),
        (Person(phones=[Phone("7700900123", country_calling_code="+44")]), True),
        (Person(phones=[Phone("07 00 00 00 00", country_calling_code="33")]), None),
        (Person(emails=[Email("subject-000123@example.co.uk")]), True),
        (Person(emails=[Email("subject-000123@example.com")]), None),
        (Person(estimated_location=EstimatedLocation(country="US")), False),
        (Person(estimated_location=EstimatedLocation(city="Leeds")), None),
        (Person(ip_events=[IpEvent("192.0.2.1")]), None),
    ],
)
def test_a_link_to_the_uk_is_no_only_when_other_countries_are_stated(
    person: Person, linked: bool | None
) -> None:
    assert facts(people=[person]).uk_link is linked


def test_another_countrys_legal_process_makes_it_international() -> None:
    told = LawEnforcement("An agency abroad", legal_process_international=True)
    assert facts(law_enforcement=told).international is True
    here, there = (Person(addresses=[PostalAddress(country=country)]) for country in ("GB", "FR"))
    assert facts(people=[here, there]).international is True
    assert facts(people=[there]).international is None


def test_a_report_is_described_by_a_file_or_by_what_happened() -> None:
    assert facts(files=[ReportedFile()]).content_described
    assert facts(incidents=[Incident("web_page", urls=["https://example.com/item/1"])]).content_described
    assert not facts(incidents=[Incident("web_page")]).content_described


def test_a_first_name_alone_identifies_nobody() -> None:
    assert not facts(people=[Person(first_name="Subject")]).identifiable
    assert facts(people=[Person(first_name="Subject", last_name="000123")]).identifiable
    assert facts(people=[Person(ip_events=[IpEvent("192.0.2.1")])]).identifiable

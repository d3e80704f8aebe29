"""Routing, by the table in routing.toml."""

from datetime import date
from typing import Any

from tests.policy.cases import cases

from lapwing.policy import load
from lapwing.report import EstimatedLocation, IpEvent, Person, Phone, PostalAddress, Report, ReportedFile
from lapwing.rules.routing import evidence_of, route

VERSION = load("routing").on(date(2026, 11, 24))
AREAS = (
    "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E "
    "EC EH EN EX FK FY G GL GU HA HD HG HP HR HS HU HX IG IP IV KA KT KW KY L LA LD LE LL LN LS LU M "
    "ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR "
    "SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE"
)
FORCES = load("forces").on(date(2026, 11, 24)).by_code


def reported(case: dict[str, Any]) -> Report:
    person = Person(role="subject")
    if "postcode" in case or "city" in case:
        country = case.get("country", "GB")
        place = PostalAddress(postcode=case.get("postcode", ""), city=case.get("city", ""), country=country)
        person.addresses = [place]
    if "phone" in case:
        person.phones = [Phone(case["phone"])]
    if "estimate" in case:
        person.estimated_location = EstimatedLocation(city=case["estimate"], country="GB")
    if "address" in case:
        person.ip_events = [IpEvent(case["address"])]
    return Report(format="schedule-1", people=[person])


@cases("routing")
def test_the_evidence_points(case: dict[str, Any]) -> None:
    evidence = evidence_of(reported(case), VERSION, case.get("directory"))
    routing = route(evidence, VERSION)
    assert routing.force == case.get("force")
    assert routing.conflict == case.get("conflict", False)
    assert routing.approximate == case["approximate"]
    assert routing.sentence.endswith(".")
    assert all(one.kind in VERSION.kinds for one in routing.evidence)


def test_only_the_subject_is_routed_by() -> None:
    victim = Person(role="victim", addresses=[PostalAddress(postcode="LA9 4AB", country="GB")])
    assert evidence_of(Report(format="schedule-1", people=[victim]), VERSION) == []


def test_a_victims_force_can_be_asked_for() -> None:
    victim = Person(role="victim", addresses=[PostalAddress(postcode="LA9 4AB", country="GB")])
    report = Report(
        format="schedule-1", people=[victim], files=[ReportedFile(ip_events=[IpEvent("203.0.113.20")])]
    )
    assert route(evidence_of(report, VERSION, role="victim"), VERSION).force == "E23000002"
    assert route(evidence_of(report, VERSION), VERSION).force == "E23000005"


def test_the_directory_may_be_a_function() -> None:
    asked: list[str] = []

    def ask(code: str) -> str | None:
        asked.append(code)
        return None

    evidence_of(reported({"postcode": "LA9 4AB"}), VERSION, ask)
    assert asked == ["LA9 4AB", "LA9"]


def test_every_force_of_england_and_wales_is_in_the_outward_table() -> None:
    territorial = {code for code in FORCES if code[:1] in "EW" and code[1:].isdigit()}
    assert len(territorial) == 43
    assert territorial <= set(VERSION.force_by_outward.values())


def test_every_postcode_area_of_the_united_kingdom_is_in_the_outward_table() -> None:
    areas = AREAS.split()
    assert len(areas) == 121
    assert not [area for area in areas if VERSION.force_for_outward(f"{area}99") is None]


def test_every_table_names_only_forces_that_exist() -> None:
    tables = (VERSION.outward_codes, VERSION.phone_areas, VERSION.cities)
    assert {code for table in tables for code in table} <= set(FORCES)
    assert {place.force for place in VERSION.networks} <= set(FORCES)


def test_the_built_in_tables_are_marked_as_not_confirmed() -> None:
    assert VERSION.tables.cited_in(VERSION).confirmed is False
    assert "APPROXIMATE" in VERSION.tables.label


def test_a_sentence_keeps_the_acronyms_of_its_labels() -> None:
    said = route(evidence_of(reported({"address": "203.0.113.20", "postcode": "LA9 4AB"}), VERSION), VERSION)
    assert said.sentence.startswith("By first half of the postcode (LA9)")
    assert "conflicts with geography of the IP address (203.0.113.20)" in said.sentence
    kinds = {**VERSION.kinds, "ip_geography": VERSION.kinds["ip_geography"].model_copy()}
    kinds["ip_geography"].label = "IP address"
    other = VERSION.model_copy(update={"kinds": kinds})
    assert route(evidence_of(reported({"address": "203.0.113.20"}), other), other).sentence.startswith(
        "By IP address (203.0.113.20)"
    )

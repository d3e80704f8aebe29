"""What holds of every rule whatever a report says, nonsense included."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.lapwing.rules.made_reports import addresses, ip_events, reports, urls, without_one_thing
from tests.lapwing.rules.made_reports import text as texts

from lapwing.policy import load
from lapwing.report import IpEvent, Report
from lapwing.rules import completeness, facts, primacy, resolvability, risk, routing, selectors, triage

DAY = date(2026, 11, 24)
FORCES = set(load("forces").on(DAY).by_code)
VERSIONS = {
    name: load(name).on(DAY)
    for name in ("risk", "triage", "primacy", "completeness", "routing", "joining", "resolvability")
}
fewer = settings(max_examples=60)


@fewer
@given(reports)
def test_removing_anything_never_raises_completeness(report: Report) -> None:
    version = VERSIONS["completeness"]
    whole = completeness.score(report, version)
    for less in without_one_thing(report):
        part = completeness.score(less, version)
        assert part.percent <= whole.percent
        assert set(part.held) <= set(whole.held)


@fewer
@given(reports)
def test_every_rule_answers_for_every_report(report: Report) -> None:
    known = facts.facts_of(report)
    assert risk.assess(known, VERSIONS["risk"]).band
    assert triage.propose(known, VERSIONS["triage"]).reason
    assert primacy.propose(known, VERSIONS["primacy"]).sentence
    route = routing.route(routing.evidence_of(report, VERSIONS["routing"]), VERSIONS["routing"])
    assert route.force is None or route.force in FORCES


@fewer
@given(reports)
def test_selectors_are_stored_as_they_are(report: Report) -> None:
    found = selectors.selectors_of(report, VERSIONS["joining"])
    for one in found:
        assert 0 < len(one.value) <= 500
        assert len(one.original) <= 500
        assert one.value.isprintable()
        assert one.original.isprintable()
        assert len(one.role) <= 12
        assert one.kind in VERSIONS["joining"].kinds
        assert one.joins is False or one.role == "subject"
        assert (one.subject is not None) == (one.role == "subject")
    assert len({(one.kind, one.value, one.role, one.subject) for one in found}) == len(found)
    subjects = len(report.in_role("subject"))
    assert all(0 <= one.subject < subjects for one in found if one.subject is not None)


@fewer
@given(reports)
def test_an_ip_address_is_never_a_selector(report: Report) -> None:
    assert not {one.kind for one in selectors.selectors_of(report, VERSIONS["joining"])} & {
        "ip",
        "ip_address",
    }


@given(urls | texts)
def test_a_page_already_in_its_one_spelling_stays_so(text: str) -> None:
    value, _, readable = selectors.address_of_page(text)
    if readable:
        assert selectors.address_of_page(value)[0] == value


@given(texts)
def test_an_email_address_already_in_its_one_spelling_stays_so(text: str) -> None:
    value, readable = selectors.email_address(f"{text}@example.com")
    if readable:
        assert selectors.email_address(value) == (value, True)


@given(ip_events, st.dates(date(2015, 1, 1), date(2040, 1, 1)), st.dates(date(2015, 1, 1), date(2040, 1, 1)))
def test_every_ip_event_has_a_verdict(event: IpEvent, received_on: date, today: date) -> None:
    said = resolvability.verdict(event, received_on, today, VERSIONS["resolvability"])
    assert said.code in resolvability.VERDICTS
    assert 0 < len(said.sentence) <= 300
    if said.resolvable:
        assert said.logs_lapse_on is not None
        assert said.logs_lapse_on > today


@given(ip_events, st.dates(date(2015, 1, 1), date(2040, 1, 1)), st.integers(0, 800))
def test_what_cannot_be_resolved_today_cannot_be_later(event: IpEvent, today: date, days: int) -> None:
    version, later = VERSIONS["resolvability"], date.fromordinal(today.toordinal() + days)
    if not resolvability.verdict(event, today, today, version).resolvable:
        assert not resolvability.verdict(event, today, later, version).resolvable


@given(addresses)
def test_an_address_is_read_or_is_not(text: str) -> None:
    address, port = resolvability.parsed(text)
    assert port is None or (address is not None and 0 <= port < 65536)

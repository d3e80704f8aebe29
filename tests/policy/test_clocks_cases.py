"""When clocks are due, by the table in clocks.toml, with the bank holidays of England and Wales."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.policy.cases import cases

from lapwing.policy import holidays, load
from lapwing.policy.topics.clocks import Period
from lapwing.rules.clocks import due

UK = ZoneInfo("Europe/London")
VERSION = load("clocks").on(date(2026, 11, 24))


@cases("clocks")
def test_a_clock_is_due(case: dict[str, Any]) -> None:
    answer = due(datetime.fromisoformat(case["start"]), Period(**case["period"]), holidays.england_wales())
    assert answer == datetime.fromisoformat(case["due"]).replace(tzinfo=UK)
    assert answer.utcoffset() is not None


def test_every_kind_that_the_site_starts_is_in_the_policy() -> None:
    assert set(VERSION.kinds) == {
        "triage",
        "silence",
        "provider_answer",
        "provider_logs",
        "second_look",
        "rejected_receipt",
        "unfinished_report",
        "vault_fault",
        "list_hit",
        "priority_1",
        "priority_2",
        "priority_3",
        "allocation",
        "training",
        "check_in",
        "contact_questions",
        "contact_expiry",
        "transfer",
        "protective_step",
        "strategy_discussion",
        "section_47",
        "designated_officer",
        "gap",
        "bail",
        "bail_application",
        "warrant",
        "duty",
        "court",
        "condition",
        "visit_due",
        "assessment_due",
        "notification_due",
        "notification_ends",
        "briefing_unread",
        "briefing_ends",
        "offender_link",
        "retention_review",
    }


def test_a_higher_band_is_never_given_longer() -> None:
    noon = datetime(2026, 11, 23, 12, tzinfo=UK)
    for kind in VERSION.kinds.values():
        dues = [due(noon, kind.period_for(band), holidays.england_wales()) for band in kind.by_band]
        assert dues == sorted(dues)


def test_a_clock_by_band_has_no_period_without_one() -> None:
    with pytest.raises(KeyError):
        VERSION.kinds["triage"].period_for("none such")


def test_bank_holidays_are_known_for_as_long_as_records_are_kept() -> None:
    known = holidays.england_wales()
    assert {date(2026, 12, 28), date(2023, 5, 8), date(2022, 9, 19), date(2037, 12, 25)} <= known
    assert date(2026, 11, 24) not in known

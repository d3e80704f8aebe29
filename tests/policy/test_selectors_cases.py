"""How selectors are spelled and whether they join, by the table in selectors.toml."""

from datetime import date
from typing import Any

from tests.policy.cases import cases

from lapwing.policy import load
from lapwing.report import Device, Email, Person, Phone, Report
from lapwing.rules.selectors import selectors_of

VERSION = load("joining").on(date(2026, 11, 24))


def person_with(case: dict[str, Any]) -> Person:
    given = case["given"]
    match case["kind"]:
        case "email":
            return Person(emails=[Email(given)])
        case "phone":
            return Person(phones=[Phone(given, country_calling_code=case.get("calling_code", ""))])
        case "device":
            return Person(devices=[Device(case["device_kind"], given)])
        case "payment":
            return Person(payment_ids=[given])
        case "profile_url":
            return Person(profile_urls=[given])
        case "account":
            return Person(account_id=given)
    return Person(screen_name=given)


@cases("selectors")
def test_a_selector_is_spelled(case: dict[str, Any]) -> None:
    report = Report(format="schedule-1", provider="Example Messenger", people=[person_with(case)])
    (found,) = selectors_of(report, VERSION)
    assert (found.kind, found.value) == (case.get("becomes", case["kind"]), case["value"])
    assert found.joins == case["joins"]
    assert found.original == case["given"].strip()
    assert (found.role, found.subject) == ("subject", 0)

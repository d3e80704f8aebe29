"""What each data item takes to be held, by the table in completeness.toml."""

from datetime import date
from typing import Any

import msgspec
from tests.policy.cases import cases

from lapwing.policy import load
from lapwing.report import Report
from lapwing.rules.completeness import ITEMS, combine, score

TOPIC = load("completeness")
VERSION = TOPIC.on(date(2026, 11, 24))


@cases("completeness")
def test_an_item_is_held(case: dict[str, Any]) -> None:
    report = msgspec.convert({"format": "schedule-1", **case["report"]}, Report)
    answer = score(report, VERSION)
    assert answer.held == case["held"]
    assert answer.missing == [name for name in VERSION.items if name not in case["held"]]


def test_every_item_of_every_version_has_a_meaning_and_none_is_left_over() -> None:
    assert {name for version in TOPIC.versions for name in version.items} == set(ITEMS)


def test_the_regulations_of_april_2026_ask_for_more() -> None:
    before, after = TOPIC.on(date(2026, 4, 6)), TOPIC.on(date(2026, 4, 7))
    assert set(after.items) - set(before.items) == {
        "phone_verified",
        "identity_documents",
        "billing",
        "connections",
        "declaration",
    }


def test_a_referral_holds_what_any_of_its_reports_holds() -> None:
    one = score(Report(format="schedule-1", provider="Example"), VERSION)
    two = score(Report(format="schedule-1", complete=True), VERSION)
    both = combine([one, two], VERSION)
    assert both.held == ["reporter", "declaration"]
    assert both.percent == one.percent + two.percent or both.percent == one.percent + two.percent + 1

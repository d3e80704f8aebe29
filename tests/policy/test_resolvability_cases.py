"""Resolvability, by the table in resolvability.toml."""

from datetime import UTC, date, datetime
from typing import Any

from tests.policy.cases import cases

from lapwing.policy import load
from lapwing.report import Instant, IpEvent
from lapwing.rules.resolvability import VERDICTS, verdict

VERSION = load("resolvability").on(date(2026, 11, 24))


def instant(case: dict[str, Any]) -> Instant | None:
    if "unreadable_time" in case:
        return Instant(case["unreadable_time"], zone="unreadable")
    if "at" not in case:
        return None
    moment = datetime.fromisoformat(case["at"])
    if moment.tzinfo is None:
        return Instant(case["at"], local=moment)
    return Instant(case["at"], utc=moment.astimezone(UTC), local=moment.replace(tzinfo=None), zone="stated")


@cases("resolvability")
def test_an_ip_event_gets_its_verdict(case: dict[str, Any]) -> None:
    event = IpEvent(
        address=case["address"], at=instant(case), port=case.get("port"), possible_proxy=case.get("proxy")
    )
    day = date(2026, 11, 24)
    said = verdict(event, case.get("received_on", day), case.get("today", day), VERSION)
    assert (said.code, said.logs_lapse_on) == (case["verdict"], case.get("lapse"))
    assert said.resolvable == (said.code in {"resolvable", "logs_expiring"})
    assert 0 < len(said.sentence) <= 300
    assert "{" not in said.sentence


def test_every_verdict_has_its_words_and_no_more() -> None:
    assert set(VERSION.verdicts) == set(VERDICTS)


def test_a_demonstration_address_says_that_it_is_one() -> None:
    event = IpEvent("192.0.2.10", at=Instant("x", utc=datetime(2026, 11, 1, tzinfo=UTC), zone="stated"))
    assert "demonstration" in verdict(event, date(2026, 11, 24), date(2026, 11, 24), VERSION).sentence

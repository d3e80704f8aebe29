"""Loading policy: what is refused, which version holds on a day, and what every value is cited by."""

from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

import lapwing.policy
from lapwing.policy import PolicyError, PolicyGap, load
from lapwing.policy.document import entries
from lapwing.policy.loading import read
from lapwing.policy.topics import TOPICS

FOLDER = Path(lapwing.policy.__file__).parent / "england_wales"
SHARES = """
title = "Second look"
governed_by = "the day of the decision"
"""
VERSION = """
[[version]]
effective_from = {day}
authority = "A policy lead"
source = "A minute"
as_at = 2026-01-01
[version.shares.discard]
label = "Discarded"
share = {share}
"""


def test_every_file_is_a_topic_and_every_topic_has_a_file() -> None:
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(TOPICS)
    assert all(load(name).name == name for name in TOPICS)


@pytest.mark.parametrize("name", TOPICS)
def test_every_value_is_cited(name: str) -> None:
    for version in load(name).versions:
        assert version.authority
        assert version.source
        assert version.as_at <= date(2026, 12, 31)
        for place, entry in entries(version):
            cited = entry.cited_in(version)
            assert cited.authority, place
            assert cited.source, place
            assert entry.label.strip(), place


@pytest.mark.parametrize("name", TOPICS)
def test_every_day_since_2015_has_a_version(name: str) -> None:
    topic, day = load(name), date(2015, 1, 1)
    while day < date(2030, 1, 1):
        assert topic.on(day).holds_on(day)
        day += timedelta(days=27)


def test_what_only_practitioners_recall_is_not_confirmed() -> None:
    risk, resolvability = load("risk").versions[-1], load("resolvability").versions[-1]
    assert not any(level.cited_in(risk).confirmed for level in risk.kirat.values())
    assert not resolvability.log_retention.cited_in(resolvability).confirmed


def test_what_is_to_be_found_out_says_how() -> None:
    day = date(2026, 11, 24)
    named = {
        **load("risk").on(day).factors,
        **load("primacy").on(day).criteria,
        **load("completeness").on(day).items,
        **load("triage").on(day).facts,
        **load("resolvability").on(day).verdicts,
    }
    assert not [code for code, entry in named.items() if not entry.find_out]


def test_the_hash_is_of_the_bytes_of_the_file() -> None:
    assert load("risk").sha256 == sha256((FOLDER / "risk.toml").read_bytes()).hexdigest()


def test_a_topic_is_read_once() -> None:
    assert load("risk") is load("risk", "england_wales")


def test_a_day_before_the_first_version_is_a_gap() -> None:
    with pytest.raises(PolicyGap, match="2014-12-31"):
        load("risk").on(date(2014, 12, 31))


def test_a_day_after_the_last_version_lapsed_is_a_gap() -> None:
    lapsing = VERSION.format(day="2020-01-01\neffective_to = 2020-12-31", share=0.1)
    topic = read("second_look", (SHARES + lapsing).encode())
    assert topic.on(date(2020, 12, 31))
    with pytest.raises(PolicyGap):
        topic.on(date(2021, 1, 1))


def test_the_latest_version_that_has_begun_holds_whatever_order_they_are_written_in() -> None:
    text = SHARES + VERSION.format(day="2022-01-01", share=0.2) + VERSION.format(day="2020-01-01", share=0.1)
    topic = read("second_look", text.encode())
    assert topic.on(date(2021, 12, 31)).shares["discard"].share == 0.1
    assert topic.on(date(2022, 1, 1)).shares["discard"].share == 0.2


@pytest.mark.parametrize(
    ("why", "text"),
    [
        ("an unknown key of a version", VERSION.format(day="2020-01-01", share="0.1\nsahre = 0.2")),
        ("a share past the whole", VERSION.format(day="2020-01-01", share="1.2")),
        ("a number as text", VERSION.format(day="2020-01-01", share='"0.1"')),
        ("a date as text", VERSION.format(day='"2020-01-01"', share="0.1")),
        ("no citation", VERSION.format(day="2020-01-01", share="0.1").replace('source = "A minute"', "")),
        ("an empty citation", VERSION.format(day="2020-01-01", share="0.1").replace('"A minute"', '" "')),
        ("two versions from one day", VERSION.format(day="2020-01-01", share="0.1") * 2),
        ("no version", "version = []"),
        ("an unknown key of the topic", "colour = 1" + VERSION.format(day="2020-01-01", share="0.1")),
        ("not TOML", "[[version"),
    ],
)
def test_a_policy_file_is_refused_for(why: str, text: str) -> None:
    with pytest.raises(PolicyError):
        read("second_look", (SHARES + text).encode())


def test_a_topic_or_a_jurisdiction_that_nobody_wrote_is_refused() -> None:
    with pytest.raises(PolicyError, match="no topic"):
        load("weather")
    with pytest.raises(PolicyError, match="no policy"):
        load("risk", "atlantis")


def edited(topic: str, old: str, new: str) -> bytes:
    text = (FOLDER / f"{topic}.toml").read_text()
    assert old in text
    return text.replace(old, new, 1).encode()


@pytest.mark.parametrize(
    ("why", "topic", "old", "new"),
    [
        ("a factor that lowers risk", "risk", "points = 40", "points = -40"),
        ("bands that do not descend", "risk", "at_least = 45", "at_least = 90"),
        ("a lowest band that not all reach", "risk", "at_least = 0", "at_least = 1"),
        ("a range that is not one", "resolvability", "192.0.2.0/24", "192.0.2.1/24"),
        ("a code of two forces", "routing", '"CA"', '"CA", "NE"'),
        ("a span that is not one", "routing", '"LA7-23"', '"LA7 to LA23"'),
        ("a clock with no period", "clocks", "period = ", "# period = "),
        ("a clock that escalates to nobody", "clocks", '"supervisor"', '"somebody"'),
        ("an outcome in no bucket", "outcomes", '"charge"\n', '"other things"\n'),
    ],
)
def test_a_mistake_in_a_policy_is_refused(why: str, topic: str, old: str, new: str) -> None:
    with pytest.raises(PolicyError):
        read(topic, edited(topic, old, new))

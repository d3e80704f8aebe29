"""Reading a topic: its file, its versions in force day by day, and the SHA-256 that a decision cites."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar, overload

from pydantic import ValidationError

import lapwing.policy.topics as t
from lapwing.policy.cited import Version

HERE = Path(__file__).parent
V = TypeVar("V", bound=Version)


class PolicyError(Exception):
    """A policy file cannot be used: it says something nobody defined, or leaves something out."""


class PolicyGap(PolicyError):
    """No version of the topic covers the day asked for."""

    def __init__(self, title: str, day: date) -> None:
        super().__init__(f"{title}: no version covers {day.isoformat()}")
        self.title, self.day = title, day


class Topic(Generic[V]):
    """One topic of policy: its title, the fact whose date chooses the version, and the versions in order."""

    def __init__(self, name: str, title: str, governed_by: str, sha256: str, versions: Iterable[V]) -> None:
        self.name = name
        self.title = title
        self.governed_by = governed_by
        self.sha256 = sha256
        self.versions = tuple(sorted(versions, key=lambda version: version.effective_from))
        starts = [version.effective_from for version in self.versions]
        if len(set(starts)) != len(starts) or not starts:
            raise PolicyError(f"{name}: a topic has at least one version, and no two from the same day")

    def on(self, day: date) -> V:
        """The version in force on `day`. Raises PolicyGap when there is none."""
        for version in reversed(self.versions):
            if version.effective_from <= day:
                if version.holds_on(day):
                    return version
                break
        raise PolicyGap(self.title, day)


@overload
def load(topic: Literal["triage"], jurisdiction: str = ...) -> Topic[t.TriageVersion]: ...
@overload
def load(topic: Literal["risk"], jurisdiction: str = ...) -> Topic[t.RiskVersion]: ...
@overload
def load(topic: Literal["resolvability"], jurisdiction: str = ...) -> Topic[t.ResolvabilityVersion]: ...
@overload
def load(topic: Literal["completeness"], jurisdiction: str = ...) -> Topic[t.CompletenessVersion]: ...
@overload
def load(topic: Literal["primacy"], jurisdiction: str = ...) -> Topic[t.PrimacyVersion]: ...
@overload
def load(topic: Literal["routing"], jurisdiction: str = ...) -> Topic[t.RoutingVersion]: ...
@overload
def load(topic: Literal["clocks"], jurisdiction: str = ...) -> Topic[t.ClocksVersion]: ...
@overload
def load(topic: Literal["joining"], jurisdiction: str = ...) -> Topic[t.JoiningVersion]: ...
@overload
def load(topic: Literal["scorecards"], jurisdiction: str = ...) -> Topic[t.ScorecardsVersion]: ...
@overload
def load(topic: Literal["list_sources"], jurisdiction: str = ...) -> Topic[t.ListSourcesVersion]: ...
@overload
def load(topic: Literal["second_look"], jurisdiction: str = ...) -> Topic[t.SecondLookVersion]: ...
@overload
def load(topic: Literal["sign_in"], jurisdiction: str = ...) -> Topic[t.SignInVersion]: ...
@overload
def load(topic: Literal["reasons"], jurisdiction: str = ...) -> Topic[t.ReasonsVersion]: ...
@overload
def load(topic: Literal["outcomes"], jurisdiction: str = ...) -> Topic[t.OutcomesVersion]: ...
@overload
def load(topic: Literal["forces"], jurisdiction: str = ...) -> Topic[t.ForcesVersion]: ...
@overload
def load(topic: Literal["ranking"], jurisdiction: str = ...) -> Topic[t.RankingVersion]: ...
@overload
def load(topic: Literal["justifications"], jurisdiction: str = ...) -> Topic[t.JustificationsVersion]: ...
@overload
def load(topic: Literal["reporting"], jurisdiction: str = ...) -> Topic[t.ReportingVersion]: ...
@overload
def load(topic: Literal["telling"], jurisdiction: str = ...) -> Topic[t.TellingVersion]: ...
@overload
def load(topic: Literal["children"], jurisdiction: str = ...) -> Topic[t.ChildrenVersion]: ...
@overload
def load(topic: Literal["crime_counting"], jurisdiction: str = ...) -> Topic[t.CrimeCountingVersion]: ...
@overload
def load(topic: Literal["allocation"], jurisdiction: str = ...) -> Topic[t.AllocationVersion]: ...
@overload
def load(topic: Literal["examination"], jurisdiction: str = ...) -> Topic[t.ExaminationVersion]: ...
@overload
def load(topic: Literal["known_lists"], jurisdiction: str = ...) -> Topic[t.KnownListsVersion]: ...
@overload
def load(topic: Literal["exposure"], jurisdiction: str = ...) -> Topic[t.ExposureVersion]: ...
@overload
def load(topic: Literal["arrests"], jurisdiction: str = ...) -> Topic[t.ArrestsVersion]: ...
@overload
def load(topic: Literal["bail"], jurisdiction: str = ...) -> Topic[t.BailVersion]: ...
@overload
def load(topic: Literal["restrictions"], jurisdiction: str = ...) -> Topic[t.RestrictionsVersion]: ...
@overload
def load(topic: Literal["retention"], jurisdiction: str = ...) -> Topic[t.RetentionVersion]: ...
@overload
def load(topic: Literal["visits"], jurisdiction: str = ...) -> Topic[t.VisitsVersion]: ...
@overload
def load(topic: Literal["notification"], jurisdiction: str = ...) -> Topic[t.NotificationVersion]: ...
@overload
def load(topic: Literal["briefing"], jurisdiction: str = ...) -> Topic[t.BriefingVersion]: ...
@overload
def load(
    topic: Literal["system_notifications"], jurisdiction: str = ...
) -> Topic[t.SystemNotificationsVersion]: ...
@overload
def load(topic: str, jurisdiction: str = ...) -> Topic[Any]: ...
def load(topic: str, jurisdiction: str = "england_wales") -> Topic[Any]:
    """The topic as its file stands, read once in a process.

    Raises PolicyError for a topic or jurisdiction nobody wrote, an unknown key, or a value of the wrong type.
    """
    return _load(topic, jurisdiction)


@cache
def _load(topic: str, jurisdiction: str) -> Topic[Any]:
    if topic not in t.TOPICS:
        raise PolicyError(f"there is no topic called {topic!r}; there are {', '.join(t.TOPICS)}")
    try:
        content = (HERE / jurisdiction / f"{topic}.toml").read_bytes()
    except OSError as error:
        raise PolicyError(f"there is no policy on {topic} for {jurisdiction!r}") from error
    return read(topic, content)


def read(topic: str, content: bytes) -> Topic[Any]:
    """The topic in `content`, the bytes of a TOML file. Raises PolicyError saying what is wrong and where."""
    try:
        table = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyError(f"{topic}: {error}") from error
    if set(table) != {"title", "governed_by", "version"}:
        raise PolicyError(f"{topic}: a topic has title, governed_by and [[version]], and nothing else")
    try:
        versions = [t.TOPICS[topic].model_validate(version) for version in table["version"]]
    except ValidationError as error:
        raise PolicyError(f"{topic}: {error}") from error
    return Topic(topic, table["title"], table["governed_by"], sha256(content).hexdigest(), versions)

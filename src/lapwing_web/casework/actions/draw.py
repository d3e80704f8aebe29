"""What the rules draw from one report: computed once when its content arrives, stored with its joining,
combined later.

Everything here is pure but for the postcode table; nothing here takes a lock, so it is done before the lock
is taken.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from typing import Any

import msgspec
from django.conf import settings
from msgspec import Struct

from lapwing import policy
from lapwing.policy import Topic, Version
from lapwing.report import IpEvent, Person, Report
from lapwing.rules import completeness, resolvability, routing, selectors
from lapwing.rules.facts import Facts, facts_of
from lapwing.rules.resolvability import Verdict
from lapwing.rules.routing import Evidence, Postcodes
from lapwing.rules.selectors import Found
from lapwing_web.intake.actions.arrive import storable
from lapwing_web.intake.actions.keep import fold
from lapwing_web.moment import today

TOPICS = (
    "completeness",
    "joining",
    "primacy",
    "ranking",
    "resolvability",
    "risk",
    "routing",
    "second_look",
    "triage",
)


class Drawn(Struct, omit_defaults=True):
    """What is stored of a report's content, so that a referral can be weighed without reading every report
    again.
    """

    facts: Facts
    title: str
    held: list[str] = []  # completeness items the report has
    evidence: list[Evidence] = []
    logs_lapse_on: date | None = None  # the first log of the report's resolvable events to lapse


class Judged(Struct):
    """An IP event with its verdict."""

    event: IpEvent
    label: str
    verdict: Verdict


class Reading(Struct):
    """Everything drawn from one report's content."""

    report: Report
    drawn: Drawn
    found: list[Found]
    events: list[Judged]


class Policies:
    """The version of every topic in force on a day."""

    def __init__(self, day: date) -> None:
        topics: dict[str, Topic[Any]] = {name: policy.load(name, settings.JURISDICTION) for name in TOPICS}
        self.versions: dict[str, Any] = {name: topic.on(day) for name, topic in topics.items()}
        self.sha256 = {name: topic.sha256 for name, topic in topics.items()}

    def __getitem__(self, topic: str) -> Any:
        return self.versions[topic]


@lru_cache(maxsize=64)
def policies_on(day: date) -> Policies:
    """The policies that govern what was received on `day`."""
    return Policies(day)


def read(report: Report, received_on: date, postcodes: Postcodes | None = None) -> Reading:
    """Draw everything from one report received on that day."""
    versions = policies_on(received_on)
    events = [
        Judged(event, label, resolvability.verdict(event, received_on, today(), versions["resolvability"]))
        for event, label in _events(report)
    ]
    score = completeness.score(report, versions["completeness"])
    lapses = [judged.verdict.logs_lapse_on for judged in events if judged.verdict.resolvable]
    drawn = Drawn(
        facts=facts_of(report),
        title=title_of(report, 0),
        held=score.held,
        evidence=routing.evidence_of(report, versions["routing"], postcodes),
        logs_lapse_on=min((day for day in lapses if day is not None), default=None),
    )
    one_spelling = msgspec.structs.replace(
        report, provider=fold(report.provider)
    )  # accounts are told apart by it
    return Reading(report, drawn, selectors.selectors_of(one_spelling, versions["joining"]), events)


def stored(drawn: Drawn) -> dict[str, Any]:
    """`drawn` as it goes into a JSON column; facts that are at their default are left out."""
    row: dict[str, Any] = msgspec.to_builtins(drawn)
    row["facts"] = {name: value for name, value in row["facts"].items() if value is not _default(name)}
    return row


def restored(row: Mapping[str, Any]) -> Drawn:
    """The opposite of `stored`."""
    return msgspec.convert(row, Drawn)


@cache
def _default(name: str) -> Any:
    return next(field.default for field in msgspec.structs.fields(Facts) if field.name == name)


def title_of(report: Report, subject: int) -> str:
    """Who or what is reported, by the identifier that says most."""
    people = report.in_role("subject")
    if subject < len(people) and (name := _identifier(people[subject])):
        return storable(name, 200)
    where = next((url for incident in report.incidents for url in incident.urls), "")
    return storable(where or f"Not identified: {report.provider} {report.reference}", 200)


def _identifier(person: Person) -> str:
    ways = (
        f"{person.screen_name} ({person.service})"
        if person.screen_name and person.service
        else person.screen_name,
        *(email.address for email in person.emails),
        *(phone.number for phone in person.phones),
        *person.profile_urls,
        person.account_id,
        *person.display_names,
        " ".join(filter(None, (person.first_name, person.last_name))),
        *(event.address for event in person.ip_events),
    )
    return next((way.strip() for way in ways if way.strip()), "")


def _events(report: Report) -> list[tuple[IpEvent, str]]:
    """Every IP event of the report with what it is called, but for those of whoever reported."""
    found: list[tuple[IpEvent, str]] = []
    for person in report.people:
        if person.role != "reporter":
            whose = "" if person.role == "subject" else f" ({person.role})"
            found += [(event, f"{event.event or 'not stated'}{whose}") for event in person.ip_events]
    for file in report.files:
        found += [(event, event.event or "upload") for event in file.ip_events]
    for incident in report.incidents:
        found += [(event, event.event or incident.kind) for event in incident.ip_events]
    return found


__all__ = [
    "Drawn",
    "Judged",
    "Policies",
    "Reading",
    "Version",
    "policies_on",
    "read",
    "restored",
    "stored",
    "title_of",
]

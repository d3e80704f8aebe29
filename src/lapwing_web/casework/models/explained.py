"""What the rules said of a referral, in policy's words: read alike by the page and by the package."""

from collections.abc import Iterable
from typing import Any

import msgspec
from django.conf import settings
from msgspec import Struct

from lapwing.policy import load
from lapwing.report import Person
from lapwing.report import Report as ReportValue
from lapwing.rules import facts as rule
from lapwing.rules.facts import Facts
from lapwing_web.casework.models.hit import Hit
from lapwing_web.casework.models.link import Joining
from lapwing_web.casework.models.referral import Fact, Referral
from lapwing_web.intake.queries.reports import current_reports
from lapwing_web.moment import UK


class Line(Struct):
    """One factor, criterion or fact: the answer (None: nobody has found out), and how it is known."""

    name: str
    label: str
    answer: bool | None
    points: int = 0
    family: str = ""
    find_out: str = ""
    source: str = ""
    found: Fact | None = None  # the officer's finding that holds, if any


class Told(Struct):
    """A report of the referral as it now reads; of a batch, only the referral's own subject is in it."""

    joining: Joining
    report: ReportValue


def version_for(referral: Referral, topic: str) -> Any:
    """The version of a topic that governs the referral: the one in force on the UK day it was received."""
    return load(topic, settings.JURISDICTION).on(referral.received_at.astimezone(UK).date())


def findings(referral: Referral) -> dict[str, Fact]:
    """What officers found out, by name: the latest finding of each."""
    return {fact.name: fact for fact in referral.facts.select_related("set_by").order_by("id")}


def risk_lines(referral: Referral) -> list[Line]:
    """Every factor of the risk policy with the answer that the band rests on, the policy's order."""
    found, version = findings(referral), version_for(referral, "risk")
    lines = []
    for name, factor in version.factors.items():
        answer = _answer(name, referral.risk_present, referral.risk_unknown)
        line = _line(name, factor, answer, found.get(name))
        if name == "known_match" and answer and _on_a_list(referral):
            line.source = "Found on a list of known files"  # which, a force that reads this need not know
        line.points, line.family = factor.points, version.families[factor.family].label
        lines.append(line)
    return lines


def _on_a_list(referral: Referral) -> bool:
    """Whether a list was found to have a file of it, whatever its sender says."""
    reports = referral.joinings.filter(undone_at=None).values("report_id")
    return Hit.objects.filter(report_id__in=reports).exists()


def criteria_lines(referral: Referral) -> list[Line]:
    """Every criterion of primacy, met, not met or unknown."""
    found, version = findings(referral), version_for(referral, "primacy")
    met, unknown = referral.primacy.get("met", []), referral.primacy.get("unknown", [])
    return [
        _line(name, criterion, _answer(name, met, unknown), found.get(name))
        for name, criterion in version.criteria.items()
    ]


def triage_lines(referral: Referral) -> list[Line]:
    """The facts that only triage asks about."""
    found, version, known = findings(referral), version_for(referral, "triage"), facts_known(referral)
    return [_line(name, fact, getattr(known, name), found.get(name)) for name, fact in version.facts.items()]


def facts_known(referral: Referral) -> Facts:
    """What the reports state, with officers' findings in place of what was stated."""
    rows = referral.joinings.filter(undone_at=None).values_list("drawn", flat=True)
    stated = [msgspec.convert(row["facts"], Facts) for row in rows if row]
    found = {name: fact.value for name, fact in findings(referral).items()}
    return rule.with_found(rule.combine(stated) if stated else Facts(), found)


def _answer(name: str, yes: Iterable[str], unknown: Iterable[str]) -> bool | None:
    return True if name in yes else None if name in unknown else False


def _line(name: str, entry: Any, answer: bool | None, found: Fact | None) -> Line:
    line = Line(name, entry.label, answer, find_out=entry.find_out, found=found)
    if found is not None:
        line.source = found.source
    elif answer is not None:
        line.source = "Stated in what was reported" if answer else "Not stated in what was reported"
    return line


def missing_items(referral: Referral) -> dict[str, Any]:
    """The completeness items that none of its reports holds, by name, as policy describes them."""
    rows = referral.joinings.filter(undone_at=None).values_list("drawn", flat=True)
    held = {name for row in rows for name in row.get("held", [])}
    items = version_for(referral, "completeness").items
    return {name: item for name, item in items.items() if name not in held}


def reports_of(referral: Referral) -> list[Told]:
    """Its reports, oldest first, read again from their bytes. Of a batch, one subject and not the others."""
    joinings = referral.joinings.filter(undone_at=None).select_related("report__provider")
    ordered = list(joinings.order_by("report__received_at", "id"))
    current = current_reports({joining.report for joining in ordered})
    return [Told(joining, narrowed(current[joining.report_id], joining.subject)) for joining in ordered]


def narrowed(report: ReportValue, subject: int | None) -> ReportValue:
    """The report as it concerns one referral: everything, or one subject of a batch without the others."""
    if subject is None:
        return report
    own = report.in_role("subject")[subject : subject + 1]
    others: list[Person] = [person for person in report.people if person.role != "subject"]
    return msgspec.structs.replace(report, people=[*own, *others])

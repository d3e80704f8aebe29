"""Everything on a referral's page: what matters now, why, what is known, what next. And the blind part."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from msgspec import Struct

from lapwing.policy import load
from lapwing.report import ReportedFile
from lapwing.rules.risk import band_at
from lapwing_web.casework.models import (
    Approval,
    Enquiry,
    Joining,
    Package,
    Referral,
    SecondLook,
)
from lapwing_web.casework.models.explained import (
    Line,
    Told,
    criteria_lines,
    missing_items,
    reports_of,
    risk_lines,
    triage_lines,
    version_for,
)
from lapwing_web.casework.models.recognising import Recognised, recognised_on
from lapwing_web.casework.models.telling import tellings_of
from lapwing_web.casework.queries.hits import Hits, Listed, Said
from lapwing_web.casework.queries.links import Hint, joinings_of, possible_links
from lapwing_web.casework.queries.packages import label_of, outcome_label
from lapwing_web.casework.queries.referrals import packages_of
from lapwing_web.casework.queries.said import TellingLine, said_of, telling_said
from lapwing_web.casework.queries.sealed import SealedPart, sealed_part
from lapwing_web.casework.queries.second_looks import question_about
from lapwing_web.casework.queries.steps import Step, next_steps
from lapwing_web.casework.queries.timeline import Event, looks_at, timeline_for
from lapwing_web.clocks.models import Clock
from lapwing_web.clocks.queries import open_for
from lapwing_web.moment import today
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import may

SHOWN = 20  # reports whose priority stands at the top of the page


class FileLine(Struct):
    """A file as its hashes, kind and flags. There is no picture to show."""

    report: Any
    number: int
    file: ReportedFile
    viewed: str
    flags: list[str]
    listed: list[Listed]


class PersonLine(Struct):
    """Somebody named in a report, by part and by what is said of them; identifiers stand under selectors."""

    report: Any
    role: str
    said: list[tuple[str, str]]


class Detail(Struct):
    """The page. Lists are empty where there is nothing to show, never missing."""

    referral: Referral
    steps: list[Step]
    clocks: list[Clock]
    approval: Approval | None
    question: SecondLook | None  # a second look that puts its low band higher
    recognised: list[Recognised]  # somebody whom an application knows
    contact: Line | None
    tellings: list[TellingLine]
    priorities: list[Told]  # reports to which their sender gave one, most urgent first
    risk: list[Line]
    criteria: list[Line]
    triage: list[Line]
    people: list[PersonLine]
    selectors: list[Any]
    files: list[FileLine]
    lists: Said
    sealed: SealedPart
    ip_events: list[Any]
    missing: list[Any]
    routing: list[dict[str, Any]]
    joinings: list[Joining]
    hints: list[Hint]
    enquiries: list[Enquiry]
    packages: list[Package]
    standing: Package | None
    reason: str
    kirat: dict[str, Any] | None
    protections: list[str]  # why no rule may discard it alone, where its reason does not say so
    outcome: str
    could_reach: str  # the band, if every unknown were found to be so; "" when it would be the same
    news: bool  # a report joined since the force was last sent anything
    may_join: bool
    events: list[Event]
    looks: list[Event]

    @property
    def main(self) -> str:
        """The step most likely to be next."""
        return "referral-keep" if self.referral.primacy.get("keep") else "referral-disseminate"


def detail(user: User, referral: Referral) -> Detail:
    """The page of one referral, which this person may see (`referrals_for`)."""
    told, packages = reports_of(referral), list(packages_of(referral))
    hits, risk = Hits(one.joining.report_id for one in told), risk_lines(referral)
    return Detail(
        referral=referral,
        steps=next_steps(user, referral),
        clocks=list(open_for(f"referral:{referral.pk}")),
        approval=_approval(user, referral),
        question=question_about(referral),
        recognised=recognised_on(user, [referral.pk]),
        tellings=[telling_said(one) for one in tellings_of(told)],
        priorities=_priorities(told),
        contact=next((line for line in risk if line.name == "contact_with_children"), None),
        risk=sorted(risk, key=lambda line: (line.answer is not True, line.answer is not None, -line.points)),
        criteria=criteria_lines(referral),
        triage=triage_lines(referral),
        people=[person for one in told for person in _people(one)],
        selectors=_selectors(referral),
        files=[line for one in told for line in _files(one, hits)],
        lists=hits.said(user),
        sealed=sealed_part(user, referral, told),
        ip_events=list(referral.ip_events.select_related("report").order_by("-at", "id")),
        missing=list(missing_items(referral).values()),
        routing=routing_of(referral),
        joinings=list(joinings_of(referral)),
        hints=possible_links(referral),
        enquiries=_enquiries(referral),
        packages=packages,
        standing=next((one for one in packages if _stands(one)), None),
        reason=label_of(referral.reason),
        kirat=_kirat(referral),
        protections=_protections(referral),
        outcome=outcome_label(referral.outcome),
        could_reach=_could_reach(referral, risk),
        news=_news(referral, packages),
        may_join=may(user, "join referrals"),
        events=timeline_for(referral),
        looks=looks_at(referral),
    )


def _approval(user: User, referral: Referral) -> Approval | None:
    waiting = referral.approvals.filter(answered_at=None, organisation=user.organisation_id)
    return waiting.select_related("asked_by").first()


def _priorities(told: list[Told]) -> list[Told]:
    given = [one for one in told if one.report.priority]
    return sorted(given, key=lambda one: one.report.priority)[:SHOWN]


def _protections(referral: Referral) -> list[str]:
    """Empty where the reason that the rules propose says it already (`rules.triage.propose`)."""
    if referral.proposed_class == "informational":
        return []
    listed = version_for(referral, "triage").protections
    return [listed[code].label if code in listed else code for code in referral.protected]


def _could_reach(referral: Referral, risk: list[Line]) -> str:
    possible = referral.risk_points + sum(line.points for line in risk if line.answer is None)
    reached = band_at(possible, version_for(referral, "risk"))
    return "" if reached == referral.risk_band else str(Referral.Band(reached).label)


def _news(referral: Referral, packages: list[Package]) -> bool:
    """Packages are latest first; only a case that a force has can have news for it."""
    last = next((one for one in packages if one.kind != Package.Kind.SAFEGUARDING), None)
    with_force = referral.state in (Referral.State.DISSEMINATED, Referral.State.ACCEPTED)
    return bool(with_force and last and referral.last_report_at > last.sent_at)


class Blind(Struct):
    """What a second reviewer sees: what is known, and nothing of what was proposed or decided."""

    referral: Referral
    tellings: list[TellingLine]
    risk: list[Line]
    criteria: list[Line]
    triage: list[Line]
    people: list[PersonLine]
    selectors: list[Any]
    files: list[FileLine]
    lists: Said
    ip_events: list[Any]
    missing: list[Any]
    joinings: list[Joining]


def blind(referral: Referral) -> Blind:
    """The same facts as `detail` shows, without band, points, class, reason, owner or history."""
    told = reports_of(referral)
    hits = Hits(one.joining.report_id for one in told)
    return Blind(
        referral=referral,
        tellings=[telling_said(one) for one in tellings_of(told)],
        risk=risk_lines(referral),
        criteria=criteria_lines(referral),
        triage=triage_lines(referral),
        people=[person for one in told for person in _people(one)],
        selectors=_selectors(referral),
        files=[line for one in told for line in _files(one, hits)],
        lists=hits.said(None),
        ip_events=list(referral.ip_events.select_related("report").order_by("-at", "id")),
        missing=list(missing_items(referral).values()),
        joinings=list(joinings_of(referral)),
    )


def _stands(package: Package) -> bool:
    return package.kind == Package.Kind.DISSEMINATION and package.state != Package.State.RETURNED


def _people(told: Told) -> list[PersonLine]:
    people = [person for person in told.report.people if person.role != "reporter"]
    return [
        PersonLine(told.joining.report, person.role, said) for person in people if (said := said_of(person))
    ]


def _files(told: Told, hits: Hits) -> list[FileLine]:
    report = told.joining.report
    return [
        FileLine(report, number, file, _viewed(file), _flags(file), hits.of(report.pk, file))
        for number, file in enumerate(told.report.files, 1)
    ]


def _viewed(file: ReportedFile) -> str:
    """Absent, null and false are three facts, and read differently."""
    if file.viewed_by_provider is None:
        return "Said to be unknown" if file.viewed_stated else "Not said"
    return "Yes" if file.viewed_by_provider else "No"


def _flags(file: ReportedFile) -> list[str]:
    flags = [flag.replace("_", " ") for flag in file.annotations]
    flags += [f"industry class {file.industry_classification}"] if file.industry_classification else []
    flags += [f"on list: {file.known_list}"] if file.known_list else []
    return flags + (["publicly available"] if file.publicly_available else [])


def _selectors(referral: Referral) -> list[Any]:
    """Each selector in each part it plays, with how many other referrals were seen with it."""
    rows: dict[tuple[str, str, str], dict[str, Any]] = {}
    for seen in referral.sightings.select_related("selector", "report").order_by(
        "-joins", "selector__kind", "id"
    ):
        key = (seen.selector.kind, seen.selector.value, seen.role)
        row = rows.setdefault(key, {"sighting": seen, "reports": []})
        row["reports"].append(seen.report)
    return list(rows.values())


def routing_of(referral: Referral) -> list[dict[str, Any]]:
    """The evidence of a place, heaviest first, with each kind and force in words."""
    kinds = version_for(referral, "routing").kinds
    forces = load("forces", settings.JURISDICTION).on(today()).by_code
    return [
        {
            **one,
            "label": kinds[one["kind"]].label if one["kind"] in kinds else one["kind"],
            "approximate": one["kind"] in kinds and kinds[one["kind"]].approximate,
            "name": forces[one["force"]].name if one.get("force") in forces else "",
        }
        for one in referral.routing.get("evidence", [])
    ]


def _enquiries(referral: Referral) -> list[Enquiry]:
    items = version_for(referral, "completeness").items
    found: QuerySet[Enquiry] = referral.enquiries.select_related("asked_by").order_by("-id")
    enquiries = list(found)
    for enquiry in enquiries:
        enquiry.labels = [items[name].label if name in items else name for name in enquiry.missing]  # type: ignore[attr-defined]
        enquiry.answer_label = label_of(enquiry.answer_reason)  # type: ignore[attr-defined]
    return enquiries


def _kirat(referral: Referral) -> dict[str, Any] | None:
    if not referral.kirat:
        return None
    level = version_for(referral, "risk").kirat.get(referral.kirat["level"])
    return {**referral.kirat, "label": level.label if level else referral.kirat["level"]}

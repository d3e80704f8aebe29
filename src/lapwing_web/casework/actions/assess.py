"""Weighing a referral: what every rule says of the reports in it and of what officers have found out."""

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from msgspec import Struct

from lapwing.rules import completeness, facts, primacy, ranking, risk, routing, triage
from lapwing.rules.completeness import Completeness
from lapwing_web.audit.actions import Actor, Entry, about, audited, record_all
from lapwing_web.casework.actions import draw
from lapwing_web.casework.actions.draw import Drawn
from lapwing_web.casework.actions.hits import known_now, told_by_lists
from lapwing_web.casework.actions.measuring import save_measures
from lapwing_web.casework.models import Fact, Joining, Referral
from lapwing_web.intake.queries.places import Directory
from lapwing_web.intake.queries.reports import current_reports
from lapwing_web.moment import UK
from lapwing_web.staff.models import Organisation

UNTOLD = {"policies", "last_report_at"}  # stored, and no news to anybody


class Weighed(Struct):
    """What goes into the referral's columns, and whether a rule alone may discard it."""

    columns: dict[str, Any]
    by_rule: bool


def weigh(
    drawn: Sequence[Drawn], found: Mapping[str, bool | None], received_on: date, forces: Container[str]
) -> Weighed:
    """Every rule's word on one referral.

    `drawn` is of its reports in the order they came; `found` is what officers found out; `forces` are the
    codes of the organisations that a referral can be sent to.
    """
    versions = draw.policies_on(received_on)
    known = facts.with_found(facts.combine([one.facts for one in drawn]), found)
    proposal = triage.propose(known, versions["triage"])
    band = risk.assess(known, versions["risk"])
    lead = primacy.propose(known, versions["primacy"])
    evidence = _distinct(place for one in drawn for place in one.evidence)
    route = routing.route(evidence, versions["routing"])
    lapse = min((one.logs_lapse_on for one in drawn if one.logs_lapse_on), default=None)
    args = (known.escalated, bool(known.known_match), lapse, received_on, known.contact_with_children)
    place = ranking.rank(band.band, *args, versions["ranking"], known.danger_now, known.priority_1)
    columns = {
        "proposed_class": proposal.kind,
        "proposed_rule": proposal.rule,
        "proposed_reason": proposal.reason,
        "protected": proposal.protected,
        "risk_band": band.band,
        "risk_points": band.points,
        "risk_present": band.present,
        "risk_unknown": band.unknown,
        "completeness": _complete(drawn, versions["completeness"]).percent,
        "policies": versions.sha256,
        "rank": place.value,
        "why_here": place.why[:300],
        "escalated": known.escalated,
        "known_match": bool(known.known_match),
        "contact_with_children": known.contact_with_children,
        "logs_lapse_on": lapse,
        "proposed_force_id": route.force if route.force in forces else None,
        "routing": msgspec.to_builtins(route),
        "primacy": msgspec.to_builtins(lead),
    }
    return Weighed(columns, proposal.by_rule)


def _complete(drawn: Sequence[Drawn], version: Any) -> Completeness:
    return completeness.combine((Completeness(0, one.held, []) for one in drawn), version)


def _distinct(evidence: Iterable[Any]) -> list[Any]:
    return list({msgspec.json.encode(one): one for one in evidence}.values())


def forces() -> frozenset[str]:
    """The codes of the organisations a referral can be sent to."""
    return frozenset(Organisation.objects.values_list("code", flat=True))


def weigh_stored(referrals: Iterable[Referral]) -> dict[int, Weighed]:
    """Every referral weighed again from what was drawn from its reports, with officers' findings."""
    wanted = {one.pk: one for one in referrals}
    drawn: dict[int, list[Drawn]] = {pk: [] for pk in wanted}
    joinings = Joining.objects.filter(referral_id__in=wanted, undone_at=None).order_by(
        "report__received_at", "id"
    )
    for referral_id, row in joinings.values_list("referral_id", "drawn"):
        drawn[referral_id].append(draw.restored(row))
    found: dict[int, dict[str, bool | None]] = {pk: {} for pk in wanted}
    for fact in Fact.objects.filter(referral_id__in=wanted).order_by("id"):
        found[fact.referral_id][fact.name] = fact.value
    days = {pk: one.received_at.astimezone(UK).date() for pk, one in wanted.items()}
    known = forces()
    return {pk: weigh(drawn[pk], found[pk], days[pk], known) for pk in wanted if drawn[pk]}


@audited
def reassess(referral: Referral, *, by: Actor) -> Referral:
    """Read every report of the referral again, from the bytes as received, and store what the rules now say.

    Records what changed. Anybody may cause it: it decides nothing.
    """
    joinings = list(referral.joinings.filter(undone_at=None).select_related("report__provider"))
    current = current_reports([joining.report for joining in joinings])
    answers = known_now([joining.report_id for joining in joinings])
    for joining in joinings:
        received_on = joining.report.received_at.astimezone(UK).date()
        reading = draw.read(current[joining.report_id], received_on, Directory())
        reading = told_by_lists(reading, answers[joining.report_id])
        save_measures({joining.report: reading})
        drawn = reading.drawn
        if joining.subject is not None:
            drawn = msgspec.structs.replace(drawn, title=draw.title_of(reading.report, joining.subject))
        Joining.objects.filter(pk=joining.pk).update(drawn=draw.stored(drawn))
    for weighed in weigh_stored([referral]).values():
        record_all(store(referral, weighed, by=by))
    return referral


def store(referral: Referral, weighed: Weighed, *, by: Actor, **more: Any) -> list[Entry]:
    """Write what was weighed, and return what is to be recorded of it. Call inside `recorded()`."""
    columns = {**weighed.columns, **more}
    old = {name: getattr(referral, name) for name in columns}
    new = {name: value for name, value in columns.items() if old[name] != value}
    for name, value in new.items():
        setattr(referral, name, value)
    if new:
        Referral.objects.filter(pk=referral.pk).update(**new)
    told = {name: value for name, value in new.items() if name not in UNTOLD}
    return (
        [Entry("reassess", about(referral), by, "", {name: old[name] for name in told}, told)] if told else []
    )

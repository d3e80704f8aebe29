"""The bail record: an arrest, how it ended, bail with its conditions, and who answers for what."""

from datetime import date
from typing import Any

from django.conf import settings

from lapwing.policy import load
from lapwing_web.casework.models import Arrest, Case, Gap, Suspect
from lapwing_web.casework.models.governing import stages_of
from lapwing_web.casework.models.paper import Paper, Part, Table, day, instant
from lapwing_web.moment import UK, now, today

RANKS = {
    "custody_officer": "A custody officer",
    "inspector": "An inspector",
    "superintendent": "A superintendent",
    "assistant_chief_constable": "An assistant chief constable or commander",
    "court": "A court",
}
STOPPED = "Stopped: the file is with the prosecutor"
ASKED = "Goes on until the court that was asked answers"


def bail_record(arrest: Arrest) -> Paper:
    """Everything of one arrest that somebody who has to decide on bail must know. It names no child."""
    case = arrest.case
    parts = [_arrest(arrest), _held(arrest), _limits(arrest), _stops(arrest), _applications(arrest)]
    lead = "Bail as it stood when this was made. A day is the last one. Times are UK time."
    return Paper(
        "Bail record",
        arrest.reference,
        case.organisation.name,
        lead,
        [*parts, orders_part(arrest.suspect), gaps_part([arrest.suspect])],
    )


def _arrest(arrest: Arrest) -> Part:
    case = arrest.case
    facts = [
        ("Suspect", f"{arrest.suspect.number}: {arrest.suspect.label}"),
        ("Case", f"{case.reference}, {case.organisation}"),
        ("Officer", str(case.owner) if case.owner else "Not allocated yet"),
        ("Arrested", instant(arrest.at)),
        ("Released", instant(arrest.released_at) or "Not released"),
        ("Position of trust", arrest.get_position_of_trust_display()),
    ]
    return Part("The arrest", facts)


def _kinds() -> dict[str, Any]:
    return dict(load("restrictions", settings.JURISDICTION).on(today()).kinds)


def _held(arrest: Arrest) -> Part:
    rows = []
    stopped = ASKED if arrest.applications.filter(answer="").exists() else STOPPED
    for row in arrest.restrictions.order_by("begins_at", "id"):
        until = instant(row.ends_at) or (stopped if row.returns_on else "Nothing ends it yet")
        returns = f"{until}. Returns on {day(row.returns_on)}" if row.returns_on and row.ends_at else until
        kind, rank = _kinds()[row.kind].label, RANKS.get(row.authorised_by, "")
        rows.append([kind, instant(row.begins_at), returns, rank, row.conditions])
    head = ["Held", "From", "Until", "Authorised by", "Conditions"]
    return Part("Custody, bail and conditions", table=Table(head, rows))


def _limits(arrest: Arrest) -> Part:
    on = arrest.at.astimezone(UK).date()
    version = load("bail", settings.JURISDICTION).on(on)
    rows = []
    for end in stages_of(arrest):
        doubt = "" if end.stage.cited_in(version).confirmed else " (unconfirmed)"
        rank = f"{RANKS[end.stage.authorised_by]}{doubt}"
        rows.append([end.stage.label, rank, day(end.plain_last_on), _last(end.last_on)])
    head = ["Stage", "Authorised by", "Last day", "Last day with the prosecutor’s time"]
    text = [
        f"By the law on {day(on)}: {version.authority}.",
        "After the last stage only a court extends bail.",
    ]
    if not rows:
        text = [f"By the law on {day(on)} bail has no limit in time: {version.authority}."]
    return Part("How long bail may last", text=text, table=Table(head, rows) if rows else None)


def _last(on: date | None) -> str:
    return day(on) or "Known when the file is back"


def _stops(arrest: Arrest) -> Part:
    rows = [
        [day(stop.sent_on), day(stop.back_on) or "Still there"]
        for stop in arrest.stops.order_by("sent_on", "id")
    ]
    text = []
    if arrest.designated_on:
        text = [f"Designated as exceptionally complex by the prosecutor on {day(arrest.designated_on)}."]
    table = Table(["Sent", "Back"], rows, "It has not been.")
    return Part("The file with the prosecutor", text=text, table=table)


def _applications(arrest: Arrest) -> Part:
    rows = [
        [instant(one.made_at), one.get_answer_display(), day(one.answered_on) or ""]
        for one in arrest.applications.order_by("made_at", "id")
    ]
    table = Table(["Asked", "Answer", "Recorded"], rows, "No court has been asked.")
    return Part("Applications to the court", table=table)


def orders_part(suspect: Suspect) -> Part:
    """What else restricts the suspect: orders, licence, remand, notification."""
    rows = []
    for row in suspect.restrictions.filter(arrest=None).order_by("begins_at", "id"):
        kind = _kinds()[row.kind]
        label = kind.label if kind.enforceable else f"{kind.label} (restricts nothing)"
        ends = instant(row.ends_at) or "Nothing ends it yet"
        rows.append([label, instant(row.begins_at), ends, row.conditions])
    head = ["Restriction", "From", "Until", "What it says"]
    return Part("Other restrictions", table=Table(head, rows))


def gaps_part(suspects: list[Suspect]) -> Part:
    """When nothing enforceable restricts a suspect, and who signed for it."""
    rows = []
    for gap in Gap.objects.filter(suspect__in=suspects).exclude(state=Gap.State.CLOSED).order_by("begins_at"):
        signed = f"{gap.signed_by}: {gap.reason}" if gap.state == Gap.State.SIGNED else "Nobody has signed"
        rows.append([instant(gap.begins_at), instant(gap.ends_at) or "Nothing ends it yet", signed])
    head = ["From", "Until", "Signed for by"]
    return Part("At liberty with no enforceable restriction", table=Table(head, rows, "At no time."))


def suspects_parts(suspects: list[Suspect]) -> list[Part]:
    """What a case's summary says of its suspects."""
    rows = []
    for one in suspects:
        last = one.arrests.order_by("-at").first()
        freed = (instant(last.released_at) or "In custody") if last else ""
        rows.append([f"{one.number}: {one.label}", instant(last.at) if last else "Not arrested", freed])
    table = Table(["Suspect", "Last arrest", "Released"], rows)
    held = [[f"{one.suspect.number}", *_told(one)] for one in _restrictions(suspects)]
    restricted = Table(["Suspect", "Restriction", "From", "Until", "What it says"], held)
    return [Part("Suspects", table=table), Part("Restrictions", table=restricted), gaps_part(suspects)]


def _restrictions(suspects: list[Suspect]) -> list[Any]:
    return [row for one in suspects for row in one.restrictions.order_by("begins_at", "id")]


def _told(row: Any) -> list[str]:
    ends = instant(row.ends_at) or (STOPPED if row.returns_on else "Nothing ends it yet")
    return [_kinds()[row.kind].label, instant(row.begins_at), ends, row.conditions]


def restrained_part(case: Case) -> Part:
    """What restricts the case's suspects today, and until when, without saying who they are."""
    rows, today_ = [], now()
    for row in _restrictions(list(case.suspects.order_by("number"))):
        if row.begins_at <= today_ and (row.ends_at is None or row.ends_at > today_):
            label, _, ends, words = _told(row)
            enforceable = row.kind in _kinds() and _kinds()[row.kind].enforceable
            rows.append([label if enforceable else f"{label} (restricts nothing)", ends, words])
    table = Table(["Restriction", "Until", "What it says"], rows, "Nothing restricts the suspect.")
    return Part("What restricts the suspect today", table=table)

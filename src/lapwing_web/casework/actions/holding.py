"""What every decision does first: hold the referral as the person saw it, and check its reason.

Also what more than one kind of decision does to the clocks of a referral.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, TypeVar

from django.conf import settings
from django.db import models
from msgspec import Struct

from lapwing.policy import load
from lapwing.policy.topics.codes import Outcome, OutcomesVersion, Reason
from lapwing.rules.order_of_days import out_of_order
from lapwing_web.audit.actions import Actor, about
from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.models import Referral
from lapwing_web.clocks.actions import settle, start
from lapwing_web.moment import UK, now, today
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import Organisation, User

DECISION = ("triage", "priority_1", "priority_2", "priority_3")  # clocks that a person's decision settles
UNDECIDED: dict[str, Any] = {"reason": "", "reason_text": "", "decided_by": "", "decided_at": None}
M = TypeVar("M", bound=models.Model)


def hold(record: M) -> M:
    """Read `record` again, now that nobody else can write, and refuse if it is not as the person saw it.

    Must be called inside `@audited`. Whoever decided first has won; the second is told, and decides again.
    """
    seen, known = record.state, dict(record._state.fields_cache)  # type: ignore[attr-defined]
    record.refresh_from_db()
    for name, related in known.items():
        # an organisation's row does not change, so it is not read again while it is the same one
        if isinstance(related, Organisation) and related.pk == getattr(record, f"{name}_id"):
            record._state.fields_cache[name] = related
    if record.state != seen:  # type: ignore[attr-defined]
        standing = record.get_state_display().lower()  # type: ignore[attr-defined]
        raise Refused(
            f"{record} has just been changed by someone else: it is now “{standing}”. Nothing was done."
        )
    return record


def in_order(what: str, on: date | None, **known: date | None) -> None:
    """Refuse a day on which `what` cannot have been, by the days of what came before it; all are UK days."""
    against = out_of_order(what, on, {name.replace("_", " "): day for name, day in known.items()})
    if against:
        raise Refused(against)


def reasons(group: str) -> Mapping[str, Reason]:
    """The reasons in force today for one kind of decision, as `ReasonsVersion` names them (`return_`)."""
    return getattr(load("reasons", settings.JURISDICTION).on(today()), group)  # type: ignore[no-any-return]


def outcomes_policy() -> OutcomesVersion:
    """The policy on outcomes in force today."""
    return load("outcomes", settings.JURISDICTION).on(today())


def outcomes() -> Mapping[str, Outcome]:
    """The Home Office outcomes in force today, by code."""
    return outcomes_policy().outcomes


def kirat_levels() -> list[tuple[str, str]]:
    """KIRAT's levels in force today, with their labels, the highest first."""
    levels = load("risk", settings.JURISDICTION).on(today()).kirat
    return [(name, level.label) for name, level in levels.items()]


def policy_hash(topic: str) -> str:
    """The SHA-256 of the policy file that a decision cites."""
    return load(topic, settings.JURISDICTION).sha256


def reason_for(group: str, code: str, text: str) -> Reason:
    """The reason called `code`. Refuses one that policy does not list or that lacks the words it needs."""
    reason = reasons(group).get(code)
    if reason is None:
        raise Refused("Choose one of the reasons in the list.")
    if reason.text and not text.strip():
        raise Refused(f"“{reason.label}” needs a few words of explanation.")
    return reason


def said(text: str, sentence: str) -> str:
    """`text` without the space around it. Refuses, with `sentence`, when nothing is left."""
    if not text.strip():
        raise Refused(sentence)
    return text.strip()


def in_words(reason: Reason, text: str) -> str:
    """A reason and what the person added, as one line for the audit."""
    return f"{reason.label}: {text.strip()}" if text.strip() else reason.label


def decided(reason: str, text: str, *, by: User) -> dict[str, Any]:
    """The columns that say how a referral left, and who decided so."""
    return {"reason": reason, "reason_text": text.strip(), "decided_by": by.username, "decided_at": now()}


def decided_before(referral: Referral, action: str) -> dict[str, Any]:
    """The columns of `decided` as the last `action` (keep, disseminate) wrote them, for when it holds again.

    Read from the audit, which is the only history. Nothing is decided where there was no such action.
    """
    entries = AuditEntry.objects.filter(about=about(referral), action=action).order_by("-position")
    entry = entries.first()
    new = json.loads(entry.new) if entry else {}
    columns = {name: new.get(name) or blank for name, blank in UNDECIDED.items()}
    if columns["decided_at"]:
        columns["decided_at"] = datetime.fromisoformat(columns["decided_at"])
    return columns


class Ending(Struct, frozen=True):
    """An outcome checked against policy: Home Office code, day, and why it went no further ("" if it did)."""

    code: str
    on: date
    reason: str
    text: str
    why: str  # all of it in words


def ending(code: str, on: date, reason: str, text: str) -> Ending:
    """The outcome as policy knows it. Refuses an unknown code, a day to come, a loss without its reason."""
    outcome = outcomes().get(code)
    if outcome is None:
        raise Refused("Choose one of the outcomes in the list.")
    if on > today():
        raise Refused("The outcome cannot be in the future.")
    load("outcomes", settings.JURISDICTION).on(on)  # refuses a day that no policy reaches
    words = f"{code} {outcome.label}"
    if reason or outcome.bucket not in ("charge", "caution"):
        words = f"{words}. {in_words(reason_for('close', reason, text), text)}"
    elif text.strip():
        words = f"{words}. {text.strip()}"
    return Ending(code, on, reason, text.strip(), words)


def stop_clocks(
    referral: Referral, *, event: str, by: Actor, kinds: tuple[str, ...] | None = DECISION
) -> None:
    """Settle the referral's running clocks of these kinds; None settles every kind."""
    settle(kinds, about(referral), event=event, by=by)


def start_logs_clock(
    subject: models.Model, referral: Referral, *, event: str, organisation: Organisation, by: Any
) -> None:
    """Start the clock on the first provider log to lapse, for whoever can now ask. Nothing once it has."""
    lapse = referral.logs_lapse_on
    if lapse is None or lapse < today():
        return
    start(
        "provider_logs",
        about(subject),
        event=event,
        organisation=organisation,
        by=by,
        due_at=datetime.combine(lapse, time(), UK),
        title=f"Provider’s logs lapse for {subject.reference}",  # type: ignore[attr-defined]
    )


def start_triage_clock(referral: Referral, *, event: str, by: Any, title: str = "") -> None:
    """Start the clock on the agency's next decision about the referral."""
    start(
        "triage",
        about(referral),
        event=event,
        organisation=referral.organisation,
        by=by,
        owner=referral.assigned_to,
        band=referral.risk_band,
        title=title or f"Decide {referral.reference}",
    )

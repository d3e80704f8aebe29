"""What an officer decides about a referral at the agency. Sending it to a force is in `package`."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.conf import settings

from lapwing.policy import load
from lapwing.rules.facts import FINDABLE
from lapwing_web.audit.actions import about, audited, move, record
from lapwing_web.casework.actions.absorb import close_second_looks
from lapwing_web.casework.actions.assess import reassess
from lapwing_web.casework.actions.holding import (
    UNDECIDED,
    decided,
    decided_before,
    ending,
    hold,
    in_words,
    policy_hash,
    reason_for,
    said,
    start_triage_clock,
    stop_clocks,
)
from lapwing_web.casework.actions.opening import logs_clock
from lapwing_web.casework.actions.reopening import take_up_discarded, take_up_referral
from lapwing_web.casework.actions.sampling import sample
from lapwing_web.casework.actions.second_person import ask_second
from lapwing_web.casework.models import Enquiry, Fact, Referral
from lapwing_web.casework.models.telling import of_a_company
from lapwing_web.clocks.actions import settle, start, start_many
from lapwing_web.moment import now, today
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import Organisation, User
from lapwing_web.staff.permissions import check, may

State = Referral.State
WORKABLE = (*Referral.OPEN, State.KEPT)  # what an officer of the agency can have on their own list


@audited
def discard(
    referral: Referral, *, reason: str, text: str = "", by: User, agreed_by: User | None = None
) -> Referral:
    """Set the referral aside for a reason of policy, in the name of whoever decided. It can be reopened.

    A share that policy sets is looked at again by somebody who cannot see this decision. A reason that needs
    two people only asks for the second, until `agreed_by` (see `agree`) is that person.
    """
    check(by, "discard a referral")
    hold(referral)
    because = reason_for("discard", reason, text)
    if because.second_approver and agreed_by is None:
        if State.DISCARDED not in Referral.MOVES[State(referral.state)]:
            raise Refused(f"{referral} is {referral.get_state_display().lower()} and cannot be discarded.")
        ask_second(referral, "discard", {"reason": reason, "text": text}, by=by)
        return referral
    how = decided(reason, text, by=by)
    why, actor = in_words(because, text), agreed_by or by
    move(referral, State.DISCARDED, by=actor, action="discard", why=why, policy=policy_hash("reasons"), **how)
    stop_clocks(referral, event="discarded", by=actor, kinds=None)
    sample(referral, of="discard", first={"decision": "discard", "reason": reason}, by=by)
    return referral


@audited
def reopen(referral: Referral, *, reason: str, text: str = "", by: User) -> Referral:
    """Put a discarded referral back in the queue, with a clock on the next decision."""
    check(by, "reopen a referral")
    hold(referral)
    if referral.state != State.DISCARDED:
        raise Refused(f"{referral} is not discarded, so there is nothing to reopen.")
    because = reason_for("reopen", reason, text)
    close_second_looks(referral, by=by, why="It was reopened before anybody looked.")
    return put_back(referral, why=in_words(because, text), by=by)


def put_back(referral: Referral, *, why: str, by: User) -> Referral:
    """The part of reopening that a second look shares. Call inside `@audited`, on a held referral."""
    policy, discarded_at = policy_hash("reasons"), referral.decided_at
    move(referral, State.RECEIVED, by=by, action="reopen", why=why, policy=policy, **UNDECIDED)
    take_up_discarded(referral, discarded_at=discarded_at, by=by)
    start_triage_clock(referral, event=f"reopened {now().isoformat()}", by=by)
    start_many(logs_clock(referral), by=by)  # where a rule discarded it, none has ever run
    return referral


@audited
def take(referral: Referral, *, by: User) -> Referral:
    """Put the referral on one's own list. Of two who try, one has it and the other is told who."""
    check(by, "take a referral")
    hold(referral)
    if referral.assigned_to_id not in (None, by.pk):
        raise Refused(
            f"{referral} is already with {referral.assigned_to}. A supervisor can assign it to somebody else."
        )
    return _give(referral, by, action="take", why="", by=by)


@audited
def assign(referral: Referral, *, to: User | None, why: str = "", by: User) -> Referral:
    """Put the referral on somebody's list, or on nobody's."""
    check(by, "assign a referral")
    hold(referral)
    if to is not None and not (to.in_agency and may(to, "triage a referral")):
        raise Refused(f"{to} does not work referrals at the agency, so this cannot be assigned to them.")
    return _give(referral, to, action="assign", why=why, by=by)


def _give(referral: Referral, to: User | None, *, action: str, why: str, by: User) -> Referral:
    if referral.state not in WORKABLE:
        raise Refused(
            f"{referral} is not being worked at the agency: it is {referral.get_state_display().lower()}."
        )
    old = referral.assigned_to
    referral.assigned_to = to
    Referral.objects.filter(pk=referral.pk).update(assigned_to=to)
    names = [person.username if person else "" for person in (old, to)]
    record(action, referral, by=by, why=why, old={"assigned_to": names[0]}, new={"assigned_to": names[1]})
    return referral


@audited
def develop(referral: Referral, *, why: str = "", by: User) -> Referral:
    """Take the referral on for work: it is actionable, and more is to be found out."""
    check(by, "triage a referral")
    hold(referral)
    if referral.state not in (State.RECEIVED, State.AWAITING_PROVIDER, State.KEPT):
        raise Refused(
            f"{referral} is {referral.get_state_display().lower()}, so it cannot be taken on for work."
        )
    if referral.state == State.KEPT:
        check(by, "keep a referral")
        said(why, "Say why the agency no longer keeps it.")
    changes: dict[str, Any] = {} if referral.assigned_to_id else {"assigned_to": by}
    move(referral, State.DEVELOPING, by=by, action="develop", why=why.strip(), **UNDECIDED, **changes)
    stop_clocks(referral, event="developed", by=by)
    return referral


@audited
def ask_company(referral: Referral, *, missing: Iterable[str], text: str = "", by: User) -> Enquiry:
    """Ask the company for what its reports lack (`missing`: items of policy), and start a clock."""
    check(by, "ask the company")
    hold(referral)
    if not of_a_company(referral):
        raise Refused("No company reported this: people told it. See how it is safe to reach them.")
    topic = load("completeness", settings.JURISDICTION)
    items = topic.on(today()).items
    wanted, text = set(missing), text.strip()
    asked = [name for name in items if name in wanted]
    if not asked and not text:
        raise Refused("Choose at least one thing to ask for, or write what you need.")
    to, words = State.AWAITING_PROVIDER, "\n".join([*(items[name].ask for name in asked), text]).strip()
    move(referral, to, by=by, action="ask the company", why=text, policy=topic.sha256)
    enquiry = Enquiry.objects.create(
        referral=referral, asked_by=by, asked_at=now(), missing=asked, text=words
    )
    new = {"referral": referral.pk, "missing": asked, "text": words}
    record("write an enquiry", enquiry, by=by, new=new)
    stop_clocks(referral, event="company asked", by=by)
    start(
        "provider_answer",
        about(referral),
        event=f"enquiry {enquiry.pk}",
        organisation=referral.organisation,
        by=by,
        at=enquiry.asked_at,
        owner=by,
        title=f"{referral.provider} to answer about {referral.reference}",
    )
    return enquiry


@audited
def record_answer(enquiry: Enquiry, *, reason: str, text: str = "", by: User) -> Enquiry:
    """Record what the company answered, or that it will not. The referral goes back to being developed."""
    check(by, "ask the company")
    enquiry.refresh_from_db()
    if enquiry.answered_at:
        raise Refused("This enquiry has already been answered. Open the referral to see what was recorded.")
    because = reason_for("answer", reason, text)
    enquiry.answered_at, enquiry.answer_reason, enquiry.answer = now(), reason, text.strip()
    Enquiry.objects.filter(pk=enquiry.pk).update(
        answered_at=enquiry.answered_at, answer_reason=reason, answer=enquiry.answer
    )
    why = in_words(because, text)
    record("record an answer", enquiry, by=by, why=why, policy=policy_hash("reasons"))
    referral = enquiry.referral
    referral.refresh_from_db()
    if referral.enquiries.filter(answered_at=None).exists():
        return enquiry
    settle("provider_answer", about(referral), event=f"enquiry {enquiry.pk} answered", by=by)
    if referral.state == State.AWAITING_PROVIDER:
        move(referral, State.DEVELOPING, by=by, action="receive the answer", why=why)
    return enquiry


@audited
def answer_oldest(referral: Referral, *, reason: str, text: str = "", by: User) -> Enquiry:
    """Record the answer to the enquiry that has waited longest."""
    check(by, "ask the company")
    enquiry = referral.enquiries.filter(answered_at=None).order_by("id").first()
    if enquiry is None:
        raise Refused(f"{referral} has no enquiry that waits for an answer.")
    return record_answer(enquiry, reason=reason, text=text, by=by)


@audited
def set_facts(referral: Referral, *, answers: Mapping[str, bool | None], source: str, by: User) -> Referral:
    """Record what was found out, with its source, and weigh the referral again.

    `answers` are facts by name (`rules.facts.FINDABLE`); None says that it is not known after all.
    """
    check(by, "set facts")
    hold(referral)
    if referral.state in (State.DISCARDED, State.MERGED, State.CLOSED):
        raise Refused(
            f"{referral} is {referral.get_state_display().lower()}. Reopen it before you add to it."
        )
    if unknown := set(answers) - set(FINDABLE):
        raise Refused(f"There is no fact called {', '.join(sorted(unknown))}.")
    if not answers:
        raise Refused("Change at least one fact.")
    source = said(source, "Say how you know: every fact has a source.")
    before = {name: value for name, value in found(referral).items() if name in answers}
    Fact.objects.bulk_create(
        Fact(referral=referral, name=name, value=value, source=source, set_by=by, set_at=now())
        for name, value in answers.items()
    )
    record(
        "set facts", referral, by=by, why=source, old=before, new=dict(answers), policy=policy_hash("risk")
    )
    reassess(referral, by=by)
    referral.refresh_from_db()
    return referral


def found(referral: Referral) -> dict[str, bool | None]:
    """What officers have found out, by name: the latest of each."""
    return {fact.name: fact.value for fact in referral.facts.order_by("id")}


@audited
def record_kirat(
    referral: Referral, *, level: str, version: str, assessor: str, on: date, complete: bool, by: User
) -> Referral:
    """Record the result of somebody's KIRAT assessment: kept beside Lapwing's own band, never mixed in."""
    check(by, "set facts")
    hold(referral)
    topic = load("risk", settings.JURISDICTION)
    if on > today():
        raise Refused("The assessment cannot be in the future.")
    if level not in topic.on(on).kirat:
        raise Refused("Choose one of KIRAT’s levels.")
    version, assessor = said(version, "Say which version of KIRAT."), said(assessor, "Say who assessed.")
    result = {
        "level": level,
        "version": version,
        "assessor": assessor,
        "on": on.isoformat(),
        "complete": complete,
    }
    old, referral.kirat = referral.kirat, result
    Referral.objects.filter(pk=referral.pk).update(kirat=result)
    record("record KIRAT", referral, by=by, old={"kirat": old}, new={"kirat": result}, policy=topic.sha256)
    return referral


@audited
def keep(
    referral: Referral, *, criteria: Iterable[str], text: str = "", by: User, agreed_by: User | None = None
) -> Referral:
    """The agency leads, by the criteria cited (the `keep` reasons of policy).

    A criterion of primacy.toml must be met by what is known: if not, find it out first, with its source.
    """
    check(by, "keep a referral")
    hold(referral)
    if referral.state not in Referral.OPEN:
        raise Refused(f"{referral} is {referral.get_state_display().lower()}, so it cannot be kept now.")
    cited = {name: reason_for("keep", name, text) for name in sorted(set(criteria))}
    if not cited:
        raise Refused("Cite at least one criterion: without one, the force where the suspect lives leads.")
    known = load("primacy", settings.JURISDICTION).on(today()).criteria
    if unmet := set(cited) & set(known) - set(referral.primacy.get("met", [])):
        named = "; ".join(known[name].label for name in sorted(unmet))
        raise Refused(f"Nothing shows this yet: {named}. Record the fact with its source first.")
    if agreed_by is None and all(reason.second_approver for reason in cited.values()):
        ask_second(referral, "keep", {"criteria": list(cited), "text": text}, by=by)
        return referral
    labels = "; ".join(reason.label for reason in cited.values())
    why = f"{labels}: {text.strip()}" if text.strip() else labels
    how, policy = decided(next(iter(cited)), text, by=by), policy_hash("primacy")
    move(referral, State.KEPT, by=agreed_by or by, action="keep", why=why, policy=policy, **how)
    stop_clocks(referral, event="kept", by=agreed_by or by)
    return referral


@audited
def close_kept(
    referral: Referral,
    *,
    code: str,
    on: date,
    reason: str = "",
    text: str = "",
    by: User,
    agreed_by: User | None = None,
) -> Referral:
    """Record how a case that the agency kept ended. A force's outcome is recorded on its package."""
    check(by, "record an outcome")
    hold(referral)
    if referral.state != State.KEPT:
        raise Refused(
            f"{referral} is {referral.get_state_display().lower()}: only what the agency keeps closes here."
        )
    end = ending(code, on, reason, text)
    if end.reason and reason_for("close", reason, text).second_approver and agreed_by is None:
        given = {"code": code, "on": on.isoformat(), "reason": reason, "text": text}
        ask_second(referral, "outcome", given, by=by)
        return referral
    how = decided(end.reason, end.text, by=by)
    actor, policy = agreed_by or by, policy_hash("outcomes")
    move(
        referral,
        State.CLOSED,
        by=actor,
        action="close",
        why=end.why,
        policy=policy,
        outcome=code,
        outcome_on=on,
        **how,
    )
    stop_clocks(referral, event="closed", by=actor, kinds=None)
    return referral


@audited
def reopen_kept(referral: Referral, *, why: str, by: User) -> Referral:
    """Take back the outcome of a case that the agency kept. It is kept again, for the reason it was kept."""
    check(by, "record an outcome")
    hold(referral)
    if referral.state != State.CLOSED or not referral.organisation.kind == Organisation.Kind.AGENCY:
        raise Refused(f"{referral} was not closed by the agency, so the agency cannot reopen it.")
    why = said(why, "Say why it is reopened.")
    how, ended_at = decided_before(referral, "keep"), referral.decided_at or now()
    move(referral, State.KEPT, by=by, action="reopen", why=why, outcome="", outcome_on=None, **how)
    take_up_referral(referral, ended_at=ended_at, by=by)
    return referral

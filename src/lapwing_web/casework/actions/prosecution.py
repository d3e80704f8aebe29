"""Charges, courts and sentences; disposals out of court, their conditions, and what a breach does."""

from collections.abc import Sequence
from datetime import date

from lapwing.rules.bail import midnight_after
from lapwing.rules.outcomes import NEVER_ALLOCATED, CaseFacts
from lapwing_web.audit.actions import about, audited, move, record
from lapwing_web.casework.actions.arrests import arrests_policy, held_case
from lapwing_web.casework.actions.holding import hold, in_order, said
from lapwing_web.casework.actions.owning import own
from lapwing_web.casework.models import Case, Charge, Condition, CourtDate, Disposal, Sentence, Suspect
from lapwing_web.casework.models.court import DISPOSALS, RESULTS, SENTENCES
from lapwing_web.casework.models.keeping import born, first_arrest
from lapwing_web.clocks.actions import settle, start
from lapwing_web.moment import today
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User


def facts_of(case: Case, by: User) -> CaseFacts:
    """What is recorded of a case, as the rules on outcomes ask it."""
    people = list(case.suspects.values_list("is_child", flat=True))
    child = case.suspect_is_child if case.suspect_is_child is not None else people[0] if people else None
    disposals = Disposal.objects.filter(suspect__case=case)
    standing = disposals.filter(state__in=[Disposal.State.RUNNING, Disposal.State.COMPLIED])
    return CaseFacts(
        str(by.role),
        child,
        Charge.objects.filter(suspect__case=case).exists(),
        frozenset(standing.values_list("kind", flat=True)),
        disposals.filter(state=Disposal.State.BREACHED).exists(),
        _ever_allocated(case),
    )


def _ever_allocated(case: Case) -> bool:
    return case.allocations.exclude(to=None).exists()


def unallocated(case: Case) -> list[str]:
    """What to know before an outcome of a case that nobody was ever given: which reason a loss has."""
    return [] if _ever_allocated(case) else [f"Without a charge or a caution: {NEVER_ALLOCATED}"]


@audited
def charge(suspect: Suspect, *, offence: str, on: date, by_post: bool = False, by: User) -> Charge:
    """Record a charge or summons. A disposal that was breached has then gone back for prosecution.

    One sent `by_post`, and a summons, follow no arrest: the suspect may be arrested for something later.
    """
    case = held_case(suspect.case_id, by)
    offence = said(offence, "Write the offence.")
    if on > today():
        raise Refused("A charge cannot be in the future.")
    _in_order("charge", suspect, on, arrest=None if by_post else first_arrest(suspect))
    given = {"offence": offence, "on": on, "by_post": by_post}
    made = Charge.objects.create(suspect=suspect, **given, by=by)
    record("charge", case, by=by, new={"suspect": suspect.number, **given})
    for disposal in suspect.disposals.filter(state=Disposal.State.BREACHED):
        move(disposal, Disposal.State.PROSECUTED, by=by, action="prosecute a breach")
    return made


def _in_order(what: str, suspect: Suspect, on: date, *, arrest: date | None) -> None:
    """Refuse a day before the suspect was born or before the `arrest`, and one that policy does not reach."""
    arrests_policy(on)
    in_order(what, on, birth=born(suspect), arrest=arrest)


@audited
def set_court_date(charge: Charge, *, on: date, court: str, by: User) -> CourtDate:
    """A day in court, with a clock to it."""
    case = held_case(charge.suspect.case_id, by)
    court = said(court, "Name the court.")
    if on < charge.on:
        raise Refused("A day in court is not before the charge.")
    made = CourtDate.objects.create(charge=charge, on=on, court=court)
    record("set a day in court", case, by=by, new={"on": on, "court": court})
    start(
        "court", about(made), event="set", organisation=case.organisation, owner=case.owner, by=by,
        due_at=midnight_after(on), title=f"In court, {charge.suspect.reference}",
    )  # fmt: skip
    return made


@audited
def record_court(
    court_date: CourtDate,
    *,
    result: str,
    text: str = "",
    sentence: str = "",
    months: int | None = None,
    by: User,
) -> CourtDate:
    """What a day in court came to; with a conviction, the sentence if it was passed."""
    case = held_case(court_date.charge.suspect.case_id, by)
    court_date.refresh_from_db()
    if court_date.result:
        raise Refused("What that day came to is recorded already.")
    if result not in RESULTS or (sentence and sentence not in SENTENCES):
        raise Refused("Choose what came of it from the lists.")
    if court_date.on > today():
        raise Refused("That day is still to come.")
    if sentence and result != "convicted":
        raise Refused("A sentence follows a conviction.")
    if sentence in ("custody", "suspended", "community") and months is None:
        raise Refused("Give the length in months.")
    court_date.result, court_date.text = result, text.strip()
    court_date.save(update_fields=["result", "text"])
    new = {"result": result, "sentence": sentence, "months": months}
    record("record a day in court", case, by=by, why=text.strip(), new=new)
    if sentence:
        Sentence.objects.create(
            charge=court_date.charge, on=court_date.on, kind=sentence, months=months, text=text.strip()
        )
    settle("court", about(court_date), event=result, by=by)
    return court_date


@audited
def dispose(
    suspect: Suspect, *, kind: str, on: date, text: str, conditions: Sequence[tuple[str, date]] = (), by: User
) -> Disposal:
    """A disposal out of court. Each condition has a clock; one without any is complied with at once."""
    case = held_case(suspect.case_id, by)
    if kind not in DISPOSALS:
        raise Refused("Choose the kind of disposal.")
    if on > today():
        raise Refused("A disposal cannot be in the future.")
    _in_order("disposal", suspect, on, arrest=first_arrest(suspect))
    text = said(text, "Say why this disposal, and who decided it.")
    made = Disposal.objects.create(suspect=suspect, kind=kind, given_on=on, text=text, by=by)
    record("dispose out of court", case, by=by, why=text, new={"kind": kind, "conditions": len(conditions)})
    for words, due_on in conditions:
        if due_on < on:
            raise Refused("A condition cannot be due before the disposal.")
        one = Condition.objects.create(disposal=made, text=said(words, "Write the condition."), due_on=due_on)
        start(
            "condition", about(one), event="given", organisation=case.organisation, owner=case.owner, by=by,
            due_at=midnight_after(due_on), title=f"A condition is due, {suspect.reference}",
        )  # fmt: skip
    if not conditions:
        move(made, Disposal.State.COMPLIED, by=by, action="comply with a disposal")
    return made


@audited
def end_condition(condition: Condition, *, met: bool, why: str = "", by: User) -> Condition:
    """A condition was met, or breached. A breach takes the whole disposal back for prosecution, for good."""
    case = held_case(condition.disposal.suspect.case_id, by)
    hold(condition)
    disposal = Disposal.objects.get(pk=condition.disposal_id)
    if not met:
        why = said(why, "Say how it was breached.")
    to = Condition.State.MET if met else Condition.State.BREACHED
    move(condition, to, by=by, action="end a condition", why=why, ended_on=today())
    record("end a condition", case, by=by, why=why, new={"met": met})
    settle("condition", about(condition), event=to, by=by)
    if not met and disposal.state == Disposal.State.RUNNING:
        move(disposal, Disposal.State.BREACHED, by=by, action="breach a disposal", why=why)
    open_ones = disposal.conditions.exclude(state=Condition.State.MET)
    if disposal.state == Disposal.State.RUNNING and not open_ones.exists():
        move(disposal, Disposal.State.COMPLIED, by=by, action="comply with a disposal")
    return condition


@audited
def set_path(case: Case, *, child: bool, why: str, by: User) -> Case:
    """Whether the case is worked as one of a suspect who is a child: with the outcomes made for that."""
    own(case, "work a case", by)
    why = said(why, "Say how the suspect's age is known.")
    old = {"suspect_is_child": case.suspect_is_child}
    case.suspect_is_child = child
    Case.objects.filter(pk=case.pk).update(suspect_is_child=child)
    case.suspects.filter(number=1).update(is_child=child)
    record("set the path", case, by=by, why=why, old=old, new={"suspect_is_child": child})
    return case

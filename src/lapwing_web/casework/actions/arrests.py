"""Warrant, arrest, release, and what restricts a suspect. Every change looks for gaps anew."""

from collections.abc import Mapping
from datetime import date, datetime

from django.conf import settings
from django.db.models import Max

from lapwing.policy import load
from lapwing.policy.topics.arrests import ArrestsVersion
from lapwing.rules.bail import midnight_after
from lapwing_web.audit.actions import about, audited, record
from lapwing_web.casework.actions.bail import check_bail, start_bail_clock
from lapwing_web.casework.actions.gaps import find_gaps, keep_plans
from lapwing_web.casework.actions.holding import in_order, policy_hash, said
from lapwing_web.casework.actions.owning import own
from lapwing_web.casework.models import Arrest, BailApplication, Case, Duty, Restriction, Suspect
from lapwing_web.casework.models.contact import questions_open
from lapwing_web.casework.models.keeping import born
from lapwing_web.casework.models.suspect import POLICE_BAIL
from lapwing_web.clocks.actions import settle, start
from lapwing_web.moment import UK, now, today
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import may

RELEASES = (*POLICE_BAIL, "investigation", "remand")
OF_AN_ARREST = ("custody", *POLICE_BAIL, "investigation")  # never added by themselves


def arrests_policy(on: date | None = None) -> ArrestsVersion:
    """The policy on arrests in force on a day (default: today)."""
    return load("arrests", settings.JURISDICTION).on(on or today())


def add_first_suspect(case: Case) -> Suspect:
    """The suspect that a case is opened about. Call inside `@audited`."""
    child = case.suspect_is_child
    return Suspect.objects.create(case=case, number=1, label=case.title, is_child=child, at=now())


@audited
def add_suspect(case: Case, *, label: str, is_child: bool | None = None, by: User) -> Suspect:
    """Another suspect of the case."""
    own(case, "work a case", by)
    if case.protection:
        raise Refused(f"{case} is there to protect children. The suspect is worked elsewhere.")
    label = said(label, "Give a few words by which this suspect can be told from the others.")
    number = (case.suspects.aggregate(last=Max("number"))["last"] or 0) + 1
    made = Suspect.objects.create(case=case, number=number, label=label, is_child=is_child, at=now())
    record("add a suspect", case, by=by, new={"suspect": number, "is_child": is_child})
    return made


def held_case(case_id: int, by: User, permission: str = "work a case") -> Case:
    """The case of something that hangs on it, held, and this person's force's own."""
    return own(Case.objects.select_related("organisation", "owner").get(pk=case_id), permission, by)


@audited
def arrest(suspect: Suspect, *, at: datetime, position_of_trust: str, by: User) -> Arrest:
    """Record an arrest: custody begins, and so do the duties that policy has for it."""
    case = held_case(suspect.case_id, by)
    if at > now():
        raise Refused("An arrest cannot be in the future.")
    in_order("arrest", at.astimezone(UK).date(), birth=born(suspect))
    if position_of_trust not in Arrest.Trust.values:
        raise Refused("Say whether the suspect holds a position of trust: yes, no or not known.")
    if custody_of(suspect):
        raise Refused(f"{suspect} is in custody already.")
    last = suspect.arrests.aggregate(last=Max("released_at"))["last"]
    if last and at < last:
        raise Refused("That is before the suspect was released from the last arrest.")
    made = Arrest.objects.create(suspect=suspect, at=at, position_of_trust=position_of_trust, by=by)
    Restriction.objects.create(suspect=suspect, arrest=made, kind="custody", begins_at=at, by=by)
    new = {"suspect": suspect.number, "at": at, "position_of_trust": position_of_trust}
    record("arrest", case, by=by, new=new, policy=policy_hash("arrests"))
    _begin_duties(made, case, ("always", position_of_trust), by=by)
    for bail in suspect.restrictions.filter(kind__startswith="bail", begins_at__lte=at):
        _end(bail, at, "Arrested again", case, by=by)
    find_gaps(case)
    return made


def custody_of(suspect: Suspect) -> Restriction | None:
    """The custody that the suspect is in now, if any."""
    return suspect.restrictions.filter(kind="custody", ends_at=None).first()


def _begin_duties(arrest: Arrest, case: Case, when: tuple[str, ...], *, by: User) -> None:
    for code, duty in arrests_policy(arrest.at.astimezone(UK).date()).duties.items():
        if duty.when not in when:
            continue
        made, new = Duty.objects.get_or_create(arrest=arrest, kind=code)
        if new:
            title = f"{duty.label}, {case.reference}"
            start(
                "duty",
                about(made),
                event="arrest",
                organisation=case.organisation,
                owner=case.owner,
                by=by,
                title=title,
            )


@audited
def record_duty(duty: Duty, *, result: str, text: str = "", by: User) -> Duty:
    """Record what became of a duty after an arrest. A position of trust found out later brings its own
    duties.
    """
    case = held_case(duty.arrest.suspect.case_id, by)
    duty.refresh_from_db()
    if duty.result:
        raise Refused(f"{duty} is recorded already.")
    known = arrests_policy().duties[duty.kind].results
    if result not in known:
        raise Refused("Choose what became of it.")
    if known[result].text:
        said(text, f"“{known[result].label}” needs a few words.")
    duty.result, duty.text, duty.done_at, duty.done_by = result, text.strip(), now(), by
    duty.save(update_fields=["result", "text", "done_at", "done_by"])
    record("record a duty", case, by=by, why=duty.text, new={"duty": duty.kind, "result": result})
    settle("duty", about(duty), event=result, by=by)
    if duty.kind == "trust":
        Arrest.objects.filter(pk=duty.arrest_id).update(position_of_trust=result)
        if result == "yes":
            _begin_duties(duty.arrest, case, ("yes",), by=by)
    return duty


@audited
def release(
    arrest: Arrest,
    *,
    kind: str,
    at: datetime,
    returns_on: date | None = None,
    rank: str = "",
    conditions: str = "",
    reason: str = "",
    plans: Mapping[int, str] | None = None,
    by: User,
) -> Restriction:
    """Release from custody: on bail, under investigation, or to a court's remand.

    While contact with children is not answered only a superior releases, with a reason and a plan for each
    child.
    """
    case = held_case(arrest.suspect.case_id, by)
    arrest.refresh_from_db()
    custody = custody_of(arrest.suspect)
    if custody is None or custody.arrest_id != arrest.pk or arrest.released_at:
        raise Refused(f"{arrest.suspect} is not in custody for this arrest.")
    _check_release(custody, kind, at, conditions)
    if kind != "remand":
        _answer_for(arrest.suspect, case, reason, plans or {}, by=by)
    ends = check_bail(arrest, returns_on, rank) if kind.startswith("bail") else None
    _end(custody, at, "Released", case, by=by)
    Arrest.objects.filter(pk=arrest.pk).update(released_at=at)
    made = Restriction.objects.create(
        suspect=arrest.suspect, arrest=arrest, kind=kind, begins_at=at, ends_at=ends, by=by,
        returns_on=returns_on if ends else None, authorised_by=rank if ends else "",
        conditions=conditions.strip(),
    )  # fmt: skip
    new = {"kind": kind, "at": at, "returns_on": made.returns_on, "authorised_by": made.authorised_by}
    record("release", case, by=by, why=reason.strip(), new=new, policy=policy_hash("bail"))
    if ends:
        start_bail_clock(made, case, by=by)
    find_gaps(case)
    return made


def _check_release(custody: Restriction, kind: str, at: datetime, conditions: str) -> None:
    if kind not in RELEASES:
        raise Refused("Choose how the suspect is released.")
    if not custody.begins_at <= at <= now():
        raise Refused("The release cannot be before the arrest, or in the future.")
    if kind == "bail":
        said(conditions, "Write the conditions: bail without conditions on contact restricts nothing.")


def _answer_for(suspect: Suspect, case: Case, reason: str, plans: Mapping[int, str], *, by: User) -> None:
    """Refuse a release on which nobody senior answers for an unanswered question."""
    names = questions_open(case)
    if not names:
        return
    if not may(by, "sign a gap"):
        raise Refused(
            f"Contact with children is not answered: {', '.join(name.lower() for name in names)}. Answer it, "
            "or ask a supervisor to release the suspect, with a reason and a plan for each child."
        )
    said(reason, "Say why the suspect is released before contact with children is answered.")
    keep_plans(suspect, case, plans, by=by)


@audited
def restrict(
    suspect: Suspect,
    *,
    kind: str,
    begins_at: datetime,
    ends_at: datetime | None = None,
    conditions: str = "",
    by: User,
) -> Restriction:
    """Record another restriction: a court's order, licence, remand. It may begin in the future."""
    case = held_case(suspect.case_id, by)
    kinds = load("restrictions", settings.JURISDICTION).on(today()).kinds
    if kind not in kinds or kind in OF_AN_ARREST:
        raise Refused("Choose one of the kinds of restriction.")
    if ends_at is not None and ends_at <= begins_at:
        raise Refused("A restriction ends after it begins.")
    in_order("restriction", begins_at.astimezone(UK).date(), birth=born(suspect))
    made = Restriction.objects.create(
        suspect=suspect, kind=kind, begins_at=begins_at, ends_at=ends_at, conditions=conditions.strip(), by=by
    )
    new = {"kind": kind, "begins_at": begins_at, "ends_at": ends_at}
    record("restrict a suspect", case, by=by, why=conditions.strip(), new=new)
    find_gaps(case)
    return made


@audited
def end_restriction(restriction: Restriction, *, at: datetime, why: str, by: User) -> Restriction:
    """End a restriction at an instant that may be in the future. It never ends later than it would have."""
    case = held_case(restriction.suspect.case_id, by)
    restriction.refresh_from_db()
    why = said(why, "Say why it ends.")
    if restriction.kind == "custody":
        raise Refused("Custody ends by a release.")
    if at <= restriction.begins_at or (restriction.ends_at and at > restriction.ends_at):
        raise Refused("It can end only between its beginning and its end.")
    _end(restriction, at, why, case, by=by)
    find_gaps(case)
    return restriction


def _end(restriction: Restriction, at: datetime, why: str, case: Case, *, by: User) -> None:
    """End it at `at`, unless it has ended before."""
    if restriction.ends_at is not None and restriction.ends_at <= at:
        return
    old = {"kind": restriction.kind, "ends_at": restriction.ends_at}
    restriction.ends_at = max(at, restriction.begins_at)
    Restriction.objects.filter(pk=restriction.pk).update(ends_at=restriction.ends_at)
    record("end a restriction", case, by=by, why=why, old=old, new={"ends_at": restriction.ends_at})
    settle("bail", about(restriction), event="ended", by=by)
    _withdraw_applications(restriction, case, by=by)
    if restriction.returns_on and restriction.ends_at > now():  # it runs until then
        start_bail_clock(restriction, case, by=by)


def _withdraw_applications(restriction: Restriction, case: Case, *, by: User) -> None:
    """Where bail ends otherwise, nobody waits for the court any more."""
    if restriction.arrest is None or restriction.returns_on is None:
        return
    for one in restriction.arrest.applications.filter(answer=""):
        one.answer, one.answered_on = BailApplication.Answer.WITHDRAWN, today()
        one.save(update_fields=["answer", "answered_on"])
        settle("bail_application", about(one), event=one.answer, by=by)
        record("withdraw an application to the court", case, by=by, new={"answer": one.answer})


def to_the_end_of(day: date | None) -> datetime | None:
    """The instant at which a day ends, for an order that holds through it."""
    return None if day is None else midnight_after(day)

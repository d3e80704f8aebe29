"""Exhibits: seized, each step of continuity in its chain, queued, examined, returned."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from lapwing.rules.audit_chain import GENESIS
from lapwing.rules.continuity import LABELS, STEPS, seal_after, seal_broken, step_hash
from lapwing_web.audit.actions import audited, move, record
from lapwing_web.casework.actions.arrests import held_case
from lapwing_web.casework.actions.holding import hold, said
from lapwing_web.casework.actions.owning import own
from lapwing_web.casework.models import Case, Continuity, Examination, Exhibit, Laboratory, Suspect
from lapwing_web.casework.models.exhibit import ENDS, RESULTS
from lapwing_web.casework.models.governing import examination_policy
from lapwing_web.moment import UK, now, today
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check

State = Exhibit.State


@audited
def seize(
    case: Case, *, number: str, kind: str, description: str, at: datetime, place: str,
    suspect: Suspect | None = None, gigabytes: int | None = None, needs: str = "", by: User,
) -> Exhibit:  # fmt: skip
    """Record an exhibit, with the first step of its continuity."""
    own(case, "work a case", by)
    if case.protection:
        raise Refused(
            f"{case} is there to protect children. Exhibits are seized where the suspect is worked."
        )
    number = said(number, "Give the exhibit number.").upper()
    version = examination_policy()
    if kind not in version.kinds or (needs and needs not in version.accreditations):
        raise Refused("Choose what it is, and what its examination asks for, from the lists.")
    if suspect is not None and suspect.case_id != case.pk:
        raise Refused("That suspect is of another case.")
    examination_policy(at.astimezone(UK).date())  # refuses a day that no policy reaches
    given: dict[str, Any] = {"kind": kind, "description": description.strip(), "gigabytes": gigabytes}
    more = {"suspect": suspect, "needs": needs, "chained_as": f"{case.reference}, exhibit {number}"}
    try:
        with transaction.atomic():
            exhibit = Exhibit.objects.create(case=case, number=number, **more, **given)
    except IntegrityError as error:
        raise Refused(f"{case} has an exhibit {number} already.") from error
    record("seize an exhibit", case, by=by, new={"exhibit": number, **given})
    _write(exhibit, "seized", at, place, "", "", by=by)
    return exhibit


@audited
def record_continuity(
    exhibit: Exhibit, *, step: str, at: datetime, place: str = "", seal: str = "", text: str = "", by: User
) -> Continuity:
    """Record a step. A seal found that is not the one put on needs words, and stands in the chain for
    ever.
    """
    held_case(exhibit.case_id, by)
    exhibit.refresh_from_db()
    if step == "seized" or step not in LABELS:
        raise Refused("Choose what was done with the exhibit.")
    if step in ENDS and exhibit.state in (State.QUEUED, State.EXAMINING):
        raise Refused(
            f"{exhibit} waits to be examined, or is being examined. Take it out of the queue first."
        )
    made = _write(exhibit, step, at, place, seal, text, by=by)
    if step in ENDS:
        move(exhibit, State.ENDED, by=by, action="end an exhibit")
    return made


def _write(
    exhibit: Exhibit, step: str, at: datetime, place: str, seal: str, text: str, *, by: User
) -> Continuity:
    """Add a step to the chain, if it may follow the last one."""
    rows = list(exhibit.continuity.order_by("position"))
    last, on = (rows[-1].step if rows else ""), ""
    for row in rows:
        on = seal_after(row.step, on, row.seal)
    if step not in STEPS[last]:
        raise Refused(
            f"{exhibit} was last “{LABELS.get(last, 'nothing')}”: it cannot be “{LABELS[step]}” next."
        )
    if at > now() or (rows and at < rows[-1].at):
        before = f", which was on {rows[-1].at.astimezone(UK):%-d %B %Y at %H:%M}" if rows else ""
        raise Refused(f"A step cannot be before the last one{before}, or in the future.")
    seal, text, place = seal.strip().upper(), text.strip(), place.strip()
    if step == "sealed":
        said(seal, "Give the number of the seal.")
    if seal_broken(step, on, seal):
        said(text, f"The seal put on was {on}. Say in words what was found, and who was told.")
    previous, position = (rows[-1].hash if rows else GENESIS), len(rows) + 1
    made = Continuity.objects.create(
        exhibit=exhibit, position=position, step=step, at=at, by=by.username, place=place, seal=seal,
        text=text, previous=previous,
        hash=step_hash(exhibit.chained_as, position, step, at, by.username, place, seal, text, previous),
    )  # fmt: skip
    new = {"step": step, "at": at, "place": place, "seal": seal, "hash": made.hash}
    record("record continuity", exhibit, by=by, why=text, new=new)
    return made


@audited
def queue(exhibit: Exhibit, *, by: User) -> Exhibit:
    """Send it to be examined."""
    held_case(exhibit.case_id, by)
    hold(exhibit)
    return move(exhibit, State.QUEUED, by=by, action="queue an exhibit", queued_on=today())


@audited
def unqueue(exhibit: Exhibit, *, why: str, by: User) -> Exhibit:
    """Take it out of the queue."""
    held_case(exhibit.case_id, by)
    hold(exhibit)
    why = said(why, "Say why it is not examined now.")
    return move(
        exhibit, State.HELD, by=by, action="take an exhibit out of the queue", why=why, queued_on=None
    )


@audited
def begin_examination(exhibit: Exhibit, *, laboratory: Laboratory, by: User) -> Examination:
    """Begin to examine it, in a laboratory that is accredited for it."""
    case = held_case(exhibit.case_id, by)
    hold(exhibit)
    if laboratory.organisation_id != case.organisation_id:
        raise Forbidden("That laboratory is another force's.")
    if exhibit.needs and exhibit.needs not in laboratory.accredited:
        label = examination_policy().accreditations[exhibit.needs].label.lower()
        raise Refused(f"{laboratory} is not accredited for {label}.")
    move(exhibit, State.EXAMINING, by=by, action="begin an examination")
    return Examination.objects.create(exhibit=exhibit, laboratory=laboratory, begun_at=now(), begun_by=by)


@audited
def finish_examination(exhibit: Exhibit, *, result: str, text: str = "", by: User) -> Exhibit:
    """Record what an examination came to."""
    case = held_case(exhibit.case_id, by)
    hold(exhibit)
    if result not in RESULTS:
        raise Refused("Choose what the examination came to.")
    if result == "unreadable":
        said(text, "Say what was tried, and what could be tried next.")
    move(exhibit, State.EXAMINED, by=by, action="finish an examination", why=text.strip())
    exhibit.examinations.filter(finished_at=None).update(finished_at=now(), result=result, text=text.strip())
    record(
        "finish an examination",
        case,
        by=by,
        why=text.strip(),
        new={"exhibit": exhibit.number, "result": result},
    )
    return exhibit


@audited
def set_laboratory(
    *, name: str, hours_a_week: int, accredited: list[str], by: User, laboratory: Laboratory | None = None
) -> Laboratory:
    """Add a laboratory of one's own force, or change its hours and accreditation."""
    check(by, "manage laboratories")
    name = said(name, "Give the laboratory a name.")
    if set(accredited) - set(examination_policy().accreditations):
        raise Refused("Choose accreditations from the list.")
    if laboratory is None:
        if Laboratory.objects.filter(organisation=by.organisation_id, name=name).exists():
            raise Refused("Your force has a laboratory of that name.")
        laboratory = Laboratory(organisation=by.organisation)
    elif laboratory.organisation_id != by.organisation_id:
        raise Forbidden("That laboratory is another force's.")
    laboratory.name, laboratory.hours_a_week, laboratory.accredited = name, hours_a_week, sorted(accredited)
    laboratory.save()
    record(
        "set a laboratory",
        laboratory,
        by=by,
        new={"name": name, "hours": hours_a_week, "accredited": accredited},
    )
    return laboratory

"""Children that a case knows of: added, written about, and what is done to protect each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max

from lapwing.policy.topics.children import Result
from lapwing_web.audit.actions import about, audited, record
from lapwing_web.casework.actions.contact import answer_contact
from lapwing_web.casework.actions.gaps import find_gaps
from lapwing_web.casework.actions.holding import in_order, policy_hash, said
from lapwing_web.casework.actions.owning import own
from lapwing_web.casework.models import Case, Child, ChildNote, ProtectiveStep
from lapwing_web.casework.models.contact import needed, standings, version
from lapwing_web.clocks.actions import Start, settle, start_many
from lapwing_web.moment import UK, now
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User


@audited
def add_child(
    case: Case, *, contact: str = "", known_at: datetime | None = None, by: User, **particulars: Any
) -> Child:
    """Add a child, with when anybody first knew of them. The clocks on protecting the child run from then.

    `contact`: the question that led to the child, "" for a victim; it is answered yes if it was not. Gaps
    that were signed for before need a plan for this child too. `particulars`: name, born_on, lives_at.
    """
    own(case, "protect a child", by)
    if contact and (case.protection or contact not in version().questions):
        raise Refused("Choose how the suspect has contact with the child.")
    known = known_at or now()
    if known > now():
        raise Refused("First knowledge of a child cannot be in the future.")
    version(known.astimezone(UK).date())  # refuses a day that no policy reaches
    child = know_of_child(case, known, contact, by=by, **particulars)
    if contact and not _said_yes(case, contact):
        answer_contact(case, question=contact, answer="yes", source=f"Child {child.number} is known", by=by)
    find_gaps(case)
    return child


def know_of_child(case: Case, known: datetime, contact: str = "", *, by: User, **particulars: Any) -> Child:
    """The row of a child, and its clocks from `known` on. Call inside `@audited`."""
    number = (case.children.aggregate(last=Max("number"))["last"] or 0) + 1
    child = Child.objects.create(
        case=case, number=number, contact=contact, known_at=known, added_by=by, **particulars
    )
    record("add a child", case, by=by, new={"child": number, "contact": contact, "known_at": known})
    # what was written goes when the record does (docs/adr/0029); that it was written stays
    record("write about a child", child, by=by, new={"written": sorted(particulars)})
    _start_clocks(child, by=by)
    return child


def _said_yes(case: Case, question: str) -> bool:
    return any(one.question == question and one.contact == "yes" and not one.open for one in standings(case))


def _start_clocks(child: Child, *, by: User) -> None:
    kinds = ["protective_step"]
    kinds += [step.clock for step in needed(child).values() if step.clock and step.clock != "section_47"]
    _start(child, kinds, "known", child.known_at, by=by)


def _start(child: Child, kinds: Sequence[str], event: str, at: datetime, *, by: User) -> None:
    case = child.case
    starts = [
        Start(
            kind, about(case), f"child:{child.pk} {event}", case.organisation_id, at, case.owner_id,
            f"{child.reference}: {_label(kind)}",
        )
        for kind in kinds
    ]  # fmt: skip
    start_many(starts, by=by)


def _label(kind: str) -> str:
    steps = {step.clock: step.label for step in version().steps.values() if step.clock}
    return steps.get(kind, "protect the child").lower()


@audited
def write_about_child(child: Child, *, text: str, by: User) -> ChildNote:
    """Write about a child. What was written stays."""
    own(child.case, "protect a child", by)
    text = said(text, "Write what you want to keep.")
    note = ChildNote.objects.create(child=child, text=text, at=now(), by=by)
    record("write about a child", child, by=by, new={"note": note.pk})
    return note


@audited
def record_step(
    child: Child, *, kind: str, result: str, done_at: datetime | None = None, text: str = "", by: User
) -> ProtectiveStep:
    """Record a step for a child. The first that protects ends the wait that began with first knowledge."""
    own(child.case, "protect a child", by)
    child.refresh_from_db()
    came_to = _known(child, kind, result)
    if came_to.text:
        said(text, f"“{came_to.label}” needs a few words.")
    done = done_at or now()
    if done > now():
        raise Refused("A step is recorded when it has been done, not before.")
    in_order("step", done.astimezone(UK).date(), knowledge=child.known_at.astimezone(UK).date())
    made = ProtectiveStep.objects.create(
        child=child, kind=kind, result=result, done_at=done, text=text.strip(), at=now(), by=by
    )
    policy = policy_hash("children")
    new = {"kind": kind, "result": result, "done_at": done}
    record("record a protective step", child, by=by, why=text.strip(), new=new, policy=policy)
    for clock in _settled_by(child, kind, result):
        settle(clock, about(child.case), event=kind, by=by, started_by=_started(child, clock))
    if came_to.protects:
        _protected(child, done, by=by)
    if kind == "strategy_discussion" and result == "enquiry":
        _start(child, ["section_47"], "enquiry", done, by=by)
    return made


def _known(child: Child, kind: str, result: str) -> Result:
    step = needed(child).get(kind)
    if step is None or result not in step.results:
        raise Refused("Choose one of the steps, and what it came to.")
    return step.results[result]


def _settled_by(child: Child, kind: str, result: str) -> list[str]:
    """The clocks that wait for this step, or for one that its result makes needless."""
    return [
        step.clock
        for code, step in needed(child).items()
        if step.clock and (code == kind or step.lifted_by.get(kind) == result)
    ]


def _started(child: Child, kind: str) -> str:
    return f"child:{child.pk} {'enquiry' if kind == 'section_47' else 'known'}"


def _protected(child: Child, at: datetime, *, by: User) -> None:
    if child.protected_at is None or at < child.protected_at:
        child.protected_at = at
        Child.objects.filter(pk=child.pk).update(protected_at=at)
    started = _started(child, "protective_step")
    settle("protective_step", about(child.case), event="protected", by=by, started_by=started)


def rehang_children(case: Case, into: Case) -> None:
    """Give the children of a case that is joined their numbers in the case that they go to."""
    last = into.children.aggregate(last=Max("number"))["last"] or 0
    for child in case.children.order_by("number"):
        last += 1
        Child.objects.filter(pk=child.pk).update(case=into, number=last)

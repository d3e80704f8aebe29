"""Gaps: found anew whenever anything that makes or ends one changes, and signed for by a superior or
closed.
"""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings

from lapwing.policy import load
from lapwing.rules import restrictions as rules
from lapwing.rules.children import Dated, Given, no_contact
from lapwing_web.audit.actions import Actor, Rule, about, audited, move, record
from lapwing_web.casework.actions.holding import policy_hash, said
from lapwing_web.casework.actions.owning import own
from lapwing_web.casework.models import Case, Gap, SafetyPlan, Suspect
from lapwing_web.casework.models.contact import version
from lapwing_web.clocks.actions import runs, settle, start
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import now, today
from lapwing_web.notifications.actions import over, tell
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import holders

State = Gap.State
FOR_ALL = 0  # the key of a plan where no child is known yet


def find_gaps(case: Case) -> None:
    """Find every gap of the case's suspects, and make the rows say so. Call inside `@audited`, after a
    change.
    """
    suspects = _arrested(case)
    if not suspects:
        return
    free = free_of_contact(case)
    children = set(case.children.values_list("pk", flat=True))
    for suspect in suspects:
        found = {gap.begins: gap for gap in gaps_of(suspect, case, free)}
        stored = {gap.begins_at: gap for gap in suspect.gaps.prefetch_related("plans")}
        for begins, gap in stored.items():
            if begins not in found and gap.state != State.CLOSED:
                _close(gap, case)
        for begins, new in sorted(found.items()):
            _keep(suspect, case, stored.get(begins), new, children)


def gaps_stand(case: Case) -> bool:
    """Whether the rows say what the rules find now, of every suspect of the case."""
    suspects = _arrested(case)
    free = free_of_contact(case) if suspects else []
    for suspect in suspects:
        found = {(gap.begins, gap.ends) for gap in gaps_of(suspect, case, free)}
        if found != set(suspect.gaps.exclude(state=State.CLOSED).values_list("begins_at", "ends_at")):
            return False
    return True


def _arrested(case: Case) -> list[Suspect]:
    """The suspects who can have a gap: before an arrest there is none."""
    return list(case.suspects.filter(arrests__isnull=False).distinct().order_by("number"))


def free_of_contact(case: Case) -> list[rules.Interval]:
    """When every question on contact with children stood answered no.

    Of a case that others were joined to: and in each of those too, as long as it was a case of its own. A
    join never makes a time safe in which somebody had said yes, or nobody had asked.
    """
    free = no_contact(_answers(case), version())
    for joined in case.joined.all():
        apart = [rules.Interval(joined.opened_at, joined.closed_at)]
        free = rules.without(free, rules.without(apart, free_of_contact(joined)))
    return free


def gaps_of(suspect: Suspect, case: Case, free: list[rules.Interval] | None = None) -> list[rules.Gap]:
    """The gaps of one suspect, from the first arrest on, as the rules find them now."""
    first = suspect.arrests.order_by("at").values_list("at", flat=True).first()
    if first is None:
        return []
    kinds = load("restrictions", settings.JURISDICTION).on(today()).kinds
    rows = suspect.restrictions.values_list("kind", "begins_at", "ends_at")
    held = [  # a kind that policy knows no longer restricts nothing
        rules.Held(begins, ends, kinds[kind].enforceable, kinds[kind].liberty)
        for kind, begins, ends in rows
        if kind in kinds
    ]
    until = None if case.state == Case.State.OPEN else case.closed_at
    return rules.gaps(first, until, held, free_of_contact(case) if free is None else free)


def _answers(case: Case) -> list[Dated]:
    rows = case.contact_answers.order_by("id").values_list("question", "answer", "on", "expires_on", "at")
    return [Dated(Given(question, answer, on, last), at) for question, answer, on, last, at in rows]  # type: ignore[arg-type]


def _rule(case: Case) -> Rule:
    return Rule("rule:gaps", organisation_id=case.organisation_id)


def _keep(suspect: Suspect, case: Case, gap: Gap | None, new: rules.Gap, children: set[int]) -> None:
    """The row of a gap that is there: made, opened again, or changed. What was signed for is signed for anew
    when it lasts longer, or when a child is known for whom nobody wrote a plan.
    """
    rule = _rule(case)
    if gap is None:
        gap = Gap.objects.create(suspect=suspect, begins_at=new.begins, ends_at=new.ends, found_at=now())
        told = {"begins_at": new.begins, "ends_at": new.ends}
        record("find a gap", gap, by=rule, new=told, policy=policy_hash("restrictions"))
        record("find a gap", case, by=rule, new=told, policy=policy_hash("restrictions"))
    elif gap.state == State.CLOSED:
        why = "It is there again"
        move(gap, State.OPEN, by=rule, action="find a gap", why=why, ends_at=new.ends, found_at=now())
    elif gap.state == State.SIGNED and (why := _signed_no_more(gap, new, children)):
        move(gap, State.OPEN, by=rule, action="find a gap", why=why, ends_at=new.ends)
    elif gap.ends_at != new.ends:
        old = {"ends_at": gap.ends_at}
        gap.ends_at = new.ends
        Gap.objects.filter(pk=gap.pk).update(ends_at=new.ends)
        record("change a gap", gap, by=rule, old=old, new={"ends_at": new.ends})
    if gap.state == State.OPEN:
        _start_clock(gap, case, by=rule)


def _signed_no_more(gap: Gap, new: rules.Gap, children: set[int]) -> str:
    """Why a signature does not hold any more; "" while it does. A gap that is over needs no new plan."""
    if _beyond(new.ends, gap.signed_until):
        return "It lasts longer than was signed for"
    planned = {plan.child_id for plan in gap.plans.all() if gap.signed_at and plan.at >= gap.signed_at}
    if (new.ends is None or new.ends > now()) and not children <= planned:
        return "A child is known for whom there is no plan"
    return ""


def _beyond(ends: datetime | None, signed: datetime | None) -> bool:
    """Whether a gap lasts longer than what was signed for (None: nothing ends it, and that was signed
    for).
    """
    return signed is not None and (ends is None or ends > signed)


def _start_clock(gap: Gap, case: Case, *, by: Actor) -> None:
    if runs("gap", about(gap)):
        return
    event = f"found, {Clock.objects.filter(kind='gap', about=about(gap)).count() + 1}"
    start(
        "gap",
        about(gap),
        event=event,
        organisation=case.organisation,
        by=by,
        due_at=gap.begins_at,
        owner=case.owner,
        title=f"{gap.suspect.reference}: nothing enforceable restricts the suspect",
    )
    tell_of_gap(gap, case, event=event)


def tell_of_gap(gap: Gap, case: Case, *, event: str) -> None:
    """Tell those of the case's force who can sign for it."""
    asked = holders("sign a gap", case.organisation).values_list("pk", flat=True)
    tell("gap_to_sign", about(gap), event=event, to=asked)


def _close(gap: Gap, case: Case) -> None:
    """It is there no more: a restriction covers it, or an answer does, or the case has ended before it."""
    rule = _rule(case)
    move(gap, State.CLOSED, by=rule, action="close a gap", why="There is no gap any more")
    settle("gap", about(gap), event="closed", by=rule)
    over([about(gap)], kinds=["gap_to_sign"])


@audited
def sign_gap(gap: Gap, *, reason: str, plans: Mapping[int, str], by: User) -> Gap:
    """A superior answers for a gap: why, and what keeps each child of the case safe while it lasts.

    `plans`: by the id of each child; by 0 where no child is known yet.
    """
    case = own(Case.objects.select_related("organisation").get(pk=gap.suspect.case_id), "sign a gap", by)
    seen = gap.ends_at
    gap.refresh_from_db()
    if gap.state != State.OPEN:
        raise Refused(f"{gap} is {gap.get_state_display().lower()} already.")
    if gap.ends_at != seen:
        raise Refused(f"{gap} has changed since you opened this page. Look again before you sign for it.")
    reason = said(reason, "Say why there is no enforceable restriction.")
    signed = {"signed_at": now(), "signed_by": by, "signed_until": gap.ends_at, "reason": reason}
    move(gap, State.SIGNED, by=by, action="sign for a gap", why=reason, **signed)  # type: ignore[arg-type]
    keep_plans(gap.suspect, case, plans, gap=gap, by=by)
    record(
        "sign for a gap", case, by=by, why=reason, new={"begins_at": gap.begins_at, "ends_at": gap.ends_at}
    )
    settle("gap", about(gap), event="signed", by=by)
    over([about(gap)], kinds=["gap_to_sign"])
    return gap


def keep_plans(
    suspect: Suspect, case: Case, plans: Mapping[int, str], *, by: User, gap: Gap | None = None
) -> None:
    """Keep a plan for each child of the case; for none, one that says how children are looked for."""
    children = list(case.children.order_by("number"))
    for child in children or (None,):
        key = child.pk if child else FOR_ALL
        whom = f"child {child.number}" if child else "any child who may be in contact: none is known yet"
        text = said(plans.get(key, ""), f"Write a plan for {whom}.")
        SafetyPlan.objects.create(suspect=suspect, gap=gap, child=child, text=text, at=now(), by=by)
    record("write safety plans", case, by=by, new={"plans": len(children) or 1})

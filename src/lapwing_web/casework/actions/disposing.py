"""Disposing of a record: proposed with a review, done by a second person, and certified (docs/adr/0029)."""

from typing import Any

from lapwing_web.audit.actions import Actor, about, audited, move, record
from lapwing_web.casework.actions.holding import hold, policy_hash, said
from lapwing_web.casework.actions.owning import names_of, own
from lapwing_web.casework.actions.reviews import CLOCK, Decision, add_review
from lapwing_web.casework.models import Approval, Case, Package, PackageSelector, RecordDisposal
from lapwing_web.casework.models.hanging import tables, with_joined
from lapwing_web.casework.models.keeping import in_the_way, retention_policy
from lapwing_web.clocks.actions import settle
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import now
from lapwing_web.notifications.actions import over, tell
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import holders

State = RecordDisposal.State


@audited
def propose_disposal(case: Case, *, why: str, by: User) -> RecordDisposal:
    """Review the case and propose its disposal. Nothing goes until a second person agrees."""
    why = said(why, "Say why the record is not needed any more.")
    review = add_review(case, Decision.DISPOSE, why, by=by)
    _refuse_what_is_kept(case)
    if case.record_disposals.filter(state=State.PROPOSED).exists():
        raise Refused(f"The disposal of {case} is proposed already, and waits for a second person.")
    made = RecordDisposal.objects.create(
        case=case, why=why, group=review.group, proposed_at=review.at, proposed_by=by
    )
    new = {"decision": review.decision, "group": review.group}
    record("review a record", case, by=by, why=why, new=new, policy=review.policy)
    record("propose a disposal", made, by=by, why=why, new={"case": case.reference})
    asked = holders("dispose of a record", by.organisation).exclude(pk=by.pk).values_list("pk", flat=True)
    tell("disposal_waiting", about(made), event="proposed", to=asked)
    return made


def _refuse_what_is_kept(case: Case) -> None:
    found = [*in_the_way(case), *_clocks(case)]
    if found:
        raise Refused(f"The record of {case} cannot be disposed of. {' '.join(found)}")


def _clocks(case: Case) -> list[str]:
    """A clock that runs about the case, its packages or what hangs on it; but for that on its review."""
    cases = with_joined(case)
    names = [name for one in cases for name in names_of(one)]
    names += [about(package) for package in Package.objects.filter(case__in=cases).defer("content")]
    running = Clock.objects.filter(about__in=names).exclude(state=Clock.State.SETTLED).exclude(kind=CLOCK)
    return [f"Its clock “{clock.title}” runs." for clock in running.order_by("due_at", "id")]


@audited
def dispose_of_record(disposal: RecordDisposal, *, by: User) -> RecordDisposal:
    """Agree, as a second person, and dispose of the record. Whatever stands in the way now refuses it."""
    case = _answering(disposal, by)
    _refuse_what_is_kept(case)
    cases = with_joined(case)
    outcome = case.packages.exclude(outcome="").order_by("pk").values_list("outcome", "outcome_on").first()
    sent = [
        {"reference": one.reference, "sha256": one.sha256}
        for one in Package.objects.filter(case__in=cases).defer("content").order_by("pk")
    ]
    removed = _remove(cases)
    version = retention_policy()
    authority = version.groups[disposal.group].cited_in(version).authority
    left: dict[str, Any] = {
        "outcome": outcome[0] if outcome else "",
        "outcome_on": outcome[1] if outcome else None,
        "authority": authority,
        "policy_sha256": policy_hash("retention"),
        "removed": removed,
        "sent": sent,
    }
    for one in reversed(cases):
        Case.objects.filter(pk=one.pk).update(title="")
        move(one, Case.State.DISPOSED, by=by, action="dispose of a record", policy=left["policy_sha256"])
        settle(CLOCK, about(one), event="disposed of", by=by)
    _end(disposal, State.DONE, "agree to a disposal", by=by, **left)
    return disposal


def _answering(disposal: RecordDisposal, by: User) -> Case:
    """The case, held, of a proposal that this person may answer: not their own."""
    case = Case.objects.select_related("organisation").get(pk=disposal.case_id)
    own(case, "dispose of a record", by, ended=True)
    hold(disposal)
    if disposal.proposed_by_id == by.pk:
        raise Forbidden("You proposed this yourself. Somebody else must agree.")
    return case


def _remove(cases: list[Case]) -> dict[str, int]:
    """Delete every row that hangs on the cases; how many of each kind. What was sent stays the agency's."""
    removed: dict[str, int] = {}
    for model, way in tables():
        rows = model._default_manager.filter(**{f"{way}__in": cases})
        removed[_kind(model)] = removed.get(_kind(model), 0) + rows.count()
        rows.delete()
    packages = Package.objects.filter(case__in=cases)
    removed["selector"] = PackageSelector.objects.filter(package__in=packages).delete()[0]
    for approval in Approval.objects.filter(package__in=packages):
        arguments = {**approval.arguments, "text": ""}
        Approval.objects.filter(pk=approval.pk).update(arguments=arguments, answer_text="")
    packages.update(answer_text="", outcome_text="", disposed_at=now())
    return {kind: count for kind, count in sorted(removed.items()) if count}


def _kind(model: Any) -> str:
    return str(model._meta.verbose_name)


@audited
def refuse_disposal(disposal: RecordDisposal, *, why: str, by: User) -> RecordDisposal:
    """Do not agree: the record stays, and its review is still due."""
    why = said(why, "Say why you do not agree.")
    _answering(disposal, by)
    return _end(disposal, State.REFUSED, "disagree with a disposal", why, by=by, answer_text=why)


@audited
def withdraw_disposal(disposal: RecordDisposal, *, by: User) -> RecordDisposal:
    """Take back one's own proposal before anybody has answered it."""
    hold(disposal)
    if disposal.proposed_by_id != by.pk:
        raise Forbidden("Only the person who proposed this can take it back.")
    return _end(disposal, State.WITHDRAWN, "take back a disposal", by=by)


def _end(
    disposal: RecordDisposal, to: str, action: str, why: str = "", *, by: Any, **left: Any
) -> RecordDisposal:
    """Move the proposal. Its own columns go to the audit with it: none says anything of anybody."""
    changes = {"answered_at": now(), "answered_by_id": getattr(by, "pk", None), **left}
    policy = left.get("policy_sha256", "")
    move(disposal, to, by=by, action=action, why=why, policy=policy, **changes)
    over([about(disposal)])
    return disposal


def end_proposal(case: Case, why: str, *, by: Actor) -> None:
    """What was proposed holds no longer: a legal hold, or new work. Call inside `@audited`."""
    for standing in case.record_disposals.filter(state=State.PROPOSED):
        _end(standing, State.WITHDRAWN, "overtake a disposal", why, by=by, answer_text=why)

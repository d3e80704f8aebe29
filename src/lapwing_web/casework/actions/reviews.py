"""Reviewing whether the record of a case that has ended is kept, and finding out what that rests on."""

from datetime import date, datetime, time

from django.db.models import Q
from msgspec import Struct

from lapwing.rules import retention as rules
from lapwing_web.audit.actions import Actor, about, audited, record, recorded
from lapwing_web.casework.actions.holding import in_order, policy_hash, said
from lapwing_web.casework.actions.owning import own
from lapwing_web.casework.models import Case, RetentionFact, RetentionReview, Suspect
from lapwing_web.casework.models.keeping import ENDED, answer, births, first_arrest, kept, retention_policy
from lapwing_web.clocks.actions import settle, start
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import UK, now, today
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User

CLOCK = "retention_review"
Name, Decision = RetentionFact.Name, RetentionReview.Decision
OLDEST = 120  # years
AT_ONCE = 100


class FoundOut(Struct):
    """What somebody found out: about the case, or the birth date of the suspect of a number."""

    serious: bool | None = None
    managed: bool | None = None
    born: dict[int, date | None] = {}


@audited
def find_out(case: Case, found: FoundOut, *, source: str, by: User) -> Case:
    """Record what retention asks about, where it differs from what stands. The review's day follows it.

    The audit says of which suspect a birth date was recorded, and not the date: that goes with the record.
    """
    own(case, "review a record", by, ended=True)
    if case.state not in (Case.State.OPEN, *ENDED):
        raise Refused(f"{case} is {case.get_state_display().lower()}: record this where it goes on.")
    source = said(source, "Say how you know.")
    new = _changed(case, found)
    if not new:
        raise Refused(f"That is what stands for {case} already.")
    for name, suspect, value, on in new:
        case.retention_facts.create(
            name=name, suspect=suspect, answer=value, on=on, source=source, at=now(), by=by
        )
    told = {name: value for name, _, value, _ in new if name != Name.BORN}
    numbers = [suspect.number for _, suspect, _, _ in new if suspect]
    record("find out for retention", case, by=by, why=source, new={**told, "birth_date_of": numbers})
    if case.state in ENDED:
        last = case.retention_facts.order_by("-pk").values_list("pk", flat=True)[0]
        start_review_clock(case, event=f"found out {last}", by=by)
    return case


def _changed(case: Case, found: FoundOut) -> list[tuple[str, Suspect | None, bool | None, date | None]]:
    new: list[tuple[str, Suspect | None, bool | None, date | None]] = []
    for name, value in ((Name.SERIOUS, found.serious), (Name.MANAGED, found.managed)):
        if value != answer(case, name):
            new.append((name, None, value, None))
    stands = births(case)
    for suspect in case.suspects.filter(number__in=found.born).order_by("number"):
        on = found.born[suspect.number]
        if (on and not 0 <= today().year - on.year <= OLDEST) or (on and on > today()):
            raise Refused(f"The birth date of suspect {suspect.number} cannot be right.")
        in_order("arrest", first_arrest(suspect), birth=on)
        if on != stands[suspect.number]:
            new.append((Name.BORN, suspect, None, on))
    return new


def start_review_clock(case: Case, *, event: str, by: Actor) -> None:
    """The clock on the next review of a case that has ended, in place of any before it. In `recorded()`."""
    due = rules.review_on(kept(case), retention_policy())
    due_at = datetime.combine(due, time(), UK) if due else None
    running = Clock.objects.filter(kind=CLOCK, about=about(case)).exclude(state=Clock.State.SETTLED)
    if due_at is None or running.filter(due_at=due_at).exists():
        return
    settle(CLOCK, about(case), event=event, by=by)
    title = f"Review whether {case.reference} is kept"
    start(CLOCK, about(case), event=event, organisation=case.organisation, by=by, due_at=due_at, title=title)


def start_missing_reviews(*, by: Actor) -> int:
    """Start the clock of every case that ended before its review had one. Returns how many.

    Some at a time, so that nobody waits long for the chain, and it can be broken off and begun again.
    """
    names = Clock.objects.filter(kind=CLOCK).exclude(state=Clock.State.SETTLED)
    keys = {int(name.partition(":")[2]) for name in names.values_list("about", flat=True)}
    ended = Case.objects.filter(~Q(closed_at=None), state__in=ENDED).select_related("organisation")
    missing = [case for case in ended.order_by("pk") if case.pk not in keys]
    for first in range(0, len(missing), AT_ONCE):
        with recorded():
            for case in missing[first : first + AT_ONCE]:
                start_review_clock(case, event=f"ended {case.closed_at:%Y-%m-%dT%H:%M:%S}", by=by)
    return len(missing)


@audited
def keep_record(case: Case, *, why: str, by: User) -> RetentionReview:
    """Review the case and keep it. The rule says when it is reviewed next."""
    why = said(why, "Say why the record is still needed.")
    review = add_review(case, Decision.KEEP, why, by=by)
    review.next_on = rules.review_on(kept(case), retention_policy())
    RetentionReview.objects.filter(pk=review.pk).update(next_on=review.next_on)
    new = {"decision": review.decision, "group": review.group, "next_on": review.next_on}
    record("review a record", case, by=by, why=why, new=new, policy=review.policy)
    start_review_clock(case, event=f"review {review.pk}", by=by)
    return review


def add_review(case: Case, decision: str, why: str, *, by: User) -> RetentionReview:
    """A review of a case that has ended, once it is shown as one to come. Call inside `@audited`."""
    own(case, "review a record", by, ended=True)
    if case.state not in ENDED:
        raise Refused(f"{case} is {case.get_state_display().lower()}: there is nothing to review.")
    record_of, version = kept(case), retention_policy()
    begins = rules.shown_from(record_of, version)
    if begins is None or today() < begins:
        when = f" before {begins:%-d %B %Y}" if begins else ""
        raise Refused(f"The record of {case} is not reviewed{when}.")
    return RetentionReview.objects.create(
        case=case, decision=decision, why=why, group=rules.group(record_of), at=now(), by=by,
        policy=policy_hash("retention"),
    )  # fmt: skip

"""What is about to go wrong, for a supervisor: each thing with where it stands and who is next."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, Exists, Max, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from msgspec import Struct

from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.models import Case, Package
from lapwing_web.casework.models.carrying import matrix, with_nobody
from lapwing_web.casework.queries.allocation import mismatches
from lapwing_web.casework.queries.cases import by_urgency, cases_for, offered_to
from lapwing_web.casework.queries.packages import packages_apart
from lapwing_web.casework.queries.retention import reviews_overdue
from lapwing_web.casework.queries.scan_results import opened_over_budget, taken_over_budget
from lapwing_web.casework.queries.suspects import gaps_pressing
from lapwing_web.clocks.models import Clock
from lapwing_web.clocks.queries import about_to_breach, check_ins_late, overdue
from lapwing_web.listing import count_all, first_of, first_of_all
from lapwing_web.moment import now
from lapwing_web.naming import page_of
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check, may
from lapwing_web.staff.queries import over_budget, workers_for

SHOWN = 20


class Row(Struct):
    """One thing: what it is called, where it is, since or until when, and who is next."""

    label: str
    url: str
    who: str
    at: datetime | None = None
    band: str = ""
    style: str = "both"  # how `when` writes `at`


class Part(Struct):
    """One kind of thing that goes wrong: how many, the first of them, and the page that has all."""

    name: str
    title: str
    lead: str
    count: int
    rows: list[Row]
    url: str = ""


def supervision(user: User) -> list[Part]:
    """Everything that is about to go wrong in this person's organisation, the worst first."""
    check(user, "see supervision")
    made: list[Callable[[User], Part]] = [_late, _near, _silent]
    if may(user, "see cases"):
        made = [_gaps, _late, _near, _unanswered, _unallocated, _untrained, _stalled, _silent, _offers]
    if may(user, "see retention"):
        made.append(_reviews)
    if may(user, "see training"):
        taken = _opened_over_budget if user.in_agency else _taken_over_budget
        made += [_over_budget, taken, _check_ins]
    return [make(user) for make in made]


def _clock_rows(clocks: Iterable[Clock]) -> list[Row]:
    return [_clock_row(clock) for clock in clocks]


def _clock_row(clock: Clock) -> Row:
    role = clock.get_escalated_to_display().lower()
    who = f"{clock.owner}" if clock.owner else f"a {role}"
    seen = f"; seen by {clock.acknowledged_by}" if clock.acknowledged_by_id else ""
    page = page_of(clock.about, its_own=True) or reverse("clocks")
    return Row(clock.title, page, f"{who}{seen}", clock.due_at, style="due")


def _late(user: User) -> Part:
    found = overdue(user).filter(organisation=user.organisation_id)
    lead = "Each was escalated to a role. On the page of clocks somebody says that they have seen it."
    rows = _clock_rows(first_of(found, SHOWN))
    return Part("late", "Deadlines that have passed", lead, found.count(), rows, reverse("clocks"))


def _near(user: User) -> Part:
    found = about_to_breach(user).filter(organisation=user.organisation_id)
    rows = _clock_rows(first_of(found, SHOWN))
    url = f"{reverse('clocks')}?show=soon"
    return Part("near", "Deadlines about to pass", "The soonest first.", found.count(), rows, url)


def _gaps(user: User) -> Part:
    found = gaps_pressing(user)
    rows = [
        Row(
            gap.suspect.reference,
            f"{reverse('case', args=[gap.suspect.case_id])}#suspects",
            "a supervisor, to sign for it or end it",
            gap.begins_at,
            gap.suspect.case.band,
        )
        for gap in first_of(found, SHOWN)
    ]
    lead = "Contact with children is yes or not known, and nothing enforceable restricts the suspect."
    return Part("gaps", "Gaps that nobody signed for", lead, found.count(), rows, reverse("gaps"))


def _case_rows(cases: Iterable[Case], at: str = "opened_at") -> list[Row]:
    return [_case_row(case, getattr(case, at)) for case in cases]


def _case_row(case: Case, at: datetime | None) -> Row:
    who = str(case.owner) if case.owner else "a supervisor, to allocate it"
    return Row(case.reference, reverse("case", args=[case.pk]), who, at, case.band)


def _open(user: User) -> Any:
    """With whoever has each, and nothing else that a case's own page needs."""
    return cases_for(user).filter(state=Case.State.OPEN).select_related(None).select_related("owner")


def _unanswered(user: User) -> Part:
    asked = Clock.objects.filter(kind="contact_questions", organisation=user.organisation_id)
    running = asked.exclude(state=Clock.State.SETTLED).values_list("about", flat=True)
    keys = [int(name.partition(":")[2]) for name in running]
    found = by_urgency(_open(user).filter(pk__in=keys))
    lead = "Whether the suspect is in contact with children is not known, or was and has expired."
    rows = _case_rows(first_of(found, SHOWN))
    return Part("unanswered", "Contact with children not answered", lead, len(keys), rows, reverse("cases"))


def _unallocated(user: User) -> Part:
    found = by_urgency(_open(user).filter(with_nobody(user.organisation)))
    url = f"{reverse('cases')}?show=nobody"
    rows = _case_rows(first_of(found, SHOWN))
    return Part("unallocated", "Allocated to nobody", "The most serious first.", found.count(), rows, url)


def _untrained(user: User) -> Part:
    if not may(user, "see allocation"):
        return Part("untrained", "Not trained for what they have", "", 0, [])
    found = mismatches(user, SHOWN)
    rows = [
        Row(
            one.case.reference,
            reverse("case", args=[one.case.pk]),
            f"{one.case.owner}: {one.what}",
            None,
            one.case.band,
        )
        for one in found.rows
    ]
    lead = "The case and the training of whoever has it do not match."
    return Part("untrained", "Not trained for what they have", lead, found.count, rows, reverse("allocation"))


def _named(noun: str) -> Concat:
    """A row of the outer query, as clocks and the audit name what they are about."""
    return Concat(Value(f"{noun}:"), Cast(OuterRef("pk"), CharField()))


def _stalled(user: User) -> Part:
    days = matrix().stalled_after
    before = now() - timedelta(days=days)
    worked = AuditEntry.objects.exclude(action="consult")
    lately = worked.filter(about=_named("case"), at__gte=before)
    found = _open(user).filter(opened_at__lt=before).exclude(Exists(lately))
    keys = list(by_urgency(found).values_list("pk", flat=True))
    done = worked.filter(about__in=[f"case:{key}" for key in keys[:SHOWN]]).values("about")
    last = dict(done.annotate(last=Max("at")).values_list("about", "last"))
    first = by_urgency(_open(user).filter(pk__in=keys[:SHOWN]))
    rows = [_case_row(case, last.get(f"case:{case.pk}")) for case in first]
    lead = f"Nothing was done in the case itself for {days} days."
    return Part("stalled", "Stalled cases", lead, len(keys), rows, reverse("cases"))


def _silent(user: User) -> Part:
    late = Clock.objects.filter(kind="silence", state=Clock.State.FIRED, about=_named("package"))
    silent = Q(Exists(late), state=Package.State.WAITING)
    lists = [one.select_related(None).select_related("to").defer("content") for one in packages_apart(user)]
    found = [one.filter(silent).order_by("sent_at", "pk") for one in lists]
    rows = [
        Row(
            one.reference,
            reverse("package", args=[one.pk]),
            f"{one.to}, to answer it ({'opened' if one.opened_at else 'not opened'})",
            one.sent_at,
            one.risk_band,
        )
        for one in first_of_all(found, SHOWN, lambda one: (one.sent_at, one.pk))
    ]
    url = f"{reverse('packages')}?show=waiting"
    return Part("silent", "Packages with no answer in time", "The oldest first.", count_all(found), rows, url)


def _offers(user: User) -> Part:
    found = offered_to(user)
    rows = [
        Row(
            one.reference,
            reverse("offer", args=[one.pk]),
            "a supervisor, to accept or refuse",
            one.offered_at,
            one.case.band,
        )
        for one in found[:SHOWN]
    ]
    return Part(
        "offers",
        "Cases that other forces offer",
        "Each is theirs until yours accepts it.",
        found.count(),
        rows,
        reverse("cases"),
    )


def _reviews(user: User) -> Part:
    count, oldest = reviews_overdue(user, SHOWN)
    rows = [
        Row(
            case.reference,
            f"{reverse('case', args=[case.pk])}#retention",
            "an officer, to review it",
            due_at,
            style="due",
        )
        for case, due_at in oldest
    ]
    lead = "Nobody has said why the record is still kept. The oldest is first."
    return Part("reviews", "Reviews of records overdue", lead, count, rows, reverse("reviews"))


def _over_budget(user: User) -> Part:
    people = workers_for(user).order_by("pk")
    found = over_budget(people.values_list("pk", flat=True))
    rows = [
        Row(str(person), reverse("training"), "nobody gives them more to view today")
        for person in people.filter(pk__in=found)[:SHOWN]
    ]
    lead = "They have viewed what policy lets somebody view, and are refused more."
    return Part("budget", "Over their budget of views", lead, len(found), rows)


def _taken_over_budget(user: User) -> Part:
    found = taken_over_budget(user)
    lines = [
        (f"{one.grader}, {one.result.exhibit.number}", reverse("exhibit", args=[one.result.exhibit_id]), one)
        for one in found[:SHOWN]
    ]
    title = "Grades taken over a grader’s budget"
    return _answered_for("over_budget_grades", title, "taken", "viewed", found.count(), lines)


def _opened_over_budget(user: User) -> Part:
    found = opened_over_budget(user)
    lines = [
        (f"{one.opener}, {one.referral.reference}", reverse("referral", args=[one.referral_id]), one)
        for one in found[:SHOWN]
    ]
    title = "Sealed files opened over a budget of views"
    return _answered_for("over_budget_openings", title, "given", "opened", found.count(), lines)


def _answered_for(
    name: str, title: str, done: str, how: str, count: int, lines: list[tuple[str, str, Any]]
) -> Part:
    """Views that a superior answered for: who and of what, its page, and the row with by whom and why."""
    said = "{} by {} ({}). In the way was: {}."
    rows = [
        Row(words, page, said.format(done, one.by, one.why, "; ".join(one.obstacles)), one.at)
        for words, page, one in lines
    ]
    lead = f"In the last thirty days. What they {how} counts in full: ask how they are."
    return Part(name, title, lead, count, rows)


def _check_ins(user: User) -> Part:
    found = check_ins_late(user)
    rows = [
        Row(
            str(clock.owner),
            reverse("welfare"),
            "a supervisor other than they, to hold it",
            clock.due_at,
            style="due",
        )
        for clock in first_of(found, SHOWN)
    ]
    lead = "Ask how they are. The day of their check-in is over, or they view and none was ever planned."
    return Part("check_ins", "Check-ins not held", lead, found.count(), rows, reverse("welfare"))

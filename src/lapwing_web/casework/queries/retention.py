"""Retention for a closed case's page: its group, its next review, and everything that keeps it."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from msgspec import Struct

from lapwing.rules import retention as rules
from lapwing_web.audit.actions import about
from lapwing_web.casework.models import Case, LegalHold, RecordDisposal, RetentionFact
from lapwing_web.casework.models.keeping import ENDED, answer, births, in_the_way, kept, retention_policy
from lapwing_web.casework.queries.cases import cases_for
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import now, today
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import PERMISSIONS, check, may

PAGE = 50
CLOCK = "retention_review"


class Review(Struct):
    """A review that is due or soon will be: its clock, its case, and the disposal that waits, if one does."""

    clock: Clock
    case: Case
    overdue: bool
    disposal: int | None


class Reviews(Struct):
    """One page of the reviews of a force, the oldest first."""

    rows: list[Review]
    count: int
    overdue: int
    next: int | None


def retention_part(user: User, case: Case) -> dict[str, Any] | None:
    """The part of the case's page. None for a case that went on in another."""
    if case.state == Case.State.JOINED:
        return None
    standing = case.legal_holds.filter(lifted_at=None).select_related("by").first()
    shown = {
        "case": case,
        "hold": standing,
        "lifters": may_lift(standing) if standing else [],
        "lifts": standing is not None and may(user, "hold a case") and standing.by_id != user.pk,
        "holds": may(user, "hold a case"),
        "reviews": may(user, "review a record"),
        "facts": _facts(case),
        "closed": False,
    }
    return {**shown, "closed": True, **_reviewed(case)} if case.state in ENDED else shown


def may_lift(hold: LegalHold) -> list[User]:
    """Who can lift a hold: everybody of the force who may, but for the person who placed it."""
    roles = PERMISSIONS["hold a case"].force
    people = User.objects.filter(organisation=hold.case.organisation_id, is_active=True, role__in=roles)
    return list(people.exclude(pk=hold.by_id).order_by("first_name", "last_name", "username"))


def _facts(case: Case) -> list[tuple[str, str]]:
    """What retention asks about, in words."""
    words = {True: "Yes", False: "No", None: "Not known"}
    named = (RetentionFact.Name.SERIOUS, RetentionFact.Name.MANAGED)
    facts = [(str(name.label), words[answer(case, name)]) for name in named]
    return facts + [
        (f"Suspect {number} was born", f"{on:%-d %B %Y}" if on else words[None])
        for number, on in births(case).items()
    ]


def _reviewed(case: Case) -> dict[str, Any]:
    version = retention_policy()
    record = kept(case)
    number = rules.group(record)
    group = version.groups[number]
    begins = rules.shown_from(record, version)
    return {
        "number": number,
        "group": group.label,
        "find_out": group.find_out,
        "review_on": rules.review_on(record, version),
        "may_review": begins is not None and begins <= today(),
        "proposed": case.record_disposals.filter(state="proposed").select_related("proposed_by").first(),
        "past": case.retention_reviews.select_related("by").order_by("-pk"),
        "keeps": in_the_way(case),
        "confirmed": group.cited_in(version).confirmed,
        "unknown": record.offence
        and record.suspect_identified
        and number == "1"
        and (record.serious is None or record.managed is None),
    }


def reviews_of(user: User, skip: int = 0) -> Reviews:
    """A page of the force's reviews that are due or soon will be, from the `skip`th on."""
    shown = _due(user).filter(warn_at__lte=now())
    skip = max(0, skip)
    clocks = list(shown.order_by("due_at", "id")[skip : skip + PAGE + 1])
    following = skip + PAGE if len(clocks) > PAGE else None
    keys = [int(clock.about.partition(":")[2]) for clock in clocks[:PAGE]]
    cases = {about(case): case for case in cases_for(user).filter(pk__in=keys)}
    proposed = RecordDisposal.objects.filter(case__in=keys, state=RecordDisposal.State.PROPOSED)
    waits = {f"case:{case}": pk for case, pk in proposed.values_list("case_id", "pk")}
    rows = [
        Review(clock, cases[clock.about], clock.due_at <= now(), waits.get(clock.about))
        for clock in clocks[:PAGE]
        if clock.about in cases
    ]
    return Reviews(rows, shown.count(), shown.filter(due_at__lte=now()).count(), following)


def reviews_overdue(user: User, most: int) -> tuple[int, list[tuple[Case, datetime]]]:
    """How many of the reviews are overdue, and the oldest: each case, of its key alone, and since when."""
    late = _due(user).filter(due_at__lte=now())
    oldest = late.order_by("due_at", "id").values_list("about", "due_at")[:most]
    rows = [(int(name.partition(":")[2]), due_at) for name, due_at in oldest]
    cases = cases_for(user).select_related(None).only("pk").in_bulk([key for key, _ in rows])
    return late.count(), [(cases[key], due_at) for key, due_at in rows if key in cases]


def _due(user: User) -> QuerySet[Clock]:
    """The clocks on the force's reviews that run or have run out."""
    check(user, "see retention")
    here = Clock.objects.filter(kind=CLOCK, organisation=user.organisation_id)
    return here.exclude(state=Clock.State.SETTLED)

"""Suspects for the pages: what restricts each, what has to be done, and every gap of the force."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from msgspec import Struct

from lapwing.policy import load
from lapwing.policy.topics.bail import BailVersion
from lapwing.rules.bail import StageEnd, authoriser
from lapwing_web.casework.models import Arrest, Case, Duty, Gap, Restriction, Suspect, Warrant
from lapwing_web.casework.models.governing import stages_of
from lapwing_web.casework.models.suspect import POLICE_BAIL
from lapwing_web.listing import Cut, cut
from lapwing_web.moment import UK, now, today
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import may

PAGE = 100


def mine(rows: QuerySet[Any], user: User, case: str) -> QuerySet[Any]:
    """Those of cases that this person's force owns."""
    if not may(user, "see cases"):
        return rows.none()
    return rows.filter(**{f"{case}__organisation": user.organisation_id})


def suspects_for(user: User) -> QuerySet[Suspect]:
    """Suspects of this person's force's cases."""
    return mine(Suspect.objects.select_related("case__organisation", "case__owner"), user, "case")


def arrests_for(user: User) -> QuerySet[Arrest]:
    """Arrests in this person's force's cases."""
    return mine(Arrest.objects.select_related("suspect__case__organisation"), user, "suspect__case")


def warrants_for(user: User) -> QuerySet[Warrant]:
    """Warrants in this person's force's cases."""
    return mine(Warrant.objects.select_related("suspect__case__organisation"), user, "suspect__case")


def restrictions_for(user: User) -> QuerySet[Restriction]:
    """Restrictions in this person's force's cases."""
    return mine(Restriction.objects.select_related("suspect__case__organisation"), user, "suspect__case")


def duties_for(user: User) -> QuerySet[Duty]:
    """Duties after arrests in this person's force's cases."""
    rows = Duty.objects.select_related("arrest__suspect__case__organisation")
    return mine(rows, user, "arrest__suspect__case")


def gaps_for(user: User) -> QuerySet[Gap]:
    """Gaps of suspects in this person's force's cases."""
    return mine(Gap.objects.select_related("suspect__case__owner", "signed_by"), user, "suspect__case")


def gaps_pressing(user: User) -> QuerySet[Gap]:
    """Gaps of the force that nobody signed for, begun or near enough to be shown, the soonest first."""
    days = load("restrictions", settings.JURISDICTION).on(today()).look_ahead
    soon = gaps_for(user).filter(state=Gap.State.OPEN, begins_at__lte=now() + timedelta(days=days))
    return soon.order_by("begins_at", "pk")


class Gaps(Struct):
    """The page of gaps: those that nobody signed for, begun and to come; those signed for; and how many cases
    have a suspect with no arrest yet, who is at liberty too.
    """

    lists: list[tuple[str, str, Cut]]  # name, heading, a page of it
    days: int
    whole: bool  # every list is there, and not one alone
    not_arrested: int


def gaps_page(user: User, show: str = "", skip: int = 0) -> Gaps:
    """Every gap of the force that matters now, the soonest first; or one list, from the `skip`th on."""
    days = load("restrictions", settings.JURISDICTION).on(today()).look_ahead
    mine, soon = gaps_for(user).order_by("begins_at", "pk"), now() + timedelta(days=days)
    unsigned, going = mine.filter(state=Gap.State.OPEN), Q(ends_at=None) | Q(ends_at__gt=now())
    found = {
        "begun": ("Now, and nobody has signed for it", unsigned.filter(begins_at__lte=now())),
        "coming": (
            "To come, and nobody has signed for it",
            unsigned.filter(begins_at__gt=now(), begins_at__lte=soon),
        ),
        "signed": ("Signed for", mine.filter(going, state=Gap.State.SIGNED, begins_at__lte=soon)),
    }
    whole = show not in found
    shown = list(found) if whole else [show]
    lists = [(name, found[name][0], cut(found[name][1], PAGE, 0 if whole else skip)) for name in shown]
    cases = Case.objects.filter(organisation=user.organisation_id, state=Case.State.OPEN)
    arrested = Arrest.objects.filter(suspect__case=OuterRef("pk"))
    return Gaps(lists, days, whole, cases.filter(~Exists(arrested)).count())


class Held(Struct):
    """One restriction, in words, and what can be done about it."""

    row: Restriction
    label: str
    enforceable: bool
    running: bool
    may_end: bool


class Person(Struct):
    """One suspect of a case, as its page shows them."""

    suspect: Suspect
    arrest: Arrest | None  # the last
    in_custody: bool
    on_bail: bool
    with_prosecutor: bool
    with_court: bool  # asked for longer bail, and has not answered
    may_apply: bool  # bail has reached its last stage, so that a court can be asked
    may_designate: bool
    stages: list[tuple[StageEnd, bool]]  # and whether policy's value was confirmed
    restrictions: list[Held]
    gaps: list[Gap]
    warrants: list[Warrant]
    duties: list[tuple[Duty, str, str]]  # the duty, its words, what became of it


def suspects_part(user: User, case: Case) -> dict[str, Any]:
    """What the case's page shows of its suspects."""
    people = [_person(suspect, case) for suspect in case.suspects.order_by("number")]
    works = case.state == Case.State.OPEN and may(user, "work a case")
    return {"people": people, "works": works, "signs": works and may(user, "sign a gap"), "case": case}


def _person(suspect: Suspect, case: Case) -> Person:
    arrest = suspect.arrests.order_by("-at").first()
    held = [_held(row) for row in suspect.restrictions.order_by("begins_at", "id")]
    running = {one.row.kind for one in held if one.running}
    on_bail = bool(running & set(POLICE_BAIL))
    away = bool(arrest and arrest.stops.filter(back_on=None).exists())
    asked = bool(arrest and arrest.applications.filter(answer="").exists())
    last = on_bail and not away and not asked and _at_its_last_stage(arrest, held)  # type: ignore[arg-type]
    duties = Duty.objects.filter(arrest__suspect=suspect).order_by("id")
    return Person(
        suspect,
        arrest,
        "custody" in running,
        on_bail,
        away,
        asked,
        last,
        last and arrest is not None and arrest.designated_on is None and _law(arrest).designated is not None,
        _confirmed(arrest) if arrest else [],
        held,
        list(suspect.gaps.exclude(state=Gap.State.CLOSED).order_by("begins_at")),
        list(suspect.warrants.order_by("-id")),
        [_duty(duty) for duty in duties],
    )


def _held(row: Restriction) -> Held:
    kind = load("restrictions", settings.JURISDICTION).on(today()).kinds[row.kind]
    over = row.ends_at is not None and row.ends_at <= now()
    return Held(
        row,
        kind.label,
        kind.enforceable,
        row.begins_at <= now() and not over,
        not over and row.kind != "custody",
    )


def _at_its_last_stage(arrest: Arrest, held: list[Held]) -> bool:
    """Whether no rank may extend the bail that runs, so that only a court can, or that stage is the last."""
    found = stages_of(arrest)
    until = [one.row.returns_on for one in held if one.running and one.row.returns_on]
    if not found or not until:
        return False
    return authoriser(max(until), found) in (found[-1].stage.authorised_by, None)


def _law(arrest: Arrest) -> BailVersion:
    return load("bail", settings.JURISDICTION).on(arrest.at.astimezone(UK).date())


def _confirmed(arrest: Arrest) -> list[tuple[StageEnd, bool]]:
    law = _law(arrest)
    return [(end, end.stage.cited_in(law).confirmed) for end in stages_of(arrest)]


def _duty(duty: Duty) -> tuple[Duty, str, str]:
    known = load("arrests", settings.JURISDICTION).on(today()).duties[duty.kind]
    return duty, known.label, known.results[duty.result].label if duty.result else ""

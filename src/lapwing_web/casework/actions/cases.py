"""What becomes of a case: opened, joined, returned, banded, its crimes recorded. Ending it is in `outcome`.

A case is opened by the acceptance of a dissemination. From then on what is done about it is done to the case.
"""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from lapwing.policy import load
from lapwing_web.audit.actions import Actor, about, audited, move, record
from lapwing_web.casework.actions.arrests import add_first_suspect
from lapwing_web.casework.actions.children import know_of_child, rehang_children
from lapwing_web.casework.actions.closing import left_by_arrests
from lapwing_web.casework.actions.contact import join_answers, start_questions_clock
from lapwing_web.casework.actions.ended import tell_case_ended
from lapwing_web.casework.actions.gaps import find_gaps
from lapwing_web.casework.actions.holding import policy_hash, said
from lapwing_web.casework.actions.joined_rows import moving, rows_of
from lapwing_web.casework.actions.joining_suspects import join_suspects
from lapwing_web.casework.actions.owning import names_of, own
from lapwing_web.casework.actions.reviews import start_review_clock
from lapwing_web.casework.models import Case, CaseJoin, Crime, Package, Referral, Transfer
from lapwing_web.casework.models.contact import questions_open
from lapwing_web.casework.models.explained import reports_of
from lapwing_web.clocks.actions import carry_over, settle, start
from lapwing_web.moment import now, today
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User

State = Case.State
BANDS = list(Referral.Band.values)  # the most serious first
# clocks that the case joined to has for itself; every other clock goes on there
OF_THE_CASE_ALONE = ("allocation", "contact_questions", "contact_expiry")


@audited
def open_case(package: Package, *, by: Actor) -> Case:
    """Open the case of an accepted dissemination, with its clocks: allocation, and contact with children."""
    case = Case.objects.create(
        organisation=package.to,
        band=package.risk_band,
        title=package.title,
        opened_at=now(),
        suspect_is_child=True if _said_to_be_a_child(package) else None,
    )
    _put(package, case)
    add_first_suspect(case)
    new = {"package": package.reference, "band": case.band, "organisation": case.organisation_id}
    record("open a case", case, by=by, new=new)
    begin_clocks(case, event="opened", by=by)
    return case


def _said_to_be_a_child(package: Package) -> bool:
    """Whether a report says that the suspect may be a child: between minors, or possibly self-produced."""
    reports = [told.report for told in reports_of(package.referral)]
    return any("minor_to_minor" in report.annotations for report in reports) or any(
        "possible_self_production" in file.annotations for report in reports for file in report.files
    )


def open_protection(package: Package, *, by: User) -> Case:
    """Open the case of an accepted safeguarding package: a home for what is done for its children.

    A child is written for each victim in it, and one where it names none. The time to protect them is
    counted from when it was sent. Call inside `@audited`.
    """
    case = Case.objects.create(
        organisation=package.to, band=package.risk_band, title=package.title, opened_at=now(), protection=True
    )
    _put(package, case)
    new = {"package": package.reference, "band": case.band, "organisation": case.organisation_id}
    record("open a case of protection", case, by=by, new=new)
    named = sum(len(told.report.in_role("victim")) for told in reports_of(package.referral))
    for _ in range(max(named, 1)):
        know_of_child(case, package.sent_at, by=by)
    begin_clocks(case, event="opened", by=by)
    return case


def _put(package: Package, case: Case | None) -> None:
    """Put a package, with what supplements it, into a case."""
    package.case = case
    Package.objects.filter(pk=package.pk).update(case=case)
    package.supplements.update(case=case)


def begin_clocks(case: Case, *, event: str, by: Actor) -> None:
    """The clocks of a case that has just become somebody's."""
    if case.owner_id is None:
        start(
            "allocation",
            about(case),
            event=event,
            organisation=case.organisation,
            by=by,
            band=case.band,
            title=f"Allocate {case.reference}",
        )
    start_questions_clock(case, event=event, by=by)


@audited
def open_missing_cases(*, by: Actor) -> int:
    """Open the case of every package accepted before cases were kept for its kind. Returns how many."""
    held = Package.objects.filter(
        kind=Package.Kind.DISSEMINATION, state=Package.State.ACCEPTED, case=None
    ).select_related("to")
    packages = list(held.defer("content").order_by("pk"))
    for package in packages:
        case = open_case(package, by=by)
        if package.outcome:
            move(
                case,
                State.CLOSED,
                by=by,
                action="close a case",
                why="Ended before cases were kept",
                closed_at=now(),
            )
            stop_case_clocks(case, event="closed", by=by)
            start_review_clock(case, event="closed", by=by)
    homeless = Package.objects.filter(kind=Package.Kind.SAFEGUARDING, state=Package.State.ACCEPTED, case=None)
    to_protect = list(homeless.select_related("to", "answered_by").defer("content").order_by("pk"))
    for package in to_protect:
        if package.answered_by:
            open_protection(package, by=package.answered_by)
    return len(packages) + len(to_protect)


@audited
def leave_case(package: Package, why: str, *, by: User) -> None:
    """Take a package out of its case, as it goes back to the agency. A case without any has ended."""
    case = package.case
    if case is None:
        return
    own(case, "answer a package", by)
    unprotected = case.children.filter(protected_at=None).count()
    last = not case.packages.filter(kind=Package.Kind.DISSEMINATION).exclude(pk=package.pk).exists()
    if last and unprotected:
        raise Refused(
            f"{case} has children for whom no protective step is recorded. A return would leave them to "
            "nobody: record what protects them first, or transfer the case to the force where they are."
        )
    if last and (left := left_by_arrests(case)):
        raise Refused(f"{case} cannot be returned yet. {' '.join(left)}")
    if last:
        move(case, State.RETURNED, by=by, action="return a case", why=why, closed_at=now())
        find_gaps(case)
        stop_case_clocks(case, event="returned", by=by)
        tell_case_ended(case, by=by)
        start_review_clock(case, event="returned", by=by)
    else:
        _put(package, None)
        record("let a package go", case, by=by, why=why, new={"package": package.reference})


def stop_case_clocks(case: Case, *, event: str, by: Actor) -> None:
    """Settle every clock of a case that has ended, and of what hangs on it."""
    settle(None, names_of(case), event=event, by=by)


@audited
def join_cases(case: Case, *, into: Case, why: str, by: User) -> Case:
    """Join a case about the same suspect into another of the force. All that hung on it hangs there now."""
    own(into, "work a case", by)
    own(case, "work a case", by)
    if case.pk == into.pk:
        raise Refused("Choose another case: one cannot be joined to itself.")
    if into.protection and not case.protection:
        raise Refused(f"{into} only protects children. Join it to {case} instead.")
    why = said(why, "Say why the two are about one suspect.")
    if Transfer.objects.filter(case__in=[case, into], state=Transfer.State.OFFERED).exists():
        raise Refused("One of the two is offered to another force. Withdraw the offer first.")
    join_answers(case, into, by=by)
    moved = rows_of(case, into)
    settle(OF_THE_CASE_ALONE, about(case), event=f"joined to {into.pk}", by=by)
    carry_over(about(case), about(into), by=by)
    _rehang(case, into)
    band = min(case.band, into.band, key=BANDS.index)
    if band != into.band:
        _band(into, band, f"Joined with {case.reference}", by=by)
    move(case, State.JOINED, by=by, action="join cases", why=why, joined_to=into, closed_at=now())
    CaseJoin.objects.create(case=case, into=into, at=now(), by=by, moved=moved)
    record("take a case in", into, by=by, why=why, new={"joined": case.reference})
    tell_case_ended(case, by=by)
    start_questions_clock(into, event=f"joined {case.pk}", by=by)
    find_gaps(into)
    return into


def _rehang(case: Case, into: Case) -> None:
    """Everything that points at `case` points at `into`. Answers stay where they were given."""
    rehang_children(case, into)
    join_suspects(case, into)
    into.crimes.add(*case.crimes.all())
    for _, model, column in moving():
        try:
            with transaction.atomic():
                model._default_manager.filter(**{column: case}).update(**{column: into})
        except IntegrityError as error:
            label = model._meta.verbose_name
            raise Refused(
                f"Both cases have a {label} of the same number. Renumber one of them first."
            ) from error


@audited
def set_band(case: Case, *, band: str, why: str, by: User) -> Case:
    """Change the band. It never drops while a question on contact with children is open."""
    own(case, "work a case", by)
    if band not in BANDS:
        raise Refused("Choose one of the bands.")
    if band == case.band:
        raise Refused(f"{case} is in that band already.")
    why = said(why, "Say why the band changes.")
    names = questions_open(case)
    if BANDS.index(band) > BANDS.index(case.band) and names:
        raise Refused(
            f"The band of {case} cannot drop while contact with children is not answered: "
            + ", ".join(name.lower() for name in names)
            + "."
        )
    _band(case, band, why, by=by)
    return case


def raise_band(case: Case, band: str, why: str, *, by: Actor) -> None:
    """Raise the band for what has been found, if it is not as high already. Call inside `@audited`."""
    if BANDS.index(band) < BANDS.index(case.band):
        _band(case, band, why, by=by)


def _band(case: Case, band: str, why: str, *, by: Actor) -> None:
    old = case.band
    case.band = band
    Case.objects.filter(pk=case.pk).update(band=band)
    record("change the band", case, by=by, why=why, old={"band": old}, new={"band": band})


@audited
def record_crime(case: Case, *, number: str, on: date, rule: str, by: User) -> Crime:
    """Record a crime of this case, or say that one recorded before is of it too. It is counted once."""
    own(case, "work a case", by)
    number = said(number, "Give the crime's number.").upper()
    if on > today():
        raise Refused("The day on which a crime was recorded cannot be in the future.")
    if rule not in load("crime_counting", settings.JURISDICTION).on(on).rules:
        raise Refused("Choose one of the counting rules.")
    crime, new = Crime.objects.get_or_create(
        organisation=case.organisation, number=number, defaults={"recorded_on": on, "rule": rule}
    )
    if case.crimes.filter(pk=crime.pk).exists():
        raise Refused(f"{crime} is recorded for {case} already.")
    if not new and (crime.recorded_on, crime.rule) != (on, rule):
        raise Refused(
            f"{crime} was recorded on {crime.recorded_on:%-d %B %Y} by another rule or for another day. "
            "Give the same day and rule, or check the number."
        )
    crime.cases.add(case)
    given: dict[str, Any] = {"number": number, "recorded_on": on, "rule": rule, "first": new}
    record("record a crime", case, by=by, new=given, policy=policy_hash("crime_counting"))
    return crime

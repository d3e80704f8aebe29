"""Charges, courts, disposals and outcomes: a breach never ends as complied with, and capacity is never
hidden.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from tests.cast import Cast
from tests.lapwing_web.casework.made import Made, referral_from, report
from tests.lapwing_web.casework.worked import answer_all, case_of

from lapwing.policy import PolicyGap
from lapwing_web.casework.actions import (
    arrests,
    cases,
    children,
    contact,
    decide,
    exhibits,
    outcome,
    package,
    prosecution,
    reviews,
    warrants,
)
from lapwing_web.casework.models import Allocation, Case, Charge, Disposal, Sentence, Suspect
from lapwing_web.casework.models.court import length_band
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import UK, at, now, today
from lapwing_web.refusal import Forbidden, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def suspect(cast: Cast, made: Made) -> Suspect:
    sent = package.disseminate(made(1), to=cast.force_a, reason="best_evidence", by=cast.intelligence)
    package.accept(sent, by=cast.officer_a)
    case = answer_all(sent, cast.officer_a)
    Charge.objects.all().delete()
    return case.suspects.get()


def end(suspect: Suspect, cast: Cast, code: str, reason: str = "", by: str = "officer_a") -> None:
    sent = suspect.case.packages.get()
    outcome.record_outcome(sent, code=code, on=today(), reason=reason, text="x", by=getattr(cast, by))


def test_no_charge_outcome_without_a_charge(cast: Cast, suspect: Suspect) -> None:
    with pytest.raises(Refused, match="once a charge or summons is recorded"):
        end(suspect, cast, "1")
    prosecution.charge(suspect, offence="An example", on=today(), by=cast.officer_a)
    end(suspect, cast, "1")


def test_a_breach_goes_back_for_prosecution_and_never_ends_as_complied_with(
    cast: Cast, suspect: Suspect
) -> None:
    prosecution.set_path(suspect.case, child=False, why="Records", by=cast.officer_a)
    given = prosecution.dispose(
        suspect, kind="caution", on=today(), text="The panel", by=cast.officer_a,
        conditions=[("Attend", today() + timedelta(days=30)), ("Write", today() + timedelta(days=40))],
    )  # fmt: skip
    assert Clock.objects.filter(kind="condition", state="running").count() == 2
    with pytest.raises(Refused, match="Conditions of a disposal still run"):
        end(suspect, cast, "3")
    first, second = given.conditions.order_by("due_on")
    prosecution.end_condition(first, met=True, by=cast.officer_a)
    with pytest.raises(Refused, match="Say how it was breached"):
        prosecution.end_condition(second, met=False, by=cast.officer_a)
    prosecution.end_condition(second, met=False, why="Did not come", by=cast.officer_a)
    given.refresh_from_db()
    assert given.state == "breached"
    assert given.MOVES[given.state] == {"prosecuted"}  # type: ignore[index]
    for code, reason in (("3", ""), ("22", "no_offence"), ("18", "no_suspect_traceable")):
        with pytest.raises(Refused, match="goes back for prosecution"):
            end(suspect, cast, code, reason)
    prosecution.charge(suspect, offence="An example", on=today(), by=cast.officer_a)
    given.refresh_from_db()
    assert given.state == "prosecuted"
    end(suspect, cast, "1")


def test_a_disposal_whose_conditions_are_met_is_complied_with(cast: Cast, suspect: Suspect) -> None:
    given = prosecution.dispose(
        suspect, kind="diversion", on=today(), text="x", conditions=[("Attend", today())], by=cast.officer_a
    )
    prosecution.end_condition(given.conditions.get(), met=True, by=cast.officer_a)
    assert Disposal.objects.get().state == "complied"
    end(suspect, cast, "22", "public_protection")


def test_lack_of_capacity_is_never_hidden_in_another_reason(cast: Cast, suspect: Suspect) -> None:
    Allocation.objects.all().delete()
    with pytest.raises(Refused, match="never allocated to anybody"):
        end(suspect, cast, "18", "no_suspect_traceable")
    end(suspect, cast, "18", "not_allocated_in_time")


def test_outcomes_made_for_children_are_for_children_and_by_a_supervisor(
    cast: Cast, suspect: Suspect
) -> None:
    with pytest.raises(Refused, match="for a suspect who is a child"):
        end(suspect, cast, "21", "suspect_is_child", "supervisor_a")
    prosecution.set_path(suspect.case, child=True, why="Records", by=cast.officer_a)
    with pytest.raises(Refused, match="given by a supervisor"):
        end(suspect, cast, "21", "suspect_is_child")
    end(suspect, cast, "21", "suspect_is_child", "supervisor_a")


def test_a_report_between_minors_opens_a_case_on_the_path_of_a_child(cast: Cast) -> None:
    told = report(7, annotations=["minor_to_minor"])
    referral = referral_from(told, cast.intake)
    sent = package.disseminate(referral, to=cast.force_a, reason="best_evidence", by=cast.intelligence)
    package.accept(sent, by=cast.officer_a)
    case = case_of(sent)
    assert (case.suspect_is_child, case.suspects.get().is_child) == (True, True)
    assert Case.objects.filter(suspect_is_child=None).count() == 0


def test_a_day_in_court_has_a_clock_and_a_sentence_follows_a_conviction(cast: Cast, suspect: Suspect) -> None:
    charged = prosecution.charge(suspect, offence="An example", on=today(), by=cast.officer_a)
    day = prosecution.set_court_date(
        charged, on=today() + timedelta(days=9), court="Preston", by=cast.officer_a
    )
    given = {"sentence": "custody", "months": 30, "by": cast.officer_a}
    with pytest.raises(Refused, match="still to come"):
        prosecution.record_court(day, result="convicted", **given)  # type: ignore[arg-type]
    with at(now() + timedelta(days=10)):
        with pytest.raises(Refused, match="follows a conviction"):
            prosecution.record_court(day, result="acquitted", **given)  # type: ignore[arg-type]
        with pytest.raises(Refused, match="length in months"):
            prosecution.record_court(day, result="convicted", sentence="custody", by=cast.officer_a)
        prosecution.record_court(day, result="convicted", **given)  # type: ignore[arg-type]
    assert Sentence.objects.get().months == 30
    assert Clock.objects.get(kind="court").state == "settled"
    assert [length_band(months) for months in (None, 12, 13, 48, 49)] == [
        "", "Up to 12 months", *["Over 12 months and up to 4 years"] * 2, "Over 4 years"
    ]  # fmt: skip


def test_another_force_charges_nobody(cast: Cast, suspect: Suspect) -> None:
    for person in (cast.officer_b, cast.supervisor, cast.auditor_a):
        with pytest.raises(Forbidden):
            prosecution.charge(suspect, offence="x", on=today(), by=person)


def test_what_is_done_about_a_suspect_is_not_before_birth_or_arrest(cast: Cast, suspect: Suspect) -> None:
    by, day = cast.officer_a, today() - timedelta(days=2)
    reviews.find_out(suspect.case, reviews.FoundOut(born={1: date(1990, 5, 4)}), source="x", by=by)
    early = datetime(1990, 5, 3, 12, tzinfo=UK)
    with pytest.raises(Refused, match="the birth was on 4 May 1990"):
        arrests.restrict(suspect, kind="prevention_order", begins_at=early, by=by)
    arrests.arrest(suspect, at=now() - timedelta(days=1), position_of_trust="no", by=by)
    for attempt in (
        lambda: prosecution.charge(suspect, offence="An example", on=day, by=by),
        lambda: prosecution.dispose(suspect, kind="caution", on=day, text="The panel", by=by),
    ):
        with pytest.raises(Refused, match="the arrest was on"):
            attempt()
    with pytest.raises(Refused, match="The arrest cannot be on"):
        reviews.find_out(suspect.case, reviews.FoundOut(born={1: today()}), source="x", by=by)
    prosecution.charge(suspect, offence="An example", on=day + timedelta(days=1), by=by)
    prosecution.charge(suspect, offence="Another", on=day, by_post=True, by=by)  # it follows no arrest


LONG_AGO = datetime(1950, 1, 1, 12, tzinfo=UK)
DAY = LONG_AGO.date()
Attempt = Callable[[Suspect, Cast], object]
TOO_EARLY: dict[str, Attempt] = {
    "charge": lambda s, c: prosecution.charge(s, offence="x", on=DAY, by=c.officer_a),
    "disposal": lambda s, c: prosecution.dispose(s, kind="caution", on=DAY, text="x", by=c.officer_a),
    "arrest": lambda s, c: arrests.arrest(s, at=LONG_AGO, position_of_trust="no", by=c.officer_a),
    "crime": lambda s, c: cases.record_crime(
        s.case, number="1", on=DAY, rule="per_suspect", by=c.officer_a
    ),
    "exhibit": lambda s, c: exhibits.seize(
        s.case, number="AB/1", kind="phone", description="x", at=LONG_AGO, place="x", by=c.officer_a
    ),
    "child": lambda s, c: children.add_child(s.case, known_at=LONG_AGO, by=c.officer_a),
    "answer": lambda s, c: contact.answer_questions(
        s.case, [contact.Answered("work", "no", "x", DAY)], by=c.officer_a
    ),
    "warrant": lambda s, c: warrants.answer_warrant(
        warrants.apply_for_warrant(s, grounds="x", by=c.officer_a), granted=False, on=DAY, by=c.officer_a
    ),
    "outcome": lambda s, c: outcome.record_outcome(
        s.case.packages.get(), code="18", on=DAY, reason="other", text="x", by=c.officer_a
    ),
    "KIRAT": lambda s, c: decide.record_kirat(
        s.case.packages.get().referral, level="high", version="1", assessor="x", on=DAY, complete=True,
        by=c.intelligence,
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TOO_EARLY)
def test_nothing_is_dated_before_any_policy(what: str, cast: Cast, suspect: Suspect) -> None:
    with pytest.raises(PolicyGap):
        TOO_EARLY[what](suspect, cast)


def test_no_step_for_a_child_is_before_anybody_knew_of_the_child(cast: Cast, suspect: Suspect) -> None:
    child = children.add_child(suspect.case, by=cast.officer_a)
    given = {"kind": "strategy_discussion", "result": "enquiry", "by": cast.officer_a}
    with pytest.raises(Refused, match="The step cannot be on"):
        children.record_step(child, done_at=now() - timedelta(days=1), **given)  # type: ignore[arg-type]
    children.record_step(child, **given)  # type: ignore[arg-type]

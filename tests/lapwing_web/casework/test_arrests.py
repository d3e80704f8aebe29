"""Arrest, release, bail and the gaps in between: none unflagged, none silent, each answered for by a
superior.
"""

from datetime import date, datetime, timedelta

import pytest
from tests.cast import Cast
from tests.lapwing_web.casework.made import Made
from tests.lapwing_web.casework.worked import answer_all, case_of

from lapwing_web.casework.actions import (
    arrests,
    bail,
    bail_court,
    cases,
    children,
    contact,
    gaps,
    outcome,
    package,
    warrants,
)
from lapwing_web.casework.models import Allocation, Case, Duty, Gap, SafetyPlan, Suspect
from lapwing_web.casework.models.contact import version
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import UK, at, now, today
from lapwing_web.refusal import Forbidden, Refused

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UK)


def opened(cast: Cast, made: Made, number: int = 1) -> Case:
    sent = package.disseminate(made(number), to=cast.force_a, reason="best_evidence", by=cast.intelligence)
    package.accept(sent, by=cast.officer_a)
    return case_of(sent)


@pytest.fixture
def suspect(cast: Cast, made: Made) -> Suspect:
    with at(NOON - timedelta(days=1)):
        case = opened(cast, made)
    return case.suspects.get()


def taken(suspect: Suspect, cast: Cast, trust: str = "no"):  # type: ignore[no-untyped-def]
    return arrests.arrest(suspect, at=now(), position_of_trust=trust, by=cast.officer_a)


def held(suspect: Suspect) -> list[tuple[str, datetime, datetime | None]]:
    return list(
        suspect.gaps.exclude(state="closed")
        .order_by("begins_at")
        .values_list("state", "begins_at", "ends_at")
    )


def test_nobody_is_released_before_the_questions_are_answered_but_by_a_superior(
    cast: Cast, suspect: Suspect
) -> None:
    with at(NOON):
        arrest = taken(suspect, cast)
        child = children.add_child(suspect.case, contact="household", by=cast.officer_a)
        bailed = {
            "kind": "bail",
            "at": now(),
            "returns_on": date(2026, 5, 1),
            "rank": "custody_officer",
            "conditions": "No contact",
        }
        with pytest.raises(Refused, match="ask a supervisor"):
            arrests.release(arrest, **bailed, by=cast.officer_a)
        with pytest.raises(Refused, match="Say why"):
            arrests.release(arrest, **bailed, by=cast.supervisor_a)
        with pytest.raises(Refused, match="Write a plan for child 1"):
            arrests.release(arrest, **bailed, reason="Time is up", by=cast.supervisor_a)
        assert not SafetyPlan.objects.exists()
        arrests.release(
            arrest, **bailed, reason="Time is up", plans={child.pk: "Stays with family"}, by=cast.supervisor_a
        )
        assert SafetyPlan.objects.get().child == child


def test_the_gap_after_bail_is_known_on_the_day_bail_is_given(cast: Cast, suspect: Suspect) -> None:
    with at(NOON):
        arrest = taken(suspect, cast)
        answer_all(suspect.case, cast.officer_a, "yes")
        arrests.release(
            arrest, kind="bail", at=now(), returns_on=date(2026, 5, 1), rank="custody_officer",
            conditions="No contact with children", by=cast.officer_a,
        )  # fmt: skip
        ends = datetime(2026, 5, 2, tzinfo=UK)
        assert held(suspect) == [("open", ends, None)]
        clock = Clock.objects.get(kind="gap")
        assert (clock.due_at, clock.escalated_to, clock.state) == (ends, "supervisor", "running")
        arrests.restrict(suspect, kind="interim_order", begins_at=ends + timedelta(days=3), by=cast.officer_a)
        assert held(suspect) == [("open", ends, ends + timedelta(days=3))]
        arrests.restrict(
            suspect, kind="risk_order", begins_at=ends, ends_at=ends + timedelta(days=3), by=cast.officer_a
        )
        assert held(suspect) == []
        assert Clock.objects.get(kind="gap").state == "settled"


def test_release_under_investigation_is_a_gap_at_once_and_blocks_the_end(
    cast: Cast, suspect: Suspect
) -> None:
    with at(NOON):
        arrest = taken(suspect, cast)
        answer_all(suspect.case, cast.officer_a, "yes")
        arrests.release(arrest, kind="investigation", at=now(), by=cast.officer_a)
        assert held(suspect) == [("open", NOON, None)]
        arrests.record_duty(Duty.objects.get(kind="rehabilitation"), result="declined", by=cast.officer_a)
    with at(NOON + timedelta(hours=1)):
        sent = suspect.case.packages.get()
        with pytest.raises(Refused, match="Nobody has signed"):
            outcome.record_outcome(sent, code="1", on=today(), by=cast.officer_a)
        gap = Gap.objects.get()
        with pytest.raises(Forbidden):
            gaps.sign_gap(gap, reason="x", plans={0: "x"}, by=cast.officer_a)
        with pytest.raises(Refused, match="Write a plan for any child"):
            gaps.sign_gap(gap, reason="No grounds for bail", plans={}, by=cast.supervisor_a)
        gaps.sign_gap(gap, reason="No grounds for bail", plans={0: "Visited weekly"}, by=cast.supervisor_a)
        outcome.record_outcome(sent, code="1", on=today(), by=cast.officer_a)
        assert held(suspect) == [("signed", NOON, now())]


def test_a_gap_that_grows_beyond_what_was_signed_for_is_open_again(cast: Cast, suspect: Suspect) -> None:
    with at(NOON):
        arrest = taken(suspect, cast)
        answer_all(suspect.case, cast.officer_a, "yes")
        arrests.release(arrest, kind="investigation", at=now(), by=cast.officer_a)
        order = arrests.restrict(
            suspect, kind="risk_order", begins_at=NOON + timedelta(days=5), by=cast.officer_a
        )
        gaps.sign_gap(Gap.objects.get(), reason="x", plans={0: "x"}, by=cast.supervisor_a)
        assert held(suspect) == [("signed", NOON, NOON + timedelta(days=5))]
    with at(NOON + timedelta(days=6)):
        arrests.end_restriction(order, at=now(), why="Discharged on appeal", by=cast.officer_a)
        first, second = held(suspect)
        assert (first[0], second[0], second[1]) == ("signed", "open", NOON + timedelta(days=6))


def test_answers_of_no_leave_no_gap_until_they_expire(cast: Cast, suspect: Suspect) -> None:
    with at(NOON):
        arrest = taken(suspect, cast)
        answer_all(suspect.case, cast.officer_a, "no")
        arrests.release(arrest, kind="investigation", at=now(), by=cast.officer_a)
        expiry = datetime(2026, 3, 31, tzinfo=UK)  # 28 days from 2 March, and the end of that day
        assert held(suspect) == [("open", expiry, None)]
        contact.answer_contact(suspect.case, question="work", answer="unknown", source="x", by=cast.officer_a)
        assert held(suspect) == [("open", NOON, None)]


def test_bail_is_extended_by_the_rank_that_the_law_asks_for(cast: Cast, suspect: Suspect) -> None:
    with at(NOON):
        arrest = taken(suspect, cast)
        answer_all(suspect.case, cast.officer_a)
        given = {"kind": "bail", "at": now(), "conditions": "x", "by": cast.officer_a}
        with pytest.raises(Refused, match="authorised by an inspector"):
            arrests.release(arrest, **given, returns_on=date(2026, 6, 3), rank="custody_officer")
        arrests.release(arrest, **given, returns_on=date(2026, 6, 2), rank="custody_officer")
        with pytest.raises(Refused, match="authorised by a superintendent"):
            bail.extend_bail(arrest, returns_on=date(2026, 9, 3), rank="inspector", by=cast.officer_a)
        bail.extend_bail(arrest, returns_on=date(2026, 9, 2), rank="inspector", by=cast.officer_a)
        with pytest.raises(Refused, match="Only a court"):
            bail.extend_bail(arrest, returns_on=date(2026, 12, 3), rank="superintendent", by=cast.officer_a)
        bail.extend_bail(arrest, returns_on=date(2026, 12, 3), rank="court", by=cast.officer_a)
        assert Clock.objects.filter(kind="bail").exclude(state="settled").count() == 1


def test_bail_stands_still_while_the_file_is_with_the_prosecutor(cast: Cast, suspect: Suspect) -> None:
    with at(NOON):
        arrest = taken(suspect, cast)
        answer_all(suspect.case, cast.officer_a, "yes")
        arrests.release(
            arrest, kind="bail", at=now(), returns_on=date(2026, 6, 2), conditions="x",
            rank="custody_officer", by=cast.officer_a,
        )  # fmt: skip
    with at(NOON + timedelta(days=40)):
        bail.send_to_prosecutor(arrest, on=today(), by=cast.officer_a)
        assert held(suspect) == []
        assert not Clock.objects.filter(kind="bail").exclude(state="settled")
        with pytest.raises(Refused, match="already"):
            bail.send_to_prosecutor(arrest, on=today(), by=cast.officer_a)
    with at(NOON + timedelta(days=140)):  # longer than bail was given for
        bail.back_from_prosecutor(arrest, on=today(), by=cast.officer_a)
        assert held(suspect) == [("open", datetime(2026, 9, 11, tzinfo=UK), None)]


def _on_bail(cast: Cast, suspect: Suspect, until: date, rank: str):  # type: ignore[no-untyped-def]
    arrest = taken(suspect, cast)
    answer_all(suspect.case, cast.officer_a, "yes")
    arrests.release(
        arrest, kind="bail", at=now(), returns_on=until, conditions="x", rank=rank, by=cast.officer_a
    )
    return arrest


def test_an_exceptionally_complex_case_has_one_stage_more(cast: Cast, suspect: Suspect) -> None:
    with at(NOON):
        arrest = _on_bail(cast, suspect, date(2026, 9, 2), "inspector")
        with pytest.raises(Refused, match="until then a superintendent"):
            bail_court.designate(arrest, on=today(), by=cast.officer_a)
        bail.extend_bail(arrest, returns_on=date(2026, 12, 2), rank="superintendent", by=cast.officer_a)
        until = {"returns_on": date(2027, 3, 2), "by": cast.officer_a}
        with pytest.raises(Refused, match="Only a court"):
            bail.extend_bail(arrest, rank="assistant_chief_constable", **until)
        bail_court.designate(arrest, on=today(), by=cast.officer_a)
        with pytest.raises(Refused, match="authorised by an assistant chief constable"):
            bail.extend_bail(arrest, rank="superintendent", **until)
        bail.extend_bail(arrest, rank="assistant_chief_constable", **until)
        with pytest.raises(Refused, match="already"):
            bail_court.designate(arrest, on=today(), by=cast.officer_a)


def test_bail_goes_on_until_the_court_that_was_asked_in_time_answers(cast: Cast, suspect: Suspect) -> None:
    with at(NOON):
        arrest = _on_bail(cast, suspect, date(2026, 6, 2), "custody_officer")
        with pytest.raises(Refused, match="has not reached its last stage"):
            bail_court.apply_to_court(arrest, by=cast.officer_a)
        bail.extend_bail(arrest, returns_on=date(2026, 12, 2), rank="superintendent", by=cast.officer_a)
        assert [state for state, _, _ in held(suspect)] == ["open"]  # from the end of bail
        bail_court.apply_to_court(arrest, by=cast.officer_a)
        assert held(suspect) == []
        assert [one.kind for one in Clock.objects.filter(kind__startswith="bail", state="running")] == [
            "bail_application"
        ]
        for refused in (bail.extend_bail, lambda *a, **k: bail_court.apply_to_court(arrest, by=k["by"])):
            with pytest.raises(Refused, match="A court has been asked"):
                refused(arrest, returns_on=date(2027, 1, 2), rank="court", by=cast.officer_a)
    with at(NOON + timedelta(days=290)):  # bail would have ended 15 days ago
        bail_court.record_answer(arrest, returns_on=date(2027, 3, 2), by=cast.officer_a)
        assert held(suspect) == [("open", datetime(2027, 3, 3, tzinfo=UK), None)]
        with pytest.raises(Refused, match="recorded already"):
            bail_court.record_answer(arrest, returns_on=None, by=cast.officer_a)


def test_bail_that_the_court_refuses_to_lengthen_is_a_gap_at_once(cast: Cast, suspect: Suspect) -> None:
    with at(NOON):
        arrest = _on_bail(cast, suspect, date(2026, 12, 2), "superintendent")
        bail_court.apply_to_court(arrest, by=cast.officer_a)
        bail_court.record_answer(arrest, returns_on=None, by=cast.officer_a)
        assert held(suspect) == [("open", NOON, None)]
        assert not Clock.objects.filter(kind__startswith="bail").exclude(state="settled")


def test_nobody_waits_for_the_court_where_bail_ends_otherwise(cast: Cast, suspect: Suspect) -> None:
    with at(NOON):
        arrest = _on_bail(cast, suspect, date(2026, 12, 2), "superintendent")
        asked = bail_court.apply_to_court(arrest, by=cast.officer_a)
        given = arrest.restrictions.get(kind="bail")
    with at(NOON + timedelta(days=1)):
        arrests.end_restriction(given, at=now(), why="Charged.", by=cast.officer_a)
        asked.refresh_from_db()
        assert asked.answer == "withdrawn"
        assert not Clock.objects.filter(kind__startswith="bail").exclude(state="settled")


def test_a_position_of_trust_brings_its_duties(cast: Cast, suspect: Suspect) -> None:
    with at(NOON):
        taken(suspect, cast, "unknown")
        assert set(Duty.objects.values_list("kind", flat=True)) == {"rehabilitation", "trust"}
        arrests.record_duty(Duty.objects.get(kind="trust"), result="yes", by=cast.officer_a)
        assert set(Duty.objects.filter(result="").values_list("kind", flat=True)) == {
            "rehabilitation",
            "barring",
            "employer",
        }
        with pytest.raises(Refused, match="needs a few words"):
            arrests.record_duty(Duty.objects.get(kind="barring"), result="not_needed", by=cast.officer_a)
        assert Clock.objects.filter(kind="duty").exclude(state="settled").count() == 3


def test_a_warrant_runs_three_months_and_no_longer(cast: Cast, suspect: Suspect) -> None:
    with at(NOON):
        warrant = warrants.apply_for_warrant(
            suspect, grounds="The address, checked by two.", by=cast.officer_a
        )
        warrants.answer_warrant(warrant, granted=True, on=date(2026, 2, 28), by=cast.officer_a)
        assert warrant.expires_on == date(2026, 5, 28)
        with pytest.raises(Refused, match="has not expired"):
            warrants.end_warrant(warrant, how="expired", on=today(), by=cast.officer_a)
    with at(datetime(2026, 6, 1, 9, tzinfo=UK)):
        with pytest.raises(Refused, match="could be executed"):
            warrants.end_warrant(warrant, how="executed", on=today(), by=cast.officer_a)
        warrants.end_warrant(warrant, how="expired", on=today(), by=cast.officer_a)
        assert Clock.objects.get(kind="warrant").state == "settled"


def test_joined_cases_have_one_suspect_and_one_set_of_gaps(cast: Cast, made: Made, suspect: Suspect) -> None:
    with at(NOON):
        other = opened(cast, made, 2)
        arrest = taken(other.suspects.get(), cast)
        answer_all(other, cast.officer_a, "yes")
        arrests.release(arrest, kind="investigation", at=now(), by=cast.officer_a)
        case = cases.join_cases(other, into=suspect.case, why="one account", by=cast.officer_a)
        assert case.suspects.count() == 1
        assert held(suspect) == [("open", NOON, None)]
        assert Clock.objects.filter(kind="gap").exclude(state="settled").count() == 1


def test_another_force_arrests_nobody_of_this_one(cast: Cast, suspect: Suspect) -> None:
    for person in (cast.officer_b, cast.supervisor, cast.auditor_a):
        with pytest.raises(Forbidden):
            arrests.arrest(suspect, at=now(), position_of_trust="no", by=person)


def test_a_join_never_makes_a_time_safe_that_was_not(cast: Cast, made: Made, suspect: Suspect) -> None:
    with at(NOON):
        answer_all(suspect.case, cast.officer_a, "no")
        other = opened(cast, made, 2)
        arrest = taken(other.suspects.get(), cast)
        answer_all(other, cast.officer_a, "yes")
        arrests.release(arrest, kind="investigation", at=now(), by=cast.officer_a)
    with at(NOON + timedelta(days=2)):
        cases.join_cases(other, into=suspect.case, why="one account", by=cast.officer_a)
        answer_all(suspect.case, cast.officer_a, "no")
        assert ("open", NOON, now()) in held(suspect)
        gone = [f"gap:{one.pk}" for one in Gap.objects.filter(state="closed")]
        assert not Clock.objects.filter(kind="gap", about__in=gone).exclude(state="settled")


def test_a_case_is_not_returned_while_an_arrest_has_left_something_undone(
    cast: Cast, suspect: Suspect
) -> None:
    with at(NOON):
        taken(suspect, cast)
        with pytest.raises(Refused, match="in custody"):
            package.return_(suspect.case.packages.get(), reason="already_known", text="x", by=cast.officer_a)


def test_a_case_that_is_reopened_takes_up_bail_that_runs(cast: Cast, suspect: Suspect) -> None:
    with at(NOON):
        arrest = taken(suspect, cast)
        answer_all(suspect.case, cast.officer_a, "no")
        arrests.release(
            arrest, kind="bail", at=now(), returns_on=date(2026, 6, 2), conditions="x",
            rank="custody_officer", by=cast.officer_a,
        )  # fmt: skip
        arrests.record_duty(Duty.objects.get(kind="rehabilitation"), result="declined", by=cast.officer_a)
        sent = suspect.case.packages.get()
        outcome.record_outcome(sent, code="1", on=today(), by=cast.officer_a)
        assert not Clock.objects.filter(kind="bail").exclude(state="settled")
        sent.refresh_from_db()
        outcome.reopen_outcome(sent, why="New evidence", by=cast.officer_a)
        assert Clock.objects.filter(kind="bail").exclude(state="settled").count() == 1


def test_bail_without_a_charge_ends_before_the_case_and_its_gap_is_signed_for(
    cast: Cast, suspect: Suspect
) -> None:
    by, sent = cast.officer_a, suspect.case.packages.get()

    def end() -> None:
        outcome.record_outcome(sent, code="16", on=today(), reason="device_not_examined", text="x", by=by)

    with at(NOON):
        case = suspect.case
        Allocation.objects.create(case=case, to=by, by=by, at=now(), band=case.band, policy="")
        arrest = taken(suspect, cast)
        answers = [contact.Answered(one, "no", "A check", today()) for one in version().questions]
        contact.answer_questions(suspect.case, answers, by=by)
        given = {"returns_on": date(2026, 5, 1), "rank": "custody_officer", "conditions": "x"}
        arrests.release(arrest, kind="bail", at=now(), by=by, **given)  # type: ignore[arg-type]
        arrests.record_duty(Duty.objects.get(kind="rehabilitation"), result="declined", by=by)
        contact.answer_contact(suspect.case, question="area", answer="yes", source="x", by=by)
    with at(NOON + timedelta(hours=1)):
        with pytest.raises(Refused, match="Suspect 1 is on police bail, and is not charged"):
            end()
        arrests.end_restriction(suspect.restrictions.get(kind="bail"), at=now(), why="Notice served", by=by)
        with pytest.raises(Refused, match="Nobody has signed"):
            end()
        gap = suspect.gaps.get(state="open", begins_at__lte=now())
        gaps.sign_gap(gap, reason="No case", plans={0: "Visits"}, by=cast.supervisor_a)
        end()
        suspect.case.refresh_from_db()
        assert suspect.case.state == "closed"


def test_of_two_gaps_from_one_instant_a_join_keeps_one_with_its_clock(
    cast: Cast, made: Made, suspect: Suspect
) -> None:
    with at(NOON):
        other = opened(cast, made, 2)
        for one in (suspect, other.suspects.get()):
            held_ = taken(one, cast)
            answer_all(one.case, cast.officer_a, "yes")
            arrests.release(held_, kind="investigation", at=now(), by=cast.officer_a)
        assert Clock.objects.filter(kind="gap").exclude(state="settled").count() == 2
        cases.join_cases(other, into=suspect.case, why="one account", by=cast.officer_a)
        assert held(suspect) == [("open", NOON, None)]
        assert Clock.objects.filter(kind="gap").exclude(state="settled").count() == 1
        assert Gap.objects.count() == 2

"""Two officers act on one case at the same moment: one wins, the other is told, and nothing is half done."""

import copy
import io
import os
import random
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from tests.cast import Cast
from tests.lapwing_web.casework import force_moves, test_case_walk, test_suspect_walk
from tests.lapwing_web.casework.made import referral_from, report
from tests.lapwing_web.casework.test_at_once import at_once, chain_is_whole, shared
from tests.lapwing_web.casework.test_case_walk import World
from tests.lapwing_web.casework.test_force_walk import holds
from tests.lapwing_web.casework.test_grading import graded
from tests.lapwing_web.casework.test_scan_results import Scanned, attach, scanned
from tests.lapwing_web.casework.worked import answer_all, case_of

from lapwing.rules.continuity import faults
from lapwing_web.audit.actions import recorded
from lapwing_web.casework.actions import (
    agree,
    allocate,
    arrests,
    cases,
    children,
    contact,
    disposing,
    exhibits,
    gaps,
    grading,
    legal_hold,
    outcome,
    package,
    transfer,
)
from lapwing_web.casework.models import Approval, Case, Crime, Exhibit, Gap, Grading, RecordDisposal, Transfer
from lapwing_web.casework.queries.exhibits import chain_of
from lapwing_web.moment import now, today
from lapwing_web.refusal import Refused
from lapwing_web.staff.actions import Viewed, count_views, record_training
from lapwing_web.staff.models import Exposure
from lapwing_web.staff.models.viewing import budget, left_of

__all__ = ["scanned", "shared"]
TIMES = int(os.environ.get("LAPWING_WALK", "1"))
Act = Callable[[Any, Any], Any]


def opened(shared: Cast, number: int = 1, answer: str = "no") -> Case:
    """A case of force A, every question answered."""
    referral = referral_from(report(number), shared.intake)
    sent = package.disseminate(referral, to=shared.force_a, reason="best_evidence", by=shared.intelligence)
    package.accept(sent, by=shared.officer_a)
    return answer_all(case_of(sent), shared.officer_a, answer)


def race(subject: Any, one: Act, other: Act, first: Any, second: Any) -> list[str]:
    """Two acts on a record as two people saw it: one is done, and the other person is told."""
    seen = [type(subject).objects.select_related().get(pk=subject.pk) for _ in range(2)]
    told = at_once(lambda: one(seen[0], first), lambda: other(seen[1], second))
    assert sorted(map(bool, told)) == [False, True], told
    assert chain_is_whole()
    holds(Case.objects.select_related("owner"))
    return told


def _end(case: Case, by: Any) -> None:
    outcome.record_outcome(case.packages.get(), code="1", on=today(), by=by)


PAIRS: list[tuple[str, Act, Act]] = [
    (
        "an end and a question that is open again", _end,
        lambda case, by: contact.answer_contact(case, question="work", answer="unknown", source="x", by=by),
    ),
    ("an end and a child", _end, lambda case, by: children.add_child(case, contact="work", by=by)),
    ("an end and an offer", _end, lambda case, by: _offer(case, by)),
    ("an end and an end", _end, _end),
    ("an offer and an offer", lambda case, by: _offer(case, by), lambda case, by: _offer(case, by)),
    (
        "an end and an arrest", _end,
        lambda case, by: arrests.arrest(case.suspects.get(), at=now(), position_of_trust="no", by=by),
    ),
    (
        "one exhibit number twice", lambda case, by: _seize(case, by), lambda case, by: _seize(case, by),
    ),
    (
        "one crime twice",
        lambda case, by: cases.record_crime(case, number="X/1", on=today(), rule="per_suspect", by=by),
        lambda case, by: cases.record_crime(case, number="x/1", on=today(), rule="per_suspect", by=by),
    ),
    (
        "a hold and a hold", lambda case, by: legal_hold.place_hold(case, why="x", by=by),
        lambda case, by: legal_hold.place_hold(case, why="x", by=by),
    ),
]  # fmt: skip


def _offer(case: Case, by: Any) -> Transfer:
    return transfer.offer(case, to=type(case.organisation).objects.get(pk="E23000010"), why="x", by=by)


def _seize(case: Case, by: Any) -> Exhibit:
    return exhibits.seize(case, number="A1", kind="phone", description="x", at=now(), place="x", by=by)


@pytest.mark.parametrize(("what", "one", "other"), PAIRS, ids=[pair[0] for pair in PAIRS])
def test_of_two_on_a_case_one_wins_and_the_other_is_told(
    what: str, one: Act, other: Act, shared: Cast
) -> None:
    race(opened(shared), one, other, shared.supervisor_a, shared.supervisor_a)
    assert Crime.objects.count() <= 1


def test_of_two_joins_of_two_cases_into_each_other_one_is_done(shared: Cast) -> None:
    one, other = opened(shared), opened(shared, 2)
    told = at_once(
        lambda: cases.join_cases(one, into=Case.objects.get(pk=other.pk), why="x", by=shared.officer_a),
        lambda: cases.join_cases(other, into=Case.objects.get(pk=one.pk), why="x", by=shared.supervisor_a),
    )
    assert sorted(map(bool, told)) == [False, True], told
    assert sorted(Case.objects.values_list("state", flat=True)) == ["joined", "open"]


@pytest.mark.parametrize("other", ["withdraw", "refuse", "accept"])
def test_an_offer_is_answered_once(other: str, shared: Cast) -> None:
    made = _offer(opened(shared), shared.supervisor_a)
    acts: dict[str, Act] = {
        "withdraw": lambda one, by: transfer.withdraw_offer(one, by=shared.supervisor_a),
        "refuse": lambda one, by: transfer.refuse_offer(one, why="x", by=by),
        "accept": lambda one, by: transfer.accept_offer(one, by=by),
    }
    race(made, acts["accept"], acts[other], shared.supervisor_b, shared.supervisor_b)
    made.refresh_from_db()
    assert Case.objects.get().organisation_id == (made.to_id if made.state == "accepted" else made.sender_id)


def test_of_two_supervisors_who_allocate_one_is_told(shared: Cast) -> None:
    case = opened(shared)
    for person in (shared.officer_a, shared.supervisor_a):
        for course in ("specialist", "ocsa", "investigator"):
            try:
                record_training(person, course=course, passed_on=today(), by=shared.supervisor_a)
            except Refused:
                continue
    give = lambda to: lambda one, by: allocate.allocate(one, to=to, override=True, why="x", by=by)  # noqa: E731
    told = race(
        case, give(shared.officer_a), give(shared.supervisor_a), shared.supervisor_a, shared.supervisor_a
    )
    assert "Somebody else has just allocated" in "".join(told)


def test_a_disposal_and_a_hold_never_both_stand(shared: Cast) -> None:
    case = opened(shared)
    Case.objects.filter(pk=case.pk).update(state="closed", closed_at=now() - timedelta(days=40_000))
    case.packages.update(outcome="1", outcome_on=today() - timedelta(days=40_000))
    made = RecordDisposal.objects.create(
        case=case, why="x", group="1", proposed_at=now(), proposed_by=shared.officer_a
    )
    told = at_once(
        lambda: disposing.dispose_of_record(made, by=shared.supervisor_a),
        lambda: legal_hold.place_hold(Case.objects.get(pk=case.pk), why="x", by=shared.supervisor_a),
    )
    case.refresh_from_db()
    assert told.count("") == 1, told
    assert (case.state == "disposed") != case.legal_holds.filter(lifted_at=None).exists()


def test_of_two_second_people_one_agrees(shared: Cast) -> None:
    case = opened(shared)
    outcome.record_outcome(
        case.packages.get(), code="18", on=today(), reason="other", text="x", by=shared.officer_a
    )
    act: Act = lambda one, by: agree.agree(one, by=by)  # noqa: E731
    race(Approval.objects.get(), act, lambda one, by: agree.disagree(one, why="x", by=by),
         shared.supervisor_a, shared.supervisor_a)  # fmt: skip


def test_an_outcome_is_taken_back_once(shared: Cast) -> None:
    case = opened(shared)
    _end(case, shared.officer_a)
    act: Act = lambda one, by: outcome.reopen_outcome(one, why="x", by=by)  # noqa: E731
    race(case.packages.get(), act, act, shared.officer_a, shared.supervisor_a)
    assert Case.objects.get().state == "open"


def test_a_gap_that_changes_while_it_is_signed_for_is_signed_for_as_it_is_or_not_at_all(shared: Cast) -> None:
    case = opened(shared, answer="yes")
    held = arrests.arrest(
        case.suspects.get(), at=now() - timedelta(hours=1), position_of_trust="no", by=shared.officer_a
    )
    arrests.release(held, kind="investigation", at=now(), by=shared.officer_a)
    gap = Gap.objects.select_related("suspect").get()
    at_once(
        lambda: gaps.sign_gap(gap, reason="x", plans={0: "x"}, by=shared.supervisor_a),
        lambda: arrests.restrict(
            held.suspect, kind="risk_order", begins_at=now() + timedelta(days=2), conditions="x",
            by=shared.officer_a,
        ),
    )  # fmt: skip
    gap.refresh_from_db()
    assert gap.state == "open" or gap.signed_until is None or gap.signed_until == gap.ends_at
    test_suspect_walk.holds({})


def test_steps_at_once_are_one_chain(shared: Cast) -> None:
    exhibit = _seize(opened(shared), shared.officer_a)
    seen = [Exhibit.objects.get(pk=exhibit.pk) for _ in range(5)]
    step: Act = lambda one, by: exhibits.record_continuity(one, step="moved", at=now(), place="x", by=by)  # noqa: E731
    told = at_once(*(lambda one=one: step(one, shared.officer_a) for one in seen))  # type: ignore[misc]
    steps = chain_of(Exhibit.objects.get())
    assert len(steps) == 1 + told.count("")
    assert list(faults(exhibit.chained_as, steps)) == []


@pytest.mark.parametrize("same", [True, False], ids=["one document", "two that are too much together"])
def test_views_are_counted_once_and_never_past_the_budget(same: bool, shared: Cast, scanned: Scanned) -> None:
    officer = shared.officer_a
    exhibit = _seize(opened(shared), officer)
    result, _ = attach(exhibit, scanned("one", 0, 1, 2, 3, more=("--vics", "EX-1")), officer)
    document = graded(result_folder(scanned))
    if not same:
        spent = [Viewed("image", f"{n}", now()) for n in range(budget().day - 5)]
        count_views(officer, spent, source=Exposure.Source.GRADER, by=shared.supervisor_a)
    documents = [document, document if same else document + b"\n"]
    before = left_of([officer.pk])[officer.pk].day
    at_once(*(
        lambda one=one: grading.take_grades(result, grades=io.BytesIO(one), grader=officer, by=officer)  # type: ignore[misc]
        for one in documents
    ))  # fmt: skip
    assert before - left_of([officer.pk])[officer.pk].day == 4
    assert Grading.objects.count() <= 2 - same


def result_folder(scanned: Scanned) -> Any:
    """The folder of the one scan."""
    return scanned("one", more=("--vics", "EX-1"))


def test_several_people_at_once_leave_all_of_it_whole(shared: Cast, scanned: Scanned) -> None:
    """Random moves by four people, each in a connection of their own: no lock is taken in two orders."""
    force_moves.SCANS[:] = [scanned("one", 0, 1, more=("--vics", "EX-1"))]
    world = World(1, shared, lambda number: referral_from(report(number), shared.intake))
    wrong: list[str] = []

    def walk(seed: int, steps: int) -> None:
        mine = copy.copy(world)
        mine.dice = random.Random(seed)
        for _ in range(steps):
            name = mine.dice.choice(sorted(force_moves.TRIES))
            try:
                with recorded() if mine.dice.random() < 0.3 else nullcontext():
                    force_moves.TRIES[name](mine, mine.dice.choice(mine.likely))
            except Refused:
                continue
            except Exception as error:
                wrong.append(f"{name}: {error!r}")

    for turn in range(2 * TIMES):
        at_once(*(lambda seed=seed: walk(seed, 10) for seed in range(turn * 4, turn * 4 + 4)))  # type: ignore[misc]
        assert wrong == []
        assert chain_is_whole()
        test_case_walk.holds()
        test_suspect_walk.holds({})
        holds(Case.objects.select_related("owner"))

"""Allocation: nothing against the matrix but by an override with a trained name, and two at once are told
apart.
"""

from datetime import date, timedelta

import pytest
from tests.cast import Cast
from tests.lapwing_web.casework.made import Made
from tests.lapwing_web.casework.worked import case_of

from lapwing.policy import load
from lapwing_web.casework.actions import package, transfer
from lapwing_web.casework.actions.allocate import allocate, take_back
from lapwing_web.casework.actions.passing import pass_time
from lapwing_web.casework.models import Allocation, Case
from lapwing_web.casework.models.carrying import proposals
from lapwing_web.casework.queries.allocation import allocation_page
from lapwing_web.casework.queries.cases import case_list
from lapwing_web.clocks.models import Clock
from lapwing_web.front.queries import furniture
from lapwing_web.moment import UK, at, now, today
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.actions import Viewed, count_views, opt_in, opt_out, record_training
from lapwing_web.staff.models import Exposure, User
from lapwing_web.staff.queries import training_page

pytestmark = pytest.mark.django_db
SPECIALIST = ("investigator", "online_child_abuse", "child_protection")


def train(person: User, by: User, *courses: str, days_ago: int = 10) -> None:
    for course in courses or SPECIALIST:
        record_training(person, course=course, passed_on=today() - timedelta(days=days_ago), by=by)


@pytest.fixture
def case(cast: Cast, made: Made) -> Case:
    sent = package.disseminate(made(1), to=cast.force_a, reason="best_evidence", by=cast.intelligence)
    package.accept(sent, by=cast.officer_a)
    case = case_of(sent)
    Case.objects.update(band="high")
    case.refresh_from_db()
    return case


def test_what_breaks_the_matrix_is_refused_and_an_override_has_a_trained_name(cast: Cast, case: Case) -> None:
    with pytest.raises(Forbidden):
        allocate(case, to=cast.officer_a, by=cast.officer_a)
    with pytest.raises(Refused, match="Accredited investigator: not taken; Investigating online"):
        allocate(case, to=cast.officer_a, by=cast.supervisor_a)
    with pytest.raises(Refused, match="Only a supervisor who holds the training"):
        allocate(case, to=cast.officer_a, override=True, why="short of people", by=cast.supervisor_a)
    train(cast.supervisor_a, cast.supervisor_a)
    with pytest.raises(Refused, match="Say why it is overridden"):
        allocate(case, to=cast.officer_a, override=True, by=cast.supervisor_a)
    allocate(case, to=cast.officer_a, override=True, why="short of people", by=cast.supervisor_a)
    assert case.owner == cast.officer_a
    page = allocation_page(cast.supervisor_a)
    assert [(one.by, one.why, len(one.obstacles)) for one in page.overrides.rows] == [
        (cast.supervisor_a, "short of people", 2)
    ]
    assert [one.what for one in page.mismatches.rows] == ["Has not the training for it"]
    assert [(line.untrained, line.trained, line.nobody) for line in page.bands if line.band == "high"] == [
        (1, 0, 0)
    ]


def test_a_trained_officer_is_given_it_with_its_clocks(cast: Cast, case: Case) -> None:
    train(cast.officer_a, cast.supervisor_a, "investigator", "online_child_abuse")
    assert [one.officer.key for one in proposals(case) if one.fits] == [cast.officer_a.pk]
    allocate(case, to=cast.officer_a, by=cast.supervisor_a)
    clocks = Clock.objects.filter(about=f"case:{case.pk}").exclude(state="settled")
    assert {(clock.kind, clock.owner) for clock in clocks} == {("contact_questions", cast.officer_a)}
    take_back(case, why="on leave", by=cast.supervisor_a)
    assert case.owner is None
    assert clocks.filter(kind="allocation").count() == 1
    assert [one.to for one in Allocation.objects.order_by("id")] == [cast.officer_a, None]


def test_a_licence_that_expires_tonight_blocks_tomorrow_and_shows_today(cast: Cast, case: Case) -> None:
    days = load("allocation").on(today()).courses["online_child_abuse"].holds_for
    train(cast.officer_a, cast.supervisor_a, "investigator", "online_child_abuse", days_ago=days)
    assert training_page(cast.supervisor_a).ending.count == 1
    assert training_page(cast.supervisor_a).ending.rows[0][2] == today()
    with at(now() + timedelta(days=1)), pytest.raises(Refused, match="expired on"):
        allocate(case, to=cast.officer_a, by=cast.supervisor_a)
    allocate(case, to=cast.officer_a, by=cast.supervisor_a)


def test_a_licence_that_ends_soon_has_a_clock_until_it_is_taken_again(cast: Cast, case: Case) -> None:
    days = load("allocation").on(today()).courses["grading"].holds_for
    train(cast.officer_a, cast.supervisor_a, "grading", days_ago=days)
    train(cast.officer_b, cast.supervisor_b, "grading")
    assert (pass_time().licences, pass_time().licences) == (1, 0)
    (clock,) = Clock.objects.filter(kind="training")
    assert (clock.owner, clock.organisation) == (cast.officer_a, cast.force_a)
    assert clock.due_at.astimezone(UK).date() == today() + timedelta(days=1), "its last day still holds"
    assert clock.due_at.astimezone(UK).hour == 0
    train(cast.officer_a, cast.supervisor_a, "grading")
    pass_time()
    clock.refresh_from_db()
    assert (clock.state, clock.settled_by) == ("settled", "taken again")


def test_who_opted_out_is_given_nothing_and_is_not_asked_why(cast: Cast, case: Case) -> None:
    train(cast.officer_a, cast.supervisor_a)
    opt_out(by=cast.officer_a)
    opt_out(by=cast.officer_a)
    with pytest.raises(Refused, match="Not to be given cases now"):
        allocate(case, to=cast.officer_a, by=cast.supervisor_a)
    opt_in(by=cast.officer_a)
    allocate(case, to=cast.officer_a, by=cast.supervisor_a)


def test_who_is_over_their_budget_for_viewing_is_given_nothing(cast: Cast, case: Case) -> None:
    train(cast.officer_a, cast.supervisor_a)
    viewed = [Viewed("image", f"{n}", now() - timedelta(days=n % 6)) for n in range(1000)]
    count_views(cast.officer_a, viewed, source=Exposure.Source.GRADER, by=cast.supervisor_a)
    with pytest.raises(Refused, match="Over their budget for viewing"):
        allocate(case, to=cast.officer_a, by=cast.supervisor_a)
    with at(now() + timedelta(days=8)):
        allocate(case, to=cast.officer_a, by=cast.supervisor_a)


def test_two_supervisors_at_once_and_one_is_told(cast: Cast, case: Case) -> None:
    train(cast.officer_a, cast.supervisor_a)
    train(cast.supervisor_a, cast.supervisor_a)
    seen = Case.objects.get(pk=case.pk)
    allocate(case, to=cast.officer_a, by=cast.supervisor_a)
    with pytest.raises(Refused, match="Somebody else has just allocated"):
        allocate(seen, to=cast.supervisor_a, by=cast.supervisor_a)
    assert Case.objects.get().owner == cast.officer_a


def test_a_load_is_what_the_open_cases_weigh(cast: Cast, made: Made, case: Case) -> None:
    train(cast.officer_a, cast.supervisor_a)
    for number in range(2, 10):
        sent = package.disseminate(
            made(number), to=cast.force_a, reason="best_evidence", by=cast.intelligence
        )
        package.accept(sent, by=cast.officer_a)
        Case.objects.filter(packages=sent).update(band="high", owner=cast.officer_a)
    with pytest.raises(Refused, match="Carries 24 of 24; this case weighs 3"):
        allocate(case, to=cast.officer_a, by=cast.supervisor_a)


def test_nobody_of_another_force_is_given_a_case_and_a_transfer_leaves_it_with_nobody(
    cast: Cast, case: Case
) -> None:
    with pytest.raises(Refused, match="your own force"):
        allocate(case, to=cast.officer_b, by=cast.supervisor_a)
    train(cast.officer_a, cast.supervisor_a)
    allocate(case, to=cast.officer_a, by=cast.supervisor_a)
    offered = transfer.offer(case, to=cast.force_b, why="moved", by=cast.supervisor_a)
    transfer.accept_offer(offered, by=cast.supervisor_b)
    case.refresh_from_db()
    assert case.owner is None
    assert (
        Clock.objects.filter(kind="allocation", organisation=cast.force_b).exclude(state="settled").count()
        == 1
    )


def test_training_is_recorded_by_a_supervisor_of_the_same_place_and_never_before_it_is_passed(
    cast: Cast,
) -> None:
    given = {"course": "grading", "passed_on": today()}
    for person in (cast.supervisor_b, cast.supervisor, cast.officer_a):
        with pytest.raises(Forbidden):
            record_training(cast.officer_a, **given, by=person)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="has been passed"):
        record_training(
            cast.officer_a, course="grading", passed_on=today() + timedelta(days=1), by=cast.supervisor_a
        )
    with pytest.raises(Refused, match="one of the courses"):
        record_training(cast.officer_a, course="none", passed_on=date(2026, 1, 1), by=cast.supervisor_a)


LEFT = {
    "deactivated": {"is_active": False},
    "at another force": {"organisation_id": "E23000010"},
    "an auditor now": {"role": "auditor"},
}


@pytest.mark.parametrize("how", LEFT)
def test_a_case_of_whoever_has_left_is_with_nobody_and_is_seen_to_be(
    how: str, cast: Cast, case: Case
) -> None:
    train(cast.officer_a, cast.supervisor_a)
    allocate(case, to=cast.officer_a, by=cast.supervisor_a)
    assert allocation_page(cast.supervisor_a).nobody.rows == []
    User.objects.filter(pk=cast.officer_a.pk).update(**LEFT[how])
    page = allocation_page(cast.supervisor_a)
    assert page.nobody.rows == [case]
    assert [(line.nobody, line.trained, line.untrained) for line in page.bands if line.total] == [(1, 0, 0)]
    assert page.mismatches.rows == []
    assert case_list(cast.supervisor_a, "nobody").cases == [case]
    assert furniture.waiting(cast.supervisor_a, "cases") == 1
    train(cast.supervisor_a, cast.supervisor_a)
    case.refresh_from_db()
    allocate(case, to=cast.supervisor_a, by=cast.supervisor_a)
    assert furniture.waiting(cast.supervisor_a, "cases") == 0

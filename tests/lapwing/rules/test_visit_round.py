"""A round of visits: nothing lost, nobody pressing made to wait for a neighbour, one journey for a place."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lapwing.policy import load
from lapwing.rules.visit_round import Round, ToVisit, visit_round

TODAY = date(2026, 11, 26)
VERSION = load("visits").on(TODAY)
LEVELS = list(VERSION.levels)
MOST = VERSION.visits_a_day
WEEK = [TODAY + timedelta(days=days) for days in (1, 4, 5, 6, 7)]
DUE = st.sampled_from([None, *(TODAY + timedelta(days=days) for days in (-30, -3, -1, 0, 3, 7, 20, 36))])
VISITS = st.lists(
    st.builds(
        ToVisit,
        key=st.integers(0, 10_000),
        level=st.sampled_from(LEVELS),
        due_on=DUE,
        place=st.sampled_from(["a", "b", "c", ""]),
    ),
    min_size=4,
    max_size=25,
    unique_by=lambda one: one.key,
)
DAYS = st.lists(st.sampled_from(WEEK), max_size=5)


def standing(one: ToVisit, days: list[date]) -> tuple[int, int]:
    late = one.due_on is not None and one.due_on < TODAY
    within = one.due_on is not None and bool(days) and one.due_on <= max(days)
    return (0 if late else 1 if within else 2), LEVELS.index(one.level)


def order(made: Round) -> list[int]:
    return [visit.one.key for visit in made.visits]


@given(VISITS, DAYS)
def test_nothing_is_lost_and_nothing_is_there_twice(visits: list[ToVisit], days: list[date]) -> None:
    made = visit_round(visits, days, TODAY, VERSION)
    keys = order(made) + [left.one.key for left in made.left]
    assert sorted(keys) == sorted(one.key for one in visits)
    assert all(visit.why for visit in made.visits)
    assert all(left.why for left in made.left)


@given(VISITS, DAYS)
def test_a_day_has_its_bound_and_its_numbers_in_order(visits: list[ToVisit], days: list[date]) -> None:
    made = visit_round(visits, days, TODAY, VERSION)
    for day in set(days):
        numbers = [visit.number for visit in made.visits if visit.day == day]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) <= MOST
    assert [visit.day for visit in made.visits] == sorted(visit.day for visit in made.visits)


@given(VISITS, DAYS)
def test_nobody_is_visited_a_day_before_one_of_a_higher_class(
    visits: list[ToVisit], days: list[date]
) -> None:
    made = visit_round(visits, days, TODAY, VERSION)
    for place, visit in enumerate(made.visits):
        for after in made.visits[place + 1 :]:
            if after.day > visit.day:
                assert standing(visit.one, days) <= standing(after.one, days)
    for left in made.left:
        if standing(left.one, days)[0] < 2:
            assert all(standing(one.one, days) <= standing(left.one, days) for one in made.visits)


@given(VISITS, DAYS)
def test_what_is_overdue_comes_before_all_that_is_not(visits: list[ToVisit], days: list[date]) -> None:
    late = [standing(one.one, days)[0] == 0 for one in visit_round(visits, days, TODAY, VERSION).visits]
    assert late == sorted(late, reverse=True)


@given(VISITS, DAYS)
def test_a_visit_without_a_date_is_in_no_round_and_none_is_much_too_early(
    visits: list[ToVisit], days: list[date]
) -> None:
    for visit in visit_round(visits, days, TODAY, VERSION).visits:
        assert visit.one.due_on is not None
        assert visit.one.due_on <= max(days) + timedelta(days=VERSION.neighbours_within)


@given(st.permutations([ToVisit(key, LEVELS[key % 4], TODAY, "ab"[key % 2]) for key in range(7)]))
def test_the_order_in_which_they_come_changes_nothing(visits: list[ToVisit]) -> None:
    by_key = sorted(visits, key=lambda one: one.key)
    assert visit_round(visits, WEEK, TODAY, VERSION) == visit_round(by_key, WEEK, TODAY, VERSION)


def test_one_journey_serves_neighbours_and_each_says_why() -> None:
    late, due = TODAY - timedelta(days=3), WEEK[2]
    visits = [
        ToVisit(1, "very_high", late, "a"),
        ToVisit(2, "high", due, "b"),
        ToVisit(3, "low", WEEK[-1] + timedelta(days=20), "a"),  # not due in these days
        ToVisit(4, "low", WEEK[-1] + timedelta(days=90), "a"),  # and far from it
        ToVisit(5, "medium", None, "a"),
        ToVisit(6, "medium", due),
    ]
    made = visit_round(visits, WEEK, TODAY, VERSION)
    assert order(made) == [1, 3, 2, 6]
    assert [visit.why for visit in made.visits] == [
        "Overdue by 3 days; very high risk",
        "Due on 23 December 2026; low risk; on the way: another visit is at this place",
        "Due on 1 December 2026; high risk",
        "Due on 1 December 2026; medium risk; its place is not recorded",
    ]
    assert [left.why for left in made.left] == [
        "Due on 3 March 2027",
        "No date: visits follow from what happens",
    ]


def test_a_neighbour_stays_behind_where_the_day_is_needed() -> None:
    late = [ToVisit(key, "very_high", TODAY - timedelta(days=9), str(key)) for key in range(MOST)]
    neighbour = ToVisit(99, "low", TODAY - timedelta(days=30), "0")
    made = visit_round([neighbour, *late], WEEK[:1], TODAY, VERSION)
    assert order(made) == list(range(MOST))
    assert made.left[0].why == "Overdue by 30 days; the days are full of visits that come before it"
    assert order(visit_round([neighbour, *late[1:], late[0]], WEEK[:2], TODAY, VERSION))[-1] == 99

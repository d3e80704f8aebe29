"""Registered offenders: their days, their clocks, who may do what, and what the audit has of it."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from tests.cast import Cast
from tests.lapwing_web.offenders.managed import again, in_a_team, registered

from lapwing_web.audit.models import AuditEntry
from lapwing_web.audit.queries import broken
from lapwing_web.clocks.actions import fire_due
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import UK, at, today
from lapwing_web.offenders.actions import managing, notifying, registering
from lapwing_web.offenders.actions.registering import New, register_all
from lapwing_web.offenders.models import LevelSet, Offender, Plan, Visit
from lapwing_web.offenders.models.reading import readers_of
from lapwing_web.offenders.queries.offenders import offender_list, offenders_for
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.actions import change_person
from lapwing_web.staff.models import Team, User

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, 12, tzinfo=UK)


@pytest.fixture(autouse=True)
def _day(cast: Cast) -> Iterator[None]:
    in_a_team(cast)
    with at(START):
        yield


def running(offender: Offender, kind: str) -> list[Clock]:
    rows = Clock.objects.filter(about=f"offender:{offender.pk}", kind=kind)
    return list(rows.exclude(state="settled"))


def days(offender: Offender) -> tuple[Any, ...]:
    one = again(offender)
    return one.visit_due_on, one.assessment_due_on, one.next_due_on


def test_registering_works_out_both_days_and_starts_both_clocks(cast: Cast) -> None:
    one = registered(cast.officer_a)
    assert days(one) == (date(2026, 4, 1), date(2027, 1, 1), date(2026, 4, 1))
    (visit,), (assessment,) = running(one, "visit_due"), running(one, "assessment_due")
    assert visit.due_at == datetime(2026, 4, 2, tzinfo=UK)  # the day itself is not overdue
    assert assessment.due_at == datetime(2027, 1, 2, tzinfo=UK)
    assert visit.owner == cast.officer_a
    assert visit.organisation == cast.force_a
    assert "Example" not in visit.title + visit.event
    assert LevelSet.objects.get().why == "As registered"


def test_each_runs_out_apart(cast: Cast) -> None:
    late = registered(cast.officer_a, since=date(2025, 1, 1), visited_on=date(2026, 2, 20))
    assert days(late) == (date(2026, 5, 20), date(2026, 1, 1), date(2026, 1, 1))
    fire_due()
    assert running(late, "assessment_due")[0].state == "fired"
    assert running(late, "visit_due")[0].state == "running"
    managing.record_assessment(again(late), on=today(), level="high", text="x", by=cast.officer_a)
    assert days(late) == (date(2026, 5, 20), date(2027, 3, 2), date(2026, 5, 20))
    assert [clock.state for clock in running(late, "assessment_due")] == ["running"]


def test_a_level_moves_what_is_due_and_says_who_set_it_and_why(cast: Cast) -> None:
    one = registered(cast.officer_a)
    managing.set_level(again(one), level="very_high", why="Moved near a school", by=cast.officer_a)
    assert days(one)[0] == date(2026, 2, 1)
    fire_due()
    assert [clock.state for clock in running(one, "visit_due")] == ["fired"]
    last = one.levels.order_by("-id")[0]
    assert (last.level, last.why, last.by) == ("very_high", "Moved near a school", cast.officer_a)
    with pytest.raises(Refused, match="at that level already"):
        managing.set_level(again(one), level="very_high", why="x", by=cast.officer_a)
    managing.set_level(again(one), level="high", why="Back as it was", by=cast.officer_a)
    assert [clock.due_at for clock in running(one, "visit_due")] == [datetime(2026, 4, 2, tzinfo=UK)]


def test_a_plan_is_bounded_by_the_level_and_both_days_are_kept(cast: Cast) -> None:
    one = registered(cast.officer_a)
    with pytest.raises(Refused, match="no later than 1 April 2026"):
        managing.plan_visit(again(one), visit_on=date(2026, 4, 2), text="x", by=cast.officer_a)
    with pytest.raises(Refused, match="has passed"):
        managing.plan_visit(again(one), visit_on=date(2026, 3, 1), text="x", by=cast.officer_a)
    assert not Plan.objects.exists()
    managing.plan_visit(again(one), visit_on=date(2026, 3, 9), text="New partner", by=cast.officer_a)
    found = again(one)
    assert (found.visit_due_on, found.visit_latest_on) == (date(2026, 3, 9), date(2026, 4, 1))
    assert [clock.due_at.astimezone(UK).date() for clock in running(one, "visit_due")] == [date(2026, 3, 10)]


def test_nobody_at_home_leaves_the_visit_due(cast: Cast) -> None:
    one = registered(cast.officer_a)
    managing.record_visit(again(one), on=today(), result="no_answer", by=cast.officer_a)
    assert days(one)[0] == date(2026, 4, 1)
    managing.record_visit(again(one), on=today(), result="seen", text="Seen", by=cast.officer_a)
    assert days(one)[0] == date(2026, 6, 2)
    managing.record_visit(again(one), on=date(2026, 2, 3), result="seen", text="Late", by=cast.officer_a)
    assert days(one)[0] == date(2026, 6, 2)  # an older visit written down later takes nothing away
    assert Visit.objects.count() == 3
    with pytest.raises(Refused, match="not before"):
        managing.record_visit(
            again(one), on=today() + timedelta(1), result="seen", text="x", by=cast.officer_a
        )


def test_three_clear_years_at_low_leave_no_date_and_no_clock(cast: Cast) -> None:
    clear = {"level": "low", "since": date(2022, 1, 1), "clear_since": date(2022, 6, 1)}
    one = registered(cast.officer_a, visited_on=date(2025, 1, 1), assessed_on=date(2026, 1, 1), **clear)
    assert days(one) == (None, date(2027, 1, 1), date(2027, 1, 1))
    assert running(one, "visit_due") == []
    never_seen = registered(cast.officer_a, "2", **clear)
    assert never_seen.visit_due_on == date(2023, 1, 1)


def test_an_end_stops_the_clocks_and_a_registration_can_begin_again(cast: Cast) -> None:
    one = registered(cast.officer_a)
    with pytest.raises(Forbidden):
        registering.end_registration(again(one), on=today(), why="x", by=cast.officer_a)
    registering.end_registration(again(one), on=today(), why="The order ended", by=cast.supervisor_a)
    assert not [*running(one, "visit_due"), *running(one, "assessment_due")]
    with pytest.raises(Refused, match="no longer registered"):
        managing.record_visit(again(one), on=today(), result="no_answer", by=cast.officer_a)
    registering.register_again(again(one), why="A new conviction", by=cast.supervisor_a)
    assert len([*running(one, "visit_due"), *running(one, "assessment_due")]) == 2
    assert days(one)[0] == date(2026, 4, 1)


def test_the_manager_has_the_clocks_and_nobody_is_said_to_be_nobody(cast: Cast) -> None:
    one = registered(cast.officer_a, manager=None)
    assert running(one, "visit_due")[0].owner is None
    managing.assign_manager(again(one), to=cast.officer_a, by=cast.supervisor_a)
    assert {clock.owner for clock in running(one, "visit_due")} == {cast.officer_a}
    assert again(one).team == cast.officer_a.team
    with pytest.raises(Refused, match="cannot manage"):
        managing.assign_manager(again(one), to=cast.officer_b, by=cast.supervisor_a)
    with pytest.raises(Refused, match="Say why nobody"):
        managing.assign_manager(again(one), to=None, by=cast.supervisor_a)
    managing.assign_manager(again(one), to=None, why="On leave", by=cast.supervisor_a)
    assert running(one, "visit_due")[0].owner is None


ACTIONS: dict[str, Callable[[Offender, User], Any]] = {
    "level": lambda one, by: managing.set_level(one, level="low", why="x", by=by),
    "assign": lambda one, by: managing.assign_manager(one, to=None, why="x", by=by),
    "plan": lambda one, by: managing.plan_visit(one, visit_on=today(), text="x", by=by),
    "visit": lambda one, by: managing.record_visit(one, on=today(), result="seen", text="x", by=by),
    "assess": lambda one, by: managing.record_assessment(one, on=today(), level="low", text="x", by=by),
    "end": lambda one, by: registering.end_registration(one, on=today(), why="x", by=by),
    "write": lambda one, by: registering.write_particulars(
        one, name="y", born_on=None, lives_at="", area="", neighbourhood=None, clear_since=None, by=by
    ),
}


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_nobody_acts_who_need_not_know(cast: Cast, name: str) -> None:
    one = registered(cast.officer_a)
    elsewhere = User.objects.create(
        username="in-another-team", role="force_officer", organisation=cast.force_a
    )
    rows = AuditEntry.objects.count()
    for by in (cast.officer_b, cast.supervisor_b, cast.auditor_a, cast.intelligence, elsewhere):
        with pytest.raises(Forbidden):
            ACTIONS[name](again(one), by)
    assert AuditEntry.objects.count() == rows
    stale = again(one)
    managing.record_visit(again(one), on=today(), result="no_answer", by=cast.officer_a)
    with pytest.raises(Refused, match="changed by someone else"):
        ACTIONS[name](stale, cast.supervisor_a)
    ACTIONS[name](again(one), cast.supervisor_a)
    assert not broken(AuditEntry.objects.order_by("position"))


def test_a_whole_register_comes_in_or_none_of_it(cast: Cast) -> None:
    news = [New(str(n), f"Example offender {n}", "low", date(2025, 1, 1)) for n in range(40)]
    assert len(register_all(news, by=cast.officer_a)) == 40
    assert Clock.objects.count() == 80
    with pytest.raises(Refused, match="has that number"):
        register_all([New("new", "x", "low", date(2025, 1, 1)), news[7]], by=cast.officer_a)
    with pytest.raises(Refused, match="the same number"):
        register_all([New("n", "x", "low", date(2025, 1, 1))] * 2, by=cast.officer_a)
    assert Offender.objects.count() == 40
    assert AuditEntry.objects.filter(action="register an offender").count() == 40
    register_all(news, by=cast.officer_b)  # another force has numbers of its own
    elsewhere = User.objects.create(username="x", role="force_officer", organisation=cast.force_a)
    with pytest.raises(Forbidden, match="offender management team"):
        register_all([New("z", "x", "low", date(2025, 1, 1))], by=elsewhere)


def test_nothing_of_an_offender_is_before_birth_or_before_management_began(cast: Cast) -> None:
    by, long_ago = cast.officer_a, date(1950, 1, 1)
    one = registered(by, born_on=date(1980, 6, 1))
    written = {"name": "x", "lives_at": "", "area": "", "neighbourhood": None, "by": by}
    tries: list[tuple[str, Callable[[], object]]] = [
        ("visit", lambda: managing.record_visit(one, on=long_ago, result="seen", text="x", by=by)),
        ("assessment", lambda: managing.record_assessment(one, on=long_ago, level="low", text="x", by=by)),
        ("end of", lambda: registering.end_registration(one, on=long_ago, why="x", by=cast.supervisor_a)),
        ("absence", lambda: notifying.record_absence(one, kind="custody", begins=long_ago, by=by)),
        ("conviction", lambda: notifying.require(one, relevant_on=long_ago, disposal="caution", by=by)),
        ("beginning of management", lambda: registered(by, "2", born_on=START.date())),
        ("last visit", lambda: registered(by, "2", born_on=date(1980, 6, 1), visited_on=long_ago)),
        ("last assessment", lambda: registered(by, "2", born_on=date(1980, 6, 1), assessed_on=long_ago)),
        ("concern", lambda: registered(by, "2", born_on=date(1980, 6, 1), clear_since=long_ago)),
        ("management", lambda: registering.write_particulars(
            one, born_on=START.date(), clear_since=None, **written)),  # type: ignore[arg-type]
    ]  # fmt: skip
    notifying.require(again(one), relevant_on=date(2026, 1, 1), disposal="caution", by=by)
    for what, attempt in tries:
        one.refresh_from_db()
        with pytest.raises(Refused, match=f"(?i){what}.* cannot be on"):
            attempt()
    assert not Visit.objects.exists()


def test_who_moves_to_another_force_leaves_the_team_and_its_offenders_behind(cast: Cast) -> None:
    """By their old team an officer saw every registered offender of the force that they came to."""
    mine, theirs = registered(cast.officer_a), registered(cast.officer_b, "2")
    moved = {"role": "force_officer", "organisation": cast.force_b, "is_active": True, "why": "Moved"}
    person = change_person(cast.officer_a, **moved, by=cast.administrator)  # type: ignore[arg-type]
    assert person.team is None
    assert not offenders_for(person).exists()
    team = Team.objects.get(organisation=cast.force_a)
    User.objects.filter(pk=person.pk).update(team=team)  # as those stand who moved before this was so
    assert not offenders_for(User.objects.get(pk=person.pk)).exists()
    assert readers_of(team) == []
    assert offender_list(cast.supervisor_a, {"show": "nobody"}).offenders == [mine]
    assert offender_list(cast.supervisor_b, {"show": "nobody"}).offenders == []
    assert list(offenders_for(cast.officer_b)) == [theirs]

"""Random people of two forces manage two offenders for two years: what is due stays what the rules say."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.cast import Cast
from tests.lapwing_web.offenders.managed import again, in_a_team, registered

from lapwing.rules.visits import assessment_due, visit_due
from lapwing_web.audit.models import AuditEntry
from lapwing_web.audit.queries import broken
from lapwing_web.clocks.actions import fire_due
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import UK, at, today
from lapwing_web.offenders.actions import managing, registering
from lapwing_web.offenders.models import Offender, Plan, Visit
from lapwing_web.offenders.models.governing import managed, visits_policy
from lapwing_web.offenders.queries.offenders import offenders_for
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, 12, tzinfo=UK)
LEVELS = Offender.Level.values


class Walk:
    """One offender of each force, everybody who may try something, and what each may try."""

    def __init__(self, cast: Cast, seed: int) -> None:
        self.cast, self.dice, self.done = cast, random.Random(seed), 0
        in_a_team(cast)
        own = [cast.officer_a] * 6 + [cast.supervisor_a] * 3
        others = [cast.officer_b] * 6 + [cast.supervisor_b] * 3 + [cast.auditor_a, cast.intake]
        self.people = own + others
        self.offenders = [registered(by, "1") for by in (cast.officer_a, cast.officer_b)]
        self.acts: list[Callable[[Offender, User], Any]] = [
            *[self.visit] * 5, *[self.plan] * 4, *[self.assess] * 2, self.level, self.assign, self.clear,
            self.end, *[self.register] * 3,
        ]  # fmt: skip

    def step(self) -> None:
        """Somebody tries something with one offender, and is refused or not."""
        offender, by = again(self.dice.choice(self.offenders)), self.dice.choice(self.people)
        if self.dice.random() < 0.6:  # mostly somebody of the offender's own force
            own = [one for one in self.people if one.organisation_id == offender.organisation_id]
            by = self.dice.choice(own)
        rows = AuditEntry.objects.count()
        try:
            self.dice.choice(self.acts)(offender, by)
        except Refused:
            assert AuditEntry.objects.count() == rows, "what is refused leaves nothing behind"
        else:
            assert offender.organisation_id == by.organisation_id, "another force changed it"
            self.done += 1

    def day(self) -> Any:
        return today() - timedelta(days=self.dice.choice([-1, 0, 0, 0, 3, 40, 400]))

    def visit(self, one: Offender, by: User) -> None:
        result = self.dice.choice(["seen", "seen", "no_answer"])
        managing.record_visit(one, on=self.day(), result=result, text=self.dice.choice(["x", "x", ""]), by=by)

    def plan(self, one: Offender, by: User) -> None:
        on = today() + timedelta(days=self.dice.choice([-2, 0, 5, 20, 60, 200]))
        managing.plan_visit(one, visit_on=on, text="x", by=by)

    def assess(self, one: Offender, by: User) -> None:
        managing.record_assessment(one, on=self.day(), level=self.dice.choice(LEVELS), text="x", by=by)

    def level(self, one: Offender, by: User) -> None:
        managing.set_level(one, level=self.dice.choice(LEVELS), why="x", by=by)

    def assign(self, one: Offender, by: User) -> None:
        to = self.dice.choice([None, *self.people])
        managing.assign_manager(one, to=to, why=self.dice.choice(["x", ""]), by=by)

    def clear(self, one: Offender, by: User) -> None:
        since = self.dice.choice([None, today() - timedelta(days=self.dice.choice([0, 400, 1300]))])
        registering.write_particulars(
            one, name=one.name, born_on=None, lives_at="", area="Area 1", neighbourhood=None,
            clear_since=since, by=by,
        )  # fmt: skip

    def end(self, one: Offender, by: User) -> None:
        if self.dice.random() > 0.3:
            raise Refused("Not today.")
        registering.end_registration(one, on=today(), why="Over", by=by)

    def register(self, one: Offender, by: User) -> None:
        registering.register_again(one, why="Again", by=by)


def open_clocks(one: Offender, kind: str) -> list[Clock]:
    rows = Clock.objects.filter(about=f"offender:{one.pk}", kind=kind)
    return list(rows.exclude(state="settled"))


def holds(walk: Walk, one: Offender, *, changed: bool) -> None:
    """The days stored are the rules' when something changed, each with its clock, and one force's alone."""
    version, known = visits_policy(), managed(one)
    if changed and one.state == "registered":
        due = visit_due(known, today(), version)
        assert (one.visit_latest_on, one.visit_due_on) == (due.latest_on, due.due_on)
        assert one.assessment_due_on == assessment_due(known, version)
    if one.visit_latest_on and one.visit_due_on:
        assert one.visit_due_on <= one.visit_latest_on, "a plan put a visit off beyond policy"
    visits, assessments = (open_clocks(one, kind) for kind in ("visit_due", "assessment_due"))
    if one.state == "ended":
        assert not visits + assessments
    else:
        assert len(visits) == (one.visit_due_on is not None)
        assert len(assessments) == 1
        assert {clock.owner_id for clock in visits + assessments} == {one.manager_id}
    assert {clock.organisation_id for clock in visits + assessments} <= {one.organisation_id}
    assert one.manager is None or one.manager.organisation_id == one.organisation_id
    seen = one.visits.filter(result="seen").order_by("-on").first()
    assert one.visited_on == (seen.on if seen else None)
    for person in (walk.cast.supervisor_a, walk.cast.supervisor_b):
        mine = person.organisation_id == one.organisation_id
        assert offenders_for(person).filter(pk=one.pk).exists() == mine


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_people_do_the_days_due_are_the_rules_and_one_force_s_alone(cast: Cast, seed: int) -> None:
    when = START
    with at(when):
        walk = Walk(cast, seed)
    for number in range(160):
        when += timedelta(hours=walk.dice.randrange(0, 200))
        with at(when):
            before = [one.turn for one in map(again, walk.offenders)]
            walk.step()
            for turn, one in zip(before, map(again, walk.offenders), strict=True):
                holds(walk, one, changed=one.turn != turn)
            if number % 9 == 0:
                fire_due()
    assert walk.done > 25, "the walk went nowhere"
    assert Plan.objects.exists()
    assert Visit.objects.filter(result="no_answer").exists()
    assert not broken(AuditEntry.objects.order_by("position"))

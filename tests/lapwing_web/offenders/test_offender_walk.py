"""Random people do random things to two offenders over two years: what must hold, holds after every step."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.cast import Cast
from tests.lapwing_web.offenders.managed import again, in_a_team, registered

from lapwing.policy import load
from lapwing_web.audit.models import AuditEntry
from lapwing_web.audit.queries import broken
from lapwing_web.clocks.actions import fire_due
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import UK, at, now, today
from lapwing_web.offenders.actions import briefing, managing, notifying, registering
from lapwing_web.offenders.models import (
    Absence,
    Acknowledgement,
    Briefing,
    Notification,
    Offender,
    Requirement,
)
from lapwing_web.offenders.models.knowing import reads_briefing
from lapwing_web.offenders.models.requiring import notification_policy, to_notify
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import Team, User

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, 12, tzinfo=UK)
FIELDS = set(load("briefing").on(START.date()).fields)


class Walk:
    """Two offenders of a force, everybody who may try something, and what each may try."""

    def __init__(self, cast: Cast, seed: int) -> None:
        self.dice, self.done = random.Random(seed), 0
        in_a_team(cast)
        kind = Team.Kind.NEIGHBOURHOOD
        names = ("Example North", "Example South")
        self.teams = [Team.objects.create(organisation=cast.force_a, name=name, kind=kind) for name in names]
        self.patrols = [
            User.objects.create(
                username=f"patrol-{n}",
                organisation=cast.force_a,
                role="force_officer",
                team=self.teams[n % 2],
            )
            for n in range(4)
        ]
        strangers = [cast.officer_b, cast.supervisor_b, cast.auditor_a, cast.intake]
        self.people = [cast.officer_a] * 9 + [cast.supervisor_a] * 7 + self.patrols + strangers
        self.offenders = [registered(cast.officer_a, str(n), lives_at="1 Example Road") for n in (1, 2)]
        for one in self.offenders:
            given = {"relevant_on": START.date(), "disposal": "imprisonment_short"}
            notifying.require(one, **given, by=cast.officer_a)
        self.acts: list[Callable[[Offender, User], Any]] = [
            *[self.notify] * 3, self.require, self.change, self.travel, self.stay, self.end_stay,
            self.away, self.back, self.error, *[self.brief] * 3, *[self.acknowledge] * 4, self.withdraw,
            self.end, *[self.register] * 3, self.assign,
        ]  # fmt: skip

    def step(self) -> Offender:
        """Somebody tries something with one offender, and is refused or not."""
        offender, by = again(self.dice.choice(self.offenders)), self.dice.choice(self.people)
        rows = AuditEntry.objects.count()
        try:
            self.dice.choice(self.acts)(offender, by)
            self.done += 1
        except Refused:
            assert AuditEntry.objects.count() == rows, "what is refused leaves nothing behind"
        return again(offender)

    def day(self, most: int = 40) -> Any:
        return today() - timedelta(days=self.dice.randrange(-1, most))

    def child(self) -> bool | None:
        return self.dice.choice([True, False, None])

    def some(self, rows: Any) -> Any:
        found = list(rows.order_by("pk"))
        if not found:
            raise Refused("There is none.")
        return self.dice.choice(found)

    def notify(self, one: Offender, by: User) -> None:
        items = [row for row in one.notifiables.order_by("pk") if self.dice.random() < 0.5]
        full = self.dice.random() < 0.6
        notifying.record_notification(one, on=self.day(), full=full, items=items, by=by)

    def require(self, one: Offender, by: User) -> None:
        disposal = self.dice.choice(sorted(notification_policy().periods))
        given = {"under_18": self.child(), "no_fixed_address": self.dice.random() < 0.3}
        notifying.require(one, relevant_on=START.date(), disposal=disposal, **given, by=by)

    def change(self, one: Offender, by: User) -> None:
        began_at = now() - timedelta(hours=self.dice.randrange(-5, 200))
        notifying.record_notifiable(one, kind="change", began_at=began_at, text="A change", by=by)

    def travel(self, one: Offender, by: User) -> None:
        began_at = now() + timedelta(days=self.dice.randrange(-5, 20))
        notifying.record_notifiable(
            one, kind="travel", began_at=began_at, text="Abroad", known_on=self.day(), by=by
        )

    def stay(self, one: Offender, by: User) -> None:
        began_at = now() - timedelta(hours=self.dice.randrange(1, 300))
        place = self.dice.choice(["1 Example Street", "2 Example Street"])
        notifying.record_notifiable(
            one, kind="stay", began_at=began_at, text=place, child=self.child(), by=by
        )

    def end_stay(self, one: Offender, by: User) -> None:
        ended_at = now() - timedelta(hours=self.dice.randrange(-2, 50))
        item = self.some(one.notifiables.filter(kind="stay"))
        notifying.end_stay(item, ended_at=ended_at, child=self.child(), by=by)

    def away(self, one: Offender, by: User) -> None:
        back_on = self.dice.choice([None, self.day()])
        kind = self.dice.choice(Absence.Kind.values)
        notifying.record_absence(one, kind=kind, begins=self.day(), back_on=back_on, by=by)

    def back(self, one: Offender, by: User) -> None:
        notifying.end_absence(self.some(one.absences), back_on=self.day(5), by=by)

    def error(self, one: Offender, by: User) -> None:
        notifying.withdraw_notifiable(self.some(one.notifiables), why="An error", by=by)

    def brief(self, one: Offender, by: User) -> None:
        briefing.issue(one, team=self.dice.choice(self.teams), look_for="A red bicycle", by=by)

    def acknowledge(self, one: Offender, by: User) -> None:
        reader = self.dice.choice([*self.patrols, by])
        briefing.acknowledge(self.some(one.briefings), by=reader)

    def withdraw(self, one: Offender, by: User) -> None:
        briefing.withdraw(self.some(one.briefings), why="Moved away", by=by)

    def end(self, one: Offender, by: User) -> None:
        if self.dice.random() < 0.4:
            registering.end_registration(one, on=today(), why="Over", by=by)

    def register(self, one: Offender, by: User) -> None:
        by = self.dice.choice([by, self.people[9]])
        registering.register_again(one, why="Again", by=by)

    def assign(self, one: Offender, by: User) -> None:
        managing.assign_manager(one, to=self.dice.choice(self.people), by=by)


def open_clocks(one: Offender, kind: str) -> list[Clock]:
    rows = Clock.objects.filter(about=f"offender:{one.pk}", kind=kind).exclude(state="settled")
    return list(rows.order_by("pk"))


def check_notification(one: Offender) -> None:
    """Everything to be notified has one clock, and nothing else has; the days stored are the rules'."""
    requirement = Requirement.objects.select_related("offender").get(offender=one)
    running = open_clocks(one, "notification_due")
    if one.state == "ended":
        assert not running
        assert not open_clocks(one, "notification_ends")
        return
    labels = notification_policy().duties
    moving = {labels[kind].label for kind in ("household", "another_address")}  # a stay that goes on
    stored = {(clock.title, clock.due_at) for clock in running if clock.title.partition(":")[0] not in moving}
    wanted = {(f"{labels[duty.kind].label}: {one.reference}", duty.due_at) for duty in to_notify(requirement)}
    assert stored == {row for row in wanted if row[0].partition(":")[0] not in moving}
    assert len({(clock.title, clock.due_at) for clock in running}) == len(running), "two on one thing"
    assert {clock.owner_id for clock in running} <= {one.manager_id}
    first = one.notifications.filter(full=True).order_by("on").first()
    assert requirement.first_on is None or (first is not None and requirement.first_on <= first.on)


def check_briefings(walk: Walk, one: Offender) -> None:
    """One team is told once at a time, what policy lists; only its people read, and only while it holds."""
    for team in walk.teams:
        assert one.briefings.filter(team=team, state="issued").count() <= 1
    for row in one.briefings.select_related("team", "offender"):
        assert {code for code, _, _ in row.lines} <= FIELDS
        readable = row.state == "issued" and row.issued_on <= today() <= row.last_on
        for person in (walk.dice.choice(walk.people), walk.patrols[walk.teams.index(row.team)]):
            assert reads_briefing(person, row) == (readable and person.team_id == row.team_id)
        by = set(row.acknowledgements.values_list("by__team", flat=True))
        assert by <= {row.team_id}
    issued = one.briefings.filter(state="issued")
    assert one.state == "registered" or not issued.exists()
    events = {clock.event for clock in open_clocks(one, "briefing_ends")}
    assert {f"briefing {row.pk}" for row in issued} <= events
    unread = {clock.event for clock in open_clocks(one, "briefing_unread")}
    assert unread <= {f"briefing {row.pk}" for row in issued}


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_people_do_what_is_to_be_notified_has_its_clock_and_only_a_team_reads(
    cast: Cast, seed: int
) -> None:
    when = START
    with at(when):
        walk = Walk(cast, seed)
    for number in range(150):
        when += timedelta(hours=walk.dice.randrange(0, 160))
        with at(when):
            one = walk.step()
            check_notification(one)
            if number % 5 == 0:
                check_briefings(walk, one)  # before anything has ended what is over
                fire_due()
                briefing.expire_briefings()
                check_briefings(walk, one)
    assert walk.done > 25, "the walk went nowhere"
    assert Notification.objects.exists()
    assert Briefing.objects.exists()
    assert Acknowledgement.objects.exists()
    assert not broken(AuditEntry.objects.order_by("position"))

"""Random people of two forces, some of whom go from one to the other, at links and briefings."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.cast import Cast
from tests.lapwing_web.casework.made import subject
from tests.lapwing_web.offenders.managed import again, in_a_team, registered
from tests.lapwing_web.offenders.test_linking import come

from lapwing.report import Email
from lapwing_web.audit.models import AuditEntry
from lapwing_web.audit.queries import broken
from lapwing_web.casework.queries.referrals import referrals_for
from lapwing_web.clocks.actions import fire_due, warn_near
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import UK, at, today
from lapwing_web.notifications.models import Notification
from lapwing_web.offenders.actions import briefing, linking, managing
from lapwing_web.offenders.models import Acknowledgement, Briefing, Offender, OffenderLink
from lapwing_web.offenders.models.knowing import reads_briefing
from lapwing_web.offenders.queries.briefings import briefings_for, issued_by_us
from lapwing_web.offenders.queries.links import links_for, selectors_for
from lapwing_web.offenders.queries.offenders import offenders_for
from lapwing_web.offenders.queries.papers import briefing_paper
from lapwing_web.refusal import Refused
from lapwing_web.staff.actions import change_person
from lapwing_web.staff.models import Team, User

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, 12, tzinfo=UK)
KNOWN = [f"known-{number}@example.com" for number in range(4)]


def holds(row: Briefing) -> bool:
    """Whether a briefing may be told today, said here apart from the site's own words for it."""
    return row.state == "issued" and row.issued_on <= today() <= row.last_on


class Walk:
    """Two offenders of each of two forces, everybody who may try something, and what each may try."""

    def __init__(self, cast: Cast, seed: int) -> None:
        self.cast, self.dice, self.reports = cast, random.Random(seed), 0
        self.done: dict[str, int] = {}
        self.managing = in_a_team(cast)
        self.patrols, self.teams = [], []
        for letter, force in (("a", cast.force_a), ("b", cast.force_b)):
            team = Team.objects.create(organisation=force, name="Example North", kind="neighbourhood")
            self.teams.append(team)
            given = {"organisation": force, "role": "force_officer", "team": team}
            self.patrols += [User.objects.create(username=f"patrol-{letter}{n}", **given) for n in (1, 2)]
        officers = [cast.officer_a, cast.officer_b]
        supervisors = [cast.supervisor_a, cast.supervisor_b]
        self.people = [
            one.pk for one in (officers + supervisors) * 4 + self.patrols * 2
            + [cast.auditor_a, cast.auditor_b, cast.administrator_b, cast.intake]
        ]  # fmt: skip
        self.offenders = [
            registered(by, str(n), lives_at="1 Example Road") for by in officers for n in (1, 2)
        ]
        self.acts: list[Callable[[Offender, User], Any]] = [
            *[self.receive] * 3, *[self.add] * 4, self.drop, *[self.answer] * 4, *[self.brief] * 5,
            *[self.acknowledge] * 6, self.withdraw, *[self.assign] * 5, self.hand_out, self.move, self.move,
        ]  # fmt: skip

    def person(self, mostly: Offender) -> User:
        """Anybody, and mostly somebody who is of the offender's force today."""
        people = User.objects.select_related("organisation", "team")
        if self.dice.random() < 0.75:
            own = people.filter(pk__in=self.people, organisation=mostly.organisation_id)
            return self.dice.choice(list(own.order_by("pk")))
        return people.get(pk=self.dice.choice(self.people))

    def some(self, rows: Any) -> Any:
        found = list(rows.order_by("pk"))
        if not found:
            raise Refused("There is none.")
        return self.dice.choice(found)

    def step(self) -> None:
        """Somebody tries something with one offender, and is refused or not."""
        offender = again(self.dice.choice(self.offenders))
        by = self.person(offender)
        act, rows = self.dice.choice(self.acts), AuditEntry.objects.count()
        try:
            act(offender, by)
        except Refused:
            assert AuditEntry.objects.count() == rows, "what is refused leaves nothing behind"
        else:
            self.done[act.__name__] = self.done.get(act.__name__, 0) + 1
            if act not in (self.receive, self.move, self.acknowledge):
                assert offender.organisation_id == by.organisation_id, f"another force’s: {act.__name__}"

    def receive(self, one: Offender, by: User) -> None:
        self.reports += 1
        emails = [Email(self.dice.choice(KNOWN))]
        come(self.cast, self.reports, people=[subject(self.reports, emails=emails)])

    def add(self, one: Offender, by: User) -> None:
        linking.add_selector(one, kind="email", value=self.dice.choice(KNOWN), by=by)

    def drop(self, one: Offender, by: User) -> None:
        linking.drop_selector(self.some(one.selectors), why="Not theirs", by=by)

    def answer(self, one: Offender, by: User) -> None:
        linking.acknowledge_link(self.some(one.links), came_to="Another person", by=by)

    def brief(self, one: Offender, by: User) -> None:
        mine = [team for team in self.teams if team.organisation_id == one.organisation_id]
        team = self.dice.choice([*mine * 3, *self.teams])
        briefing.issue(one, team=team, look_for="A red bicycle", by=by)
        assert team.organisation_id == one.organisation_id

    def acknowledge(self, one: Offender, by: User) -> None:
        row = self.some(one.briefings)
        reader = self.dice.choice([by, *row.team.people.order_by("pk")])
        briefing.acknowledge(row, by=reader)
        assert holds(row), "one that is over was acknowledged"
        assert (reader.team_id, reader.organisation_id) == (row.team_id, one.organisation_id)

    def withdraw(self, one: Offender, by: User) -> None:
        briefing.withdraw(self.some(one.briefings), why="Moved away", by=by)

    def hand_out(self, one: Offender, by: User) -> None:
        row = self.some(one.briefings)
        given = {"to": "The team", "why": "To read", "ending": "docx"}
        briefing.hand_out_briefing(row, briefing_paper, by=by, **given)
        assert holds(row), "one that is over was handed out"

    def assign(self, one: Offender, by: User) -> None:
        to = self.person(one)
        managing.assign_manager(one, to=to, by=by)
        assert to.organisation_id == one.organisation_id

    def move(self, one: Offender, by: User) -> None:
        """An officer goes to the other force; who was there goes to a team of it."""
        who = self.dice.choice([self.cast.officer_a, self.cast.officer_b, *self.patrols])
        person = User.objects.get(pk=who.pk)
        there = self.cast.force_b if person.organisation_id == self.cast.force_a.pk else self.cast.force_a
        given = {"role": "force_officer", "is_active": True, "why": "Moved"}
        change_person(person, organisation=there, by=self.cast.administrator, **given)
        teams = self.managing.values() if who.username.startswith("officer") else self.teams
        team = self.dice.choice(list(teams))
        if team.organisation_id == there.pk:
            User.objects.filter(pk=who.pk).update(team=team)


def each_sees_their_own(walk: Walk) -> None:
    """Nobody finds anything of another force's offender, by any list from which a page is opened."""
    for key in walk.dice.sample(sorted(set(walk.people)), 5):
        person = User.objects.select_related("organisation", "team").get(pk=key)
        if person.role == "administrator":
            continue
        lists = {"organisation": offenders_for(person)}
        if not person.in_agency:
            lists |= {"offender": briefings_for(person)}
            assert not referrals_for(person).exists(), "a link let a force read a referral"
        found = set(lists["organisation"].values_list("organisation", flat=True))
        for rows in (briefings_for, links_for, selectors_for, issued_by_us):
            try:
                found |= set(rows(person).values_list("offender__organisation", flat=True))
            except Refused:
                continue
        assert found <= {person.organisation_id}


def what_is_told_stays(walk: Walk, last: int) -> None:
    """What is new to read is of the force where its reader is, and no clock goes to another."""
    force = {f"offender:{one.pk}": one.organisation_id for one in walk.offenders}
    rows = Briefing.objects.values_list("pk", "offender__organisation")
    force |= {f"briefing:{key}": place for key, place in rows}
    for row in Notification.objects.filter(pk__gt=last, about__in=force).select_related("user"):
        assert row.user.organisation_id == force[row.about], f"{row.kind} was told to another force"
    for name, place in Clock.objects.filter(about__in=force).values_list("about", "organisation"):
        assert place == force[name]


def briefings_hold(walk: Walk) -> None:
    """Only the team reads one, and only while it holds; one team is told once at a time."""
    for row in Briefing.objects.select_related("team", "offender"):
        person = User.objects.get(pk=walk.dice.choice(walk.patrols).pk)
        mine = person.team_id == row.team_id and person.organisation_id == row.offender.organisation_id
        assert reads_briefing(person, row) == (mine and holds(row))
        assert row.team.organisation_id == row.offender.organisation_id


def links_are_true(walk: Walk, before: set[int]) -> None:
    """A link that was just made is of something that both have."""
    for row in OffenderLink.objects.exclude(pk__in=before):
        held = set(row.offender.selectors.values_list("value", flat=True))
        seen = set(row.referral.sightings.values_list("selector__value", flat=True))
        assert held & seen, "a link of two that share nothing"


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_people_do_links_and_briefings_stay_with_the_offenders_force(cast: Cast, seed: int) -> None:
    when = START
    with at(when):
        walk = Walk(cast, seed)
    for number in range(160):
        when += timedelta(hours=walk.dice.randrange(0, 110))
        links = set(OffenderLink.objects.values_list("pk", flat=True))
        last = Notification.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        with at(when):
            walk.step()
            links_are_true(walk, links)
            if number % 4 == 0:
                each_sees_their_own(walk)
            if number % 8 == 0:
                briefings_hold(walk)  # before anything has ended what is over
                fire_due()
                warn_near()
                briefing.expire_briefings()
                briefings_hold(walk)
            what_is_told_stays(walk, last)
    assert {"receive", "add", "answer", "brief", "acknowledge", "assign", "move"} <= set(walk.done), walk.done
    assert Acknowledgement.objects.exists()
    assert Briefing.objects.filter(state="expired").exists()
    assert not broken(AuditEntry.objects.order_by("position"))

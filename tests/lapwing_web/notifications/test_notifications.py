"""Notifications: made with what causes them, once, for whom it concerns, and saying nothing of anybody."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from tests.cast import Cast
from tests.journeys.world import World, make_world
from tests.lapwing_web.casework.made import Made
from tests.lapwing_web.casework.test_disposing import ended, later
from tests.lapwing_web.casework.worked import accepted, case_of

from lapwing.policy import load
from lapwing_web.audit.actions import Rule
from lapwing_web.casework.actions import decide, disposing, outcome, package, transfer
from lapwing_web.casework.actions.agree import agree
from lapwing_web.casework.actions.allocate import allocate, take_back
from lapwing_web.casework.actions.gaps import sign_gap
from lapwing_web.casework.models import Approval, Case, Gap, Transfer
from lapwing_web.clocks.actions import acknowledge, fire_due, give_to, settle, start, warn_near
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import at, now, today
from lapwing_web.notifications.actions import over, read, read_all, sweep, tell
from lapwing_web.notifications.models import Notification
from lapwing_web.notifications.queries import page, unread
from lapwing_web.refusal import Forbidden
from lapwing_web.staff.actions import change_person, record_training
from lapwing_web.staff.models import User

pytestmark = pytest.mark.django_db
BY = Rule("rule:test")


def told(user: User, *, waiting: bool = True) -> list[str]:
    """The kinds of what this person was told, oldest first; of what waits to be read alone."""
    mine = Notification.objects.filter(user=user).order_by("pk")
    mine = mine.filter(read_at=None, over_at=None) if waiting else mine
    return list(mine.values_list("kind", flat=True))


def duty(cast: Cast, owner: User | None = None) -> Clock:
    """A clock of the first force: three working days, near from one before."""
    return start("duty", "duty:1", event="arrest", organisation=cast.force_a, by=BY, owner=owner)


def opened(cast: Cast, made: Made) -> Case:
    sent = package.disseminate(made(1), to=cast.force_a, reason="best_evidence", by=cast.intelligence)
    package.accept(sent, by=cast.officer_a)
    return case_of(sent)


def test_a_clock_tells_its_owner_when_near_and_the_role_when_it_has_passed_each_once(cast: Cast) -> None:
    clock = duty(cast, cast.officer_a)
    assert warn_near() == 0
    with at(clock.warn_at):
        assert (warn_near(), warn_near()) == (1, 0)
    assert told(cast.officer_a) == ["clock_near"]
    with at(clock.due_at):
        assert fire_due() == 1
    assert told(cast.officer_a) == ["clock_near", "clock_passed"]
    assert told(cast.supervisor_a) == ["clock_escalated"]
    assert told(cast.supervisor_b) == told(cast.supervisor) == []


def test_an_owner_who_has_gone_to_another_force_is_told_nothing_of_this_one(cast: Cast) -> None:
    clock = duty(cast, cast.officer_a)
    change_person(
        cast.officer_a, role="force_officer", organisation=cast.force_b, is_active=True, why="Has moved",
        by=cast.administrator,
    )  # fmt: skip
    with at(clock.warn_at):
        assert warn_near() == 1
    with at(clock.due_at):
        assert fire_due() == 1
    tell("case_allocated", "case:1", event="then", to=[cast.officer_a.pk], place=cast.force_a.pk)
    assert told(cast.officer_a) == []
    assert told(cast.supervisor_a) == ["clock_escalated"]


def test_one_acknowledges_and_nobody_else_of_the_role_has_it_to_read(cast: Cast) -> None:
    second = User.objects.create(username="another", role="supervisor", organisation=cast.force_a)
    gone = User.objects.create(username="gone", role="supervisor", organisation=cast.force_a, is_active=False)
    clock = duty(cast)
    with at(clock.due_at):
        fire_due()
        assert told(second) == told(cast.supervisor_a) == ["clock_escalated"]
        assert told(gone) == []
        clock.refresh_from_db()
        acknowledge(clock, cast.supervisor_a)
    assert told(second) == told(cast.supervisor_a) == []


def test_what_is_settled_or_becomes_anothers_is_no_longer_ones_own_to_read(cast: Cast) -> None:
    clock = duty(cast, cast.officer_a)
    with at(clock.warn_at):
        warn_near()
        give_to("duty:1", cast.supervisor_a, by=BY)
        assert told(cast.officer_a) == []
        warn_near()
        assert told(cast.supervisor_a) == ["clock_near"]
        settle("duty", "duty:1", event="done", by=BY)
    assert told(cast.supervisor_a) == []


def test_an_allocation_and_what_takes_it_back(cast: Cast, made: Made) -> None:
    case = opened(cast, made)
    for course in load("allocation").on(today()).courses:
        record_training(cast.officer_a, course=course, passed_on=today(), by=cast.supervisor_a)
    with transaction.atomic():
        allocate(case, to=cast.officer_a, by=cast.supervisor_a)
        transaction.set_rollback(True)
    assert told(cast.officer_a) == []
    case.refresh_from_db()
    allocate(case, to=cast.officer_a, by=cast.supervisor_a)
    assert told(cast.officer_a) == ["case_allocated"]
    take_back(case, why="On leave", by=cast.supervisor_a)
    assert told(cast.officer_a) == []


def test_an_offer_a_gap_a_decision_and_an_end_reach_whom_they_concern(cast: Cast) -> None:
    world = make_world(cast)
    assert told(cast.supervisor_a, waiting=False).count("gap_to_sign") == 1
    assert told(cast.supervisor_a).count("transfer_waiting") == 1
    _answers(cast, world)
    assert "ended" in told(cast.intelligence)
    assert {one.user.organisation_id for one in Notification.objects.filter(about__startswith="gap:")} == {
        cast.force_a.pk
    }
    names = {person.username for person in cast.people().values()} | {"subject-", "A-0000", "example.com"}
    for one in Notification.objects.all():
        said = one.words.lower()
        assert not [name for name in names if name.lower() in said], said


def _answers(cast: Cast, world: World) -> None:
    gap, offered, asked = world["gap"], world["offered"], world["their_approval"]
    assert isinstance(gap, Gap)
    assert isinstance(offered, Transfer)
    assert isinstance(asked, Approval)
    children = gap.suspect.case.children.values_list("pk", flat=True)
    sign_gap(gap, reason="A court", plans=dict.fromkeys(children, "Away"), by=cast.supervisor_a)
    assert "gap_to_sign" not in told(cast.supervisor_a)
    transfer.refuse_offer(offered, why="Not here", by=cast.supervisor_a)
    assert "transfer_waiting" not in told(cast.supervisor_a)
    assert told(cast.supervisor_b).count("transfer_answered") == 1
    assert "approval_waiting" in told(cast.supervisor_a)
    assert "approval_waiting" not in told(cast.officer_a)  # who asked
    agree(asked, by=cast.supervisor_a)
    assert "approval_waiting" not in told(cast.supervisor_a)


def test_a_package_reaches_the_inbox_it_waits_in_until_it_is_answered(cast: Cast, made: Made) -> None:
    referral = made(1)
    because = "A child lives there"
    protect = package.send_safeguarding(referral, to=cast.force_b, text=because, by=cast.intelligence)
    sent = package.disseminate(referral, to=cast.force_a, reason="best_evidence", by=cast.intelligence)
    for person in (cast.officer_b, cast.supervisor_b):
        assert told(person) == ["safeguarding_waiting"]
    for person in (cast.officer_a, cast.supervisor_a):
        assert told(person) == ["package_waiting"]
    everybody = {one.user for one in Notification.objects.select_related("user")}
    assert everybody == {cast.officer_a, cast.supervisor_a, cast.officer_b, cast.supervisor_b}
    package.return_(sent, reason="no_offence", by=cast.officer_a)
    package.accept(protect, by=cast.officer_b)
    assert [told(person) for person in everybody] == [[], [], [], []]


def test_the_disposal_of_a_record_reaches_whoever_else_may_agree(
    cast: Cast, signed_in: Callable[[User], Client]
) -> None:
    second = User.objects.create(username="another", role="supervisor", organisation=cast.force_a)
    case = ended(cast)
    with later():
        made = disposing.propose_disposal(case, why="Not needed", by=cast.supervisor_a)
        assert told(second) == ["disposal_waiting"]
        [one] = Notification.objects.filter(kind="disposal_waiting")
        assert one.words == f"The disposal of a record waits for a second person: Disposal {made.pk}"
        place = signed_in(second).get(f"/notifications/{one.pk}")
        assert place.url == f"/disposals/{made.pk}"  # type: ignore[attr-defined]
        Notification.objects.update(read_at=None)
        disposing.withdraw_disposal(made, by=cast.supervisor_a)
        assert told(second) == []


def test_those_who_had_a_case_hear_that_it_has_ended(cast: Cast, made: Made) -> None:
    referral = made(1)
    decide.take(referral, by=cast.intake)
    sent = package.disseminate(referral, to=cast.force_a, reason="best_evidence", by=cast.intelligence)
    accepted(sent, cast.officer_a)
    outcome.record_outcome(sent, code="1", on=today(), by=cast.supervisor_a)
    assert told(cast.officer_a) == told(cast.intelligence) == told(cast.intake) == ["ended"]
    assert "ended" not in told(cast.supervisor_a)


def test_one_reads_ones_own_and_nobody_elses(cast: Cast, signed_in: Callable[[User], Client]) -> None:
    tell("ended", "case:1", event="now", to=[cast.officer_a.pk, cast.officer_b.pk])
    tell("ended", "case:1", event="now", to=[cast.officer_a.pk])  # the same thing, told again
    mine, theirs = Notification.objects.order_by("user__username")
    with pytest.raises(Forbidden):
        read(theirs, by=cast.officer_a)
    client = signed_in(cast.officer_a)
    assert b'1<span class="govuk-visually-hidden"> to read' in client.get("/").content
    assert client.get(f"/notifications/{theirs.pk}").status_code == 404
    assert client.get(f"/notifications/{mine.pk}").url == "/cases/1"  # type: ignore[attr-defined]
    assert (unread(cast.officer_a), unread(cast.officer_b)) == (0, 1)
    assert b"Nothing waits to be read" in client.get("/notifications").content
    assert (
        b"Something you worked on has ended: Case CS-0000001" in client.get("/notifications?show=all").content
    )


def test_all_that_was_shown_is_read_and_what_came_since_is_not(cast: Cast) -> None:
    for number in range(120):
        tell("ended", f"case:{number}", event="now", to=[cast.officer_a.pk])
    first = page(cast.officer_a)
    assert (len(first.lines), first.waiting) == (50, 100)  # counted no further
    second = page(cast.officer_a, before=first.next)
    assert not {line.notification.pk for line in first.lines} & {
        line.notification.pk for line in second.lines
    }
    tell("ended", "case:1000", event="now", to=[cast.officer_a.pk])
    assert read_all(first.last, by=cast.officer_a) == 120
    assert unread(cast.officer_a) == 1


def test_what_was_told_long_ago_is_swept_unless_it_still_waits(cast: Cast) -> None:
    with at(now() - timedelta(days=366)):
        tell("ended", "case:1", event="then", to=[cast.officer_a.pk])
        tell("clock_escalated", "case:2", event="then", to=[cast.officer_a.pk])
        over(["case:1"])
    tell("ended", "case:3", event="now", to=[cast.officer_a.pk])
    sweep([])
    assert [one.about for one in Notification.objects.order_by("pk")] == ["case:2", "case:3"]

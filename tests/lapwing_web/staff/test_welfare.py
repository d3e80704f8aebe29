"""Budgets and check-ins: a view counts once a stack, too much is refused, and nothing said is kept."""

import random
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from tests.cast import Cast

from lapwing.rules.exposure import View, left
from lapwing_web.audit.models import AuditEntry
from lapwing_web.clocks.actions import fire_due, record_check_in, warn_near, watch_check_ins
from lapwing_web.clocks.models import Clock
from lapwing_web.front.queries.people_blocks import check_ins
from lapwing_web.front.queries.supervision import supervision
from lapwing_web.moment import UK, at, now, today
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.actions import Viewed, begin_viewing, count_views, stop_viewing
from lapwing_web.staff.models import AllowedViewing, CheckIn, Exposure, Training, User
from lapwing_web.staff.models.viewing import budget, left_of
from lapwing_web.staff.queries import own_exposure, training_page, welfare_page, worrying

pytestmark = pytest.mark.django_db


def view(person: User, by: User, *stacks: str, kind: str = "image", known: bool = False) -> int:
    viewed = [Viewed(kind, stack, now(), known) for stack in stacks]
    return count_views(person, viewed, source=Exposure.Source.GRADER, by=by)


def spend(person: User, by: User, weight: int) -> None:
    """Views of an hour ago and more, which leave no rest."""
    earlier = now() - timedelta(hours=2)
    viewed = [Viewed("image", f"spent {n}", earlier) for n in range(weight)]
    count_views(person, viewed, source=Exposure.Source.GRADER, by=by)


def test_a_stack_counts_once_and_a_known_hash_never(cast: Cast) -> None:
    officer, by = cast.officer_a, cast.supervisor_a
    assert view(officer, by, "a", "a", "b") == 2
    assert view(officer, by, "b", "c") == 1
    assert view(officer, by, "d", known=True) == 0
    assert view(cast.officer_b, by, "a") == 1, "somebody else's view is theirs"
    assert left_of([officer.pk])[officer.pk].month == budget().month - 3
    counted = AuditEntry.objects.filter(action="count views", about=f"user:{officer.pk}")
    assert counted.count() == 2, "nothing counted is nothing recorded"


def test_what_goes_over_a_budget_is_refused_and_what_fits_is_not(cast: Cast) -> None:
    officer, most = cast.officer_a, budget().day
    noon = now().replace(hour=12)
    with at(noon):
        spend(officer, cast.supervisor_a, most - 3)
        with pytest.raises(Refused, match="3 of 300 is left today, and this weighs 4"):
            begin_viewing({"video": 1}, by=officer)
        begin_viewing({"image": 3}, by=officer)
        with pytest.raises(Refused, match="Say how many"):
            begin_viewing({"image": 0}, by=officer)
        with pytest.raises(Forbidden):
            begin_viewing({"image": 1}, by=cast.auditor_a)


def test_what_one_was_told_one_may_view_is_in_the_sum_until_it_is_counted_or_given_up(
    cast: Cast, client: Client
) -> None:
    officer, most = cast.officer_a, budget().day
    client.force_login(officer)
    with at(now().replace(hour=12)):
        spend(officer, cast.supervisor_a, most - 5)
        assert client.post("/exposure", {"image": 3}).status_code == 302
        assert "what weighs 3" in client.get("/exposure").content.decode()
        said = client.post("/exposure", {"image": 3}).content.decode()
        assert "5 of 300 is left today, and this weighs 6, with 3 that you were told before" in said
        view(officer, cast.supervisor_a, "a", "b")  # of what they said they would
        assert "what weighs 1" in client.get("/exposure").content.decode()
        begin_viewing({"image": 2}, by=officer)
        with pytest.raises(Refused, match="over your budget"):
            begin_viewing({"image": 1}, by=officer)
        assert client.post("/exposure", {"stopped": "1"}).status_code == 302
        assert "you were told you may view" not in client.get("/exposure").content.decode().lower()
        begin_viewing({"image": 3}, by=officer)
    with at(now().replace(hour=12) + timedelta(days=1)):
        begin_viewing({"image": 3}, by=officer)  # another day, and yesterday's is not kept
        assert AllowedViewing.objects.get().weight == 3
    done = AuditEntry.objects.filter(by=officer.username, action="stop viewing")
    assert done.count() == 1
    with pytest.raises(Forbidden):
        stop_viewing(by=cast.auditor_a)


@pytest.mark.django_db(transaction=True)
def test_of_four_askings_at_once_that_the_budget_holds_once_one_is_told_yes(cast: Cast) -> None:
    officer, together = cast.officer_a, threading.Barrier(4)
    noon = now().replace(hour=12)
    with at(noon):
        spend(officer, cast.supervisor_a, budget().day - 3)

    def asking(_: int) -> bool:
        together.wait(20)
        try:
            with at(noon):
                begin_viewing({"image": 3}, by=officer)
        except Refused:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        for _ in range(5):
            assert sorted(pool.map(asking, range(4))) == [False, False, False, True]
            stop_viewing(by=officer)


def test_an_hours_budget_used_up_is_a_rest(cast: Cast) -> None:
    officer, version = cast.officer_a, budget()
    view(officer, cast.supervisor_a, *(f"{n}" for n in range(version.hour)))
    with pytest.raises(Refused, match="Rest until"):
        begin_viewing({"image": 1}, by=officer)
    with at(now() + timedelta(minutes=version.rest_minutes, seconds=5)):
        begin_viewing({"image": 1}, by=officer)


def test_a_supervisor_sees_totals_of_their_own_people_alone(cast: Cast, client: Client) -> None:
    view(cast.officer_a, cast.supervisor_a, "a-stack-of-theirs", kind="video")
    line = next(one for one in welfare_page(cast.supervisor_a).rows if one.person == cast.officer_a)
    assert [used for used, _ in line.used] == [4, 4, 4]
    assert {one.person.organisation for one in welfare_page(cast.supervisor_b).rows} == {cast.force_b}
    for person in (cast.officer_a, cast.auditor_a, cast.administrator_a):
        with pytest.raises(Forbidden):
            welfare_page(person)
    client.force_login(cast.supervisor_a)
    assert "a-stack-of-theirs" not in client.get("/welfare").content.decode()


def test_a_check_in_keeps_its_dates_and_nothing_that_was_said(cast: Cast) -> None:
    officer, by = cast.officer_a, cast.supervisor_a
    assert officer in [line.person for line in worrying(by)], "nobody planned one"
    record_check_in(officer, held_on=None, next_on=today() + timedelta(days=30), by=by)
    assert officer not in [line.person for line in worrying(by)]
    with at(now() + timedelta(days=30)):
        assert officer in [line.person for line in worrying(by)], "it is due today"
        record_check_in(officer, held_on=today(), next_on=today() + timedelta(days=60), by=by)
        assert officer not in [line.person for line in worrying(by)]
    assert CheckIn.objects.filter(user=officer, held_on=None).count() == 1
    assert {field.name for field in CheckIn._meta.fields} == {"id", "user", "due_on", "held_on", "held_by"}
    coming = own_exposure(officer).check_in
    assert coming is not None
    assert coming.due_on == today() + timedelta(days=90)


def test_a_check_in_is_held_by_another_of_the_same_place_and_the_next_is_never_far(cast: Cast) -> None:
    soon = today() + timedelta(days=30)
    for person in (cast.supervisor_b, cast.officer_a):
        with pytest.raises(Forbidden):
            record_check_in(cast.officer_a, held_on=None, next_on=soon, by=person)
    by = cast.supervisor_a
    with pytest.raises(Refused, match="Nobody checks in with themselves"):
        record_check_in(by, held_on=None, next_on=soon, by=by)
    with pytest.raises(Refused, match="when it has been held"):
        record_check_in(cast.officer_a, held_on=soon, next_on=soon + timedelta(days=1), by=by)
    for days in (-1, budget().check_in_days + 1):
        with pytest.raises(Refused, match="within 90 days"):
            record_check_in(cast.officer_a, held_on=None, next_on=today() + timedelta(days=days), by=by)


def test_the_pages_ask_and_record(cast: Cast, client: Client) -> None:
    client.force_login(cast.officer_a)
    assert client.post("/exposure", {"image": "3"}).status_code == 302
    refused = client.post("/exposure", {"video": "9999"})
    assert "over your budget" in refused.content.decode()
    client.force_login(cast.supervisor_a)
    day = today() + timedelta(days=10)
    sent = {"next_on_0": day.day, "next_on_1": day.month, "next_on_2": day.year}
    assert client.post(f"/welfare/{cast.officer_a.pk}/check-in", sent).status_code == 302
    assert CheckIn.objects.get().due_on == day
    assert client.post(f"/welfare/{cast.officer_b.pk}/check-in", sent).status_code == 404


@pytest.mark.parametrize("seed", range(4))
def test_what_the_database_adds_up_is_what_every_view_says(seed: int, cast: Cast) -> None:
    dice = random.Random(seed)
    ago = [dice.choice([dice.randrange(240), dice.randrange(50 * 24 * 60)]) for _ in range(200)]
    viewed = [Viewed("image", f"{n}", now() - timedelta(minutes=m)) for n, m in enumerate(ago)]
    count_views(cast.officer_a, viewed, source=Exposure.Source.GRADER, by=cast.supervisor_a)
    with at(now() + timedelta(minutes=dice.randrange(90))):
        every = [View(row.at, row.weight) for row in Exposure.objects.all()]
        assert left_of([cast.officer_a.pk])[cast.officer_a.pk] == left(every, now(), UK, budget())


def test_a_rest_that_began_before_midnight_is_not_longer_after_it(cast: Cast) -> None:
    officer, midnight = cast.officer_a, datetime(2026, 11, 20, tzinfo=UK)
    last = midnight - timedelta(minutes=5)
    viewed = [Viewed("image", f"{n}", last) for n in range(budget().hour)]
    viewed.append(Viewed("image", "of the day before", last - timedelta(hours=20)))
    count_views(officer, viewed, source=Exposure.Source.GRADER, by=cast.supervisor_a)
    with at(midnight + timedelta(minutes=2)):
        resting = left_of([officer.pk])[officer.pk].rest_until
    assert resting == last + timedelta(minutes=budget().rest_minutes)


def overdue_check_ins(user: User) -> list[str]:
    [part] = [one for one in supervision(user) if one.name == "check_ins"]
    assert part.count == len(part.rows)
    return [row.label for row in part.rows]


def test_a_check_in_has_a_clock_until_it_is_held_and_is_on_the_page_when_it_is_not(cast: Cast) -> None:
    officer, by = cast.officer_a, cast.supervisor_a
    planned = record_check_in(officer, held_on=None, next_on=today() + timedelta(days=30), by=by)
    again = record_check_in(officer, held_on=None, next_on=today() + timedelta(days=40), by=by)
    assert planned == again
    clock = Clock.objects.exclude(state="settled").get(kind="check_in")
    assert (clock.owner, clock.organisation) == (officer, cast.force_a)
    assert clock.due_at.astimezone(UK).date() == today() + timedelta(days=41)  # its day is over
    assert watch_check_ins() == 0
    with at(clock.warn_at):
        warn_near()
        assert officer.notifications.get().kind == "clock_near"
    with at(clock.due_at):
        fire_due()
        assert overdue_check_ins(by) == [str(officer)]
        assert overdue_check_ins(cast.supervisor_b) == []
        User.objects.create(username="aaron", role="force_officer", organisation=cast.force_a)
        block = check_ins(by)  # somebody else has no date: they are counted, and said apart
        assert block.count == len(worrying(by)) == 2
        assert "1 should have been asked by now" in block.lead
        assert block.items[0].record.person == officer
        assert by.notifications.get().words == (
            "A deadline has passed and is for your role to acknowledge: A check-in is due: "
            f"Check-in {planned.pk}"
        )
        record_check_in(officer, held_on=today(), next_on=today() + timedelta(days=60), by=by)
        assert overdue_check_ins(by) == []
    assert Clock.objects.exclude(state="settled").get(kind="check_in").due_at > clock.due_at


def test_who_views_and_has_no_check_in_planned_has_a_clock_too(cast: Cast) -> None:
    officer, by = cast.officer_a, cast.supervisor_a
    view(officer, by, "a")
    assert (watch_check_ins(), watch_check_ins()) == (1, 0)
    clock = Clock.objects.get(kind="check_in")
    assert clock.due_at.astimezone(UK).date() == today() + timedelta(days=budget().check_in_days + 1)
    User.objects.filter(pk=officer.pk).update(organisation=cast.force_b)
    watch_check_ins()
    clock.refresh_from_db()
    assert (clock.organisation, clock.owner) == (cast.force_b, officer)
    User.objects.filter(pk=officer.pk).update(is_active=False)
    assert watch_check_ins() == 0
    clock.refresh_from_db()
    assert clock.state == Clock.State.SETTLED


@pytest.mark.parametrize("address", ["/welfare", "/training"])
def test_many_people_come_a_page_at_a_time_and_are_found_by_name(
    address: str, cast: Cast, client: Client
) -> None:
    given = {"role": "force_officer", "organisation": cast.force_a}
    User.objects.bulk_create(User(username=f"many-{n:03d}", **given) for n in range(60))
    client.force_login(cast.supervisor_a)
    seen: list[str] = []
    following = "?q=MANY"
    while following:
        page = client.get(f"{address}{following}").content.decode()
        seen += sorted(set(re.findall(r"many-\d{3}", page)))
        found = re.search(r'href="(\?show=people&amp;skip=\d+&amp;q=MANY)"', page)
        following = found[1].replace("&amp;", "&") if found else ""
    assert seen == [f"many-{n:03d}" for n in range(60)]
    assert "many-059" in client.get(f"{address}?q=059").content.decode()
    assert "Nobody has that name" in client.get(f"{address}?q=nobody-of-that-name").content.decode()
    assert "No more." in client.get(f"{address}?show=people&skip=500").content.decode()
    client.force_login(cast.supervisor_b)
    assert "many-" not in client.get(f"{address}?q=many-").content.decode().replace("“many-”", "").replace(
        'value="many-"', ""
    )


def test_courses_that_end_come_a_page_at_a_time_whoever_is_searched_for(cast: Cast, client: Client) -> None:
    given = {"role": "force_officer", "organisation": cast.force_a}
    people = User.objects.bulk_create(User(username=f"many-{n:03d}", **given) for n in range(55))
    day = today() + timedelta(days=9)
    Training.objects.bulk_create(
        Training(user=one, course="grading", passed_on=today(), expires_on=day, at=now(), by=one)
        for one in people
    )
    first, second = training_page(cast.supervisor_a), training_page(cast.supervisor_a, "ending", 50, "nobody")
    assert (first.ending.count, len(first.ending.rows), first.ending.next) == (55, 50, 50)
    assert [str(person) for person, _, _ in second.ending.rows] == [f"many-{n:03d}" for n in range(50, 55)]
    assert (second.people.count, first.months) == (0, [(day.replace(day=1), 55)])

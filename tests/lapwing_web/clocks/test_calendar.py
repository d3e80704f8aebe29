"""One's own deadlines as a calendar: whose, until when, what they say, and that a program can read it."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar
from tests.cast import Cast

from lapwing_web.audit.actions import Rule
from lapwing_web.audit.models import AuditEntry
from lapwing_web.clocks.actions import fire_due, pause, renew_calendar, settle, start
from lapwing_web.clocks.models import CalendarAddress, Clock
from lapwing_web.clocks.queries import calendar_of
from lapwing_web.moment import at
from lapwing_web.staff.actions import change_password, change_person, reset_password
from lapwing_web.staff.models import User

pytestmark = pytest.mark.django_db
BY = Rule("rule:test")
SUMMER = datetime(2026, 7, 6, 10, 0, tzinfo=UTC)


@pytest.fixture
def secret(cast: Cast) -> str:
    return renew_calendar(by=cast.officer_a)


def clock(cast: Cast, kind: str, about: str, owner: User | None, **given: Any) -> Clock:
    place = given.pop("organisation", cast.force_a)
    return start(kind, about, event="made", organisation=place, owner=owner, by=BY, **given)


def read(secret: str) -> Any:
    return Client().get(f"/calendar/{secret}.ics")


def events(secret: str) -> dict[str, Any]:
    """What a calendar program finds, by its summary."""
    said = read(secret)
    assert said.status_code == 200
    assert said["Content-Type"] == "text/calendar"
    whole = Calendar.from_ical(said.content)
    whole.validate()
    assert (whole["VERSION"], len(whole.errors)) == ("2.0", 0)
    assert all(len(line) <= 75 for line in said.content.split(b"\r\n"))
    found = whole.walk("VEVENT")
    assert len({str(one["UID"]) for one in found}) == len(found)
    assert all(one.DTSTAMP.utcoffset() == timedelta(0) and not one.errors for one in found)
    return {str(one["SUMMARY"]): one for one in found}


def test_days_are_days_and_instants_are_utc_in_summer_too(cast: Cast, secret: str) -> None:
    officer = cast.officer_a
    with at(SUMMER):
        day = clock(cast, "duty", "duty:3", officer)  # three working days: the end of Thursday
        clock(cast, "allocation", "case:4", officer, band="very_high")  # four hours
        midnight = datetime(2026, 7, 20, 23, tzinfo=UTC)  # the end of 20 July, in summer time
        clock(cast, "bail", "restriction:5", officer, due_at=midnight)
        found = events(secret)
    assert day.due_at.tzinfo is not None
    assert found["A duty after an arrest: Duty after an arrest 3"]["DTSTART"].dt == date(2026, 7, 9)
    assert found["Bail ends: Restriction 5"]["DTSTART"].dt == date(2026, 7, 20)
    assert found["The case is allocated to nobody: Case CS-0000004"]["DTSTART"].dt == SUMMER + timedelta(
        hours=4
    )
    assert str(found["The case is allocated to nobody: Case CS-0000004"]["URL"]).endswith("/cases/4")


def test_only_ones_own_open_deadlines_where_one_works_now_and_nobody_named(cast: Cast, secret: str) -> None:
    officer = cast.officer_a
    with at(SUMMER):
        late = clock(cast, "duty", "duty:1", officer, title="Officer-a and subject-000001@example.com")
        paused = clock(cast, "duty", "duty:2", officer)
        pause(paused, "Waiting", cast.supervisor_a)
        clock(cast, "duty", "duty:3", officer)
        settle("duty", "duty:3", event="done", by=BY)
        clock(cast, "duty", "duty:4", cast.supervisor_a)
        clock(cast, "duty", "duty:5", None)
        clock(cast, "duty", "duty:6", officer, organisation=cast.force_b)
    with at(late.due_at):
        fire_due()
        assert list(events(secret)) == ["Overdue: A duty after an arrest: Duty after an arrest 1"]
        whole = read(secret).content.decode().casefold()
        assert not [
            name for name in (*cast.people(), "subject", "lancashire") if name.replace("_", "-") in whole
        ]
        User.objects.filter(pk=officer.pk).update(organisation=cast.force_b)
        assert [name.rpartition(" ")[2] for name in events(secret)] == ["6"]


def test_an_address_ends_when_it_is_renewed_revoked_or_its_person_leaves(
    cast: Cast, secret: str, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(cast.officer_a)
    shown = client.post("/calendar/new").content.decode()
    new = re.search(r"/calendar/([\w-]{43})\.ics", shown)
    assert new is not None
    assert new[1] not in client.get("/calendar").content.decode()  # shown once
    assert new[1] not in str(list(CalendarAddress.objects.values()))
    assert [read(one).status_code for one in (secret, new[1], new[1] + "x", "x" * 500)] == [
        404,
        200,
        404,
        404,
    ]
    theirs = renew_calendar(by=cast.officer_b)
    User.objects.filter(pk=cast.officer_b.pk).update(is_active=False)
    assert read(theirs).status_code == 404
    User.objects.filter(pk=cast.officer_b.pk).update(is_active=True, role="administrator")
    assert read(theirs).status_code == 404  # who sees no clocks has no calendar of them
    client.post("/calendar/end")
    assert read(new[1]).status_code == 404
    actions = [row.action for row in AuditEntry.objects.filter(by="officer-a").order_by("position")]
    made, end = "make a calendar address", "end a calendar address"
    assert actions == [made, end, made, "read a calendar", end]


ENDS = [
    # what is done to somebody, whether their calendar's address still answers after it, why
    (lambda who, by: placed(who, by, is_active=False), False, "they were stopped, and are let in again"),
    (lambda who, by: reset_password(who, why="lost", by=by), False, "somebody else may have what is theirs"),
    (lambda who, by: placed(who, by, role="supervisor"), True, "they work elsewhere, and it shows that"),
    (lambda who, _: change_password("a long word of their own", by=who), True, "it is their own choice"),
]


def placed(who: User, by: User, *, role: str = "force_officer", is_active: bool = True) -> None:
    change_person(who, role=role, organisation=who.organisation, is_active=is_active, why="so", by=by)


@pytest.mark.parametrize(("act", "answers", "why"), ENDS, ids=[why for *_, why in ENDS])
def test_an_address_ends_with_its_persons_access_and_never_answers_again(
    act: Callable[[User, User], Any], answers: bool, why: str, cast: Cast, secret: str
) -> None:
    act(cast.officer_a, cast.administrator_a)
    who = User.objects.get(pk=cast.officer_a.pk)
    if not who.is_active:
        placed(who, cast.administrator_a)
        who.refresh_from_db()
    User.objects.filter(pk=who.pk).update(must_change_password=False)
    who.refresh_from_db()
    assert (read(secret).status_code == 200) == answers
    assert (calendar_of(who) is not None) == answers
    new = renew_calendar(by=who)
    assert (read(secret).status_code, read(new).status_code) == (404, 200)


def test_reading_is_recorded_once_a_day_and_not_too_often(cast: Cast, secret: str, settings: Any) -> None:
    for day in (0, 0, 1):
        with at(SUMMER + timedelta(days=day)):
            read(secret)
    assert AuditEntry.objects.filter(action="read a calendar").count() == 2
    settings.CALENDAR_REQUESTS_A_MINUTE = 0
    said = read(secret)
    assert (said.status_code, said["Retry-After"]) == (429, "60")
    assert Client().post(f"/calendar/{secret}.ics").status_code == 405

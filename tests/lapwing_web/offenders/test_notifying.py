"""What an offender has to notify: its days, its clocks, and what each thing that happens does to them."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from tests.cast import Cast
from tests.lapwing_web.offenders.managed import again, in_a_team, registered

from lapwing_web.audit.models import AuditEntry
from lapwing_web.audit.queries import broken
from lapwing_web.clocks.actions import fire_due
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import UK, at
from lapwing_web.offenders.actions import managing, notifying, registering
from lapwing_web.offenders.models import Notifiable, Notification, Offender, Requirement
from lapwing_web.refusal import Forbidden, Refused

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, 12, tzinfo=UK)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _day(cast: Cast) -> Iterator[None]:
    in_a_team(cast)
    with at(START):
        yield


def due(offender: Offender) -> list[str]:
    """What runs on what is to be notified: its words, its last day, and whether it ran out."""
    rows = Clock.objects.filter(about=f"offender:{offender.pk}", kind__startswith="notification")
    open_ones = rows.exclude(state="settled").order_by("due_at", "title")
    return [
        f"{one.title.partition(':')[0]} {one.due_at.astimezone(UK) - DAY:%-d %b %Y} {one.state}"
        for one in open_ones
    ]


@pytest.fixture
def offender(cast: Cast) -> Offender:
    """Convicted on 2 March 2026, ten years; the first notification is still to come."""
    one = registered(cast.officer_a)
    given = {"relevant_on": date(2026, 3, 2), "disposal": "imprisonment_middle"}
    notifying.require(one, **given, by=cast.officer_a)
    return again(one)


def notified(offender: Offender, cast: Cast, **given: Any) -> Notification:
    return notifying.record_notification(again(offender), by=cast.officer_a, **given)


END = "End of notification of RO-{:07d} 1 Mar 2036 running"


def test_the_first_notification_has_three_days_and_the_year_runs_from_it(
    cast: Cast, offender: Offender
) -> None:
    end = END.format(offender.pk)
    assert due(offender) == ["First notification 4 Mar 2026 running", end]
    made = notified(offender, cast, on=date(2026, 3, 2), full=True)
    assert not made.late
    assert due(offender) == ["Yearly notification 2 Mar 2027 running", end]
    row = Requirement.objects.get()
    assert (row.first_on, row.last_on, row.ends_on) == (date(2026, 3, 2), date(2026, 3, 2), date(2036, 3, 1))
    assert row.next_due_at == datetime(2027, 3, 3, tzinfo=UK)
    assert all(clock.owner == cast.officer_a for clock in Clock.objects.all())


def test_who_does_not_notify_is_missing_once_the_days_are_over(cast: Cast, offender: Offender) -> None:
    with at(datetime(2026, 3, 5, tzinfo=UK)):
        fire_due()
        assert due(offender)[0] == "First notification 4 Mar 2026 fired"
        assert notified(offender, cast, on=date(2026, 3, 5), full=True).late
        assert due(offender)[0].startswith("Yearly notification 5 Mar 2027")


def test_a_change_is_notified_within_three_days_and_begins_the_year_anew(
    cast: Cast, offender: Offender
) -> None:
    notified(offender, cast, on=date(2026, 3, 2), full=True)
    with at(datetime(2026, 6, 10, 12, tzinfo=UK)):
        began = datetime(2026, 6, 9, 9, tzinfo=UK)
        given = {"kind": "change", "began_at": began, "text": "A new address"}
        item = notifying.record_notifiable(again(offender), **given, by=cast.officer_a)
        assert due(offender)[0].startswith("Change of name, address or other detail 11 Jun 2026")
        notified(offender, cast, on=date(2026, 6, 10), full=False, items=[item])
        assert due(offender)[0].startswith("Yearly notification 10 Jun 2027")
        with pytest.raises(Refused):
            notified(offender, cast, on=date(2026, 6, 10), full=False, items=[item])


def test_custody_stops_the_days_and_a_release_is_to_be_notified(cast: Cast, offender: Offender) -> None:
    notified(offender, cast, on=date(2026, 3, 2), full=True)
    away = {"kind": "custody", "begins": date(2026, 3, 2)}
    absence = notifying.record_absence(again(offender), **away, by=cast.officer_a)
    with at(datetime(2027, 5, 3, 12, tzinfo=UK)):
        notifying.end_absence(absence, back_on=date(2027, 5, 3), by=cast.officer_a)
        assert due(offender)[:2] == [
            "Release from custody or hospital 5 May 2027 running",
            "Yearly notification 5 May 2027 running",
        ]
        release = Notifiable.objects.get(kind="release")
        notified(offender, cast, on=date(2027, 5, 3), full=True, items=[release])
        assert due(offender)[0].startswith("Yearly notification 3 May 2028")


def test_a_stay_that_goes_on_has_its_clock_before_it_is_another_address(
    cast: Cast, offender: Offender
) -> None:
    notified(offender, cast, on=date(2026, 3, 2), full=True)
    began = datetime(2026, 3, 2, 10, tzinfo=UK)
    given = {"kind": "stay", "began_at": began, "text": "12 Example Street"}
    stay = notifying.record_notifiable(again(offender), **given, by=cast.officer_a)
    assert due(offender)[:2] == [
        "Stay in a household with a child 4 Mar 2026 running",  # nobody has found out: unknown is not no
        "Another address stayed at 10 Mar 2026 running",
    ]
    with at(datetime(2026, 3, 3, 12, tzinfo=UK)):
        stay.refresh_from_db()
        notifying.end_stay(stay, ended_at=began + timedelta(hours=20), child=False, by=cast.officer_a)
        assert due(offender)[0].startswith("Yearly")
        with pytest.raises(Refused):
            notifying.end_stay(stay, ended_at=began, child=None, by=cast.officer_a)


def test_travel_is_notified_before_it(cast: Cast, offender: Offender) -> None:
    notified(offender, cast, on=date(2026, 3, 2), full=True)
    departs = datetime(2026, 4, 1, tzinfo=UK)
    given = {"kind": "travel", "began_at": departs, "text": "Abroad", "known_on": date(2026, 3, 1)}
    trip = notifying.record_notifiable(again(offender), **given, by=cast.officer_a)
    assert due(offender)[0] == "Notice before travel abroad 25 Mar 2026 running"
    notified(offender, cast, on=date(2026, 3, 2), full=False, items=[trip])
    assert due(offender)[0] == "Yearly notification 2 Mar 2027 running"


def test_what_was_recorded_in_error_is_not_to_be_notified_and_stays_on_the_record(
    cast: Cast, offender: Offender
) -> None:
    given = {"kind": "change", "began_at": START, "text": "A new name"}
    item = notifying.record_notifiable(offender, **given, by=cast.officer_a)
    notifying.withdraw_notifiable(item, why="It was somebody else.", by=cast.officer_a)
    assert len(due(offender)) == 2
    assert Notifiable.objects.get().state == "withdrawn"


def test_an_end_of_the_registration_ends_the_clocks_and_a_new_one_begins_them(
    cast: Cast, offender: Offender
) -> None:
    before = due(offender)
    registering.end_registration(again(offender), on=date(2026, 3, 2), why="Appeal", by=cast.supervisor_a)
    assert due(offender) == []
    with pytest.raises(Refused):
        notified(offender, cast, on=date(2026, 3, 2), full=True)
    registering.register_again(again(offender), why="It was dismissed", by=cast.supervisor_a)
    assert due(offender) == before
    managing.assign_manager(again(offender), to=cast.supervisor_a, by=cast.supervisor_a)
    open_ones = Clock.objects.exclude(state="settled").filter(kind__startswith="notification")
    assert {clock.owner for clock in open_ones} == {cast.supervisor_a}


def test_what_makes_no_sense_is_refused(cast: Cast, offender: Offender) -> None:
    by = cast.officer_a
    other = registered(by, "2")
    change = {"kind": "change", "began_at": START, "text": "A new name"}
    tries = [
        lambda: notifying.record_notifiable(other, **change, by=by),  # nothing is required of them
        lambda: notifying.record_notifiable(offender, **{**change, "began_at": START + DAY}, by=by),
        lambda: notifying.record_notifiable(offender, **{**change, "text": " "}, by=by),
        lambda: notifying.record_notification(offender, on=START.date() + DAY, full=True, by=by),
        lambda: notifying.record_notification(offender, on=START.date(), full=False, by=by),
        lambda: notifying.require(offender, relevant_on=START.date(), disposal="none", by=by),
        lambda: notifying.require(
            offender, relevant_on=START.date(), disposal="caution", ordered_until=START.date(), by=by
        ),
        lambda: notifying.record_absence(
            offender, kind="abroad", begins=START.date(), back_on=START.date() - DAY, by=by
        ),
        lambda: notifying.record_absence(  # over before anybody managed the offender
            offender, kind="custody", begins=date(1950, 1, 1), back_on=date(1951, 1, 1), by=by
        ),
        lambda: notifying.record_notifiable(offender, **{**change, "began_at": START - 2 * DAY}, by=by),
    ]
    for attempt in tries:
        offender.refresh_from_db()
        with pytest.raises(Refused):
            attempt()
    for nobody in (cast.officer_b, cast.supervisor_b, cast.auditor_a, cast.intake):
        with pytest.raises(Forbidden):
            notifying.record_notification(again(offender), on=START.date(), full=True, by=nobody)
    assert not Notification.objects.exists()
    assert not broken(AuditEntry.objects.all())

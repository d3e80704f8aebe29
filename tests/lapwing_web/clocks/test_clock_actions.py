"""Clocks: started once, fired once, paused without losing time, acknowledged by the role told."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from tests.cast import AGENCY, Cast

from lapwing_web.audit.actions import Rule
from lapwing_web.audit.models import AuditEntry
from lapwing_web.clocks import queries
from lapwing_web.clocks.actions import Start, acknowledge, fire_due, pause, resume, settle, start, start_many
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import at
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.models import Organisation

MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
BY = Rule("rule:test")
State = Clock.State


def triage(cast: Cast, n: int = 1, band: str = "very_high") -> Clock:
    """A clock of four hours."""
    return start("triage", f"referral:{n}", event="received", organisation=cast.agency, by=BY, band=band)


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("position").values_list("action", flat=True))


def test_an_event_starts_a_clock_once_however_often_it_is_told(cast: Cast) -> None:
    with at(MONDAY):
        first, again = triage(cast), triage(cast)
    assert first == again
    assert first.due_at == MONDAY + timedelta(hours=4)
    assert first.escalated_to == "supervisor"
    assert actions() == ["start clock"]


def test_working_days_skip_bank_holidays(cast: Cast) -> None:
    with at(datetime(2026, 4, 2, 10, 0, tzinfo=UTC)):  # the Thursday before Easter
        clock = triage(cast, band="high")
    assert clock.due_at == datetime(2026, 4, 7, 22, 59, 59, tzinfo=UTC)


def test_a_deadline_somebody_else_set_is_kept(cast: Cast) -> None:
    given = MONDAY + timedelta(days=20)
    with at(MONDAY):
        clock = start(
            "provider_logs", "referral:1", event="logs", organisation=cast.agency, by=BY, due_at=given
        )
    assert clock.due_at == given
    assert clock.warn_at == given - timedelta(days=14)


def test_a_bulk_start_makes_only_what_is_new(cast: Cast) -> None:
    with at(MONDAY):
        triage(cast, 3)
        starts = [Start("triage", f"referral:{n}", "received", "NCA", band="low") for n in (1, 2, 3, 2)]
        assert {clock.about for clock in start_many(starts, by=BY)} == {"referral:1", "referral:2"}
        assert start_many(starts, by=BY) == []
    assert Clock.objects.count() == 3


def test_a_due_clock_fires_once_with_its_row(cast: Cast) -> None:
    with at(MONDAY):
        clock = triage(cast)
    with at(MONDAY + timedelta(hours=4) - timedelta(seconds=1)):
        assert fire_due() == 0
    with at(MONDAY + timedelta(hours=4)):
        assert fire_due() == 1
        assert fire_due() == 0
    clock.refresh_from_db()
    assert (clock.state, clock.fired_at) == (State.FIRED, MONDAY + timedelta(hours=4))
    assert actions() == ["start clock", "fire clock"]
    assert AuditEntry.objects.get(action="fire clock").about == f"clock:{clock.pk}"


def test_a_settled_clock_never_fires(cast: Cast) -> None:
    with at(MONDAY):
        triage(cast)
        assert settle("triage", "referral:1", event="discarded", by=cast.intake) == 1
        assert settle("triage", "referral:1", event="discarded", by=cast.intake) == 0
    with at(MONDAY + timedelta(days=30)):
        assert fire_due() == 0


def test_a_paused_clock_never_fires_and_loses_no_time(cast: Cast) -> None:
    with at(MONDAY):
        clock = triage(cast)
    with at(MONDAY + timedelta(hours=1)):
        pause(clock, "The company's site is down", cast.supervisor)
    with at(MONDAY + timedelta(days=9)):
        assert fire_due() == 0
        resume(clock, cast.supervisor)
    clock.refresh_from_db()
    assert clock.due_at == MONDAY + timedelta(days=9, hours=3)
    assert clock.warn_at == clock.due_at - timedelta(hours=2)
    assert actions() == ["start clock", "pause clock", "resume clock"]


def test_a_pause_wants_a_reason_and_a_supervisor_of_the_same_organisation(cast: Cast) -> None:
    with at(MONDAY):
        clock = triage(cast)
        with pytest.raises(Refused, match="why"):
            pause(clock, "  ", cast.supervisor)
        for other in (cast.intake, cast.supervisor_a):
            with pytest.raises(Forbidden):
                pause(clock, "because", other)
    with at(MONDAY + timedelta(hours=5)), pytest.raises(Refused, match="due already"):
        pause(clock, "too late", cast.supervisor)


def test_only_the_role_it_was_escalated_to_acknowledges_and_only_once(cast: Cast) -> None:
    with at(MONDAY):
        clock = triage(cast)
        with pytest.raises(Refused, match="not overdue"):
            acknowledge(clock, cast.supervisor)
    with at(MONDAY + timedelta(hours=6)):
        fire_due()
        with pytest.raises(Forbidden, match="escalated to the supervisor"):
            acknowledge(clock, cast.intake)
        with pytest.raises(Forbidden, match="another organisation"):
            acknowledge(clock, cast.supervisor_b)
        acknowledge(clock, cast.supervisor)
        with pytest.raises(Refused, match="someone else"):
            acknowledge(clock, cast.supervisor)
    clock.refresh_from_db()
    assert clock.acknowledged_by == cast.supervisor
    assert clock.state == State.FIRED


def test_a_force_sees_its_own_clocks_and_the_agency_sees_all(cast: Cast) -> None:
    with at(MONDAY):
        triage(cast)
        for n, force in enumerate((cast.force_a, cast.force_b), 1):
            start("silence", f"package:{n}", event="sent", organisation=force, by=BY, band="high")
        seen = {
            who: sorted(queries.clocks_for(person).values_list("about", flat=True))
            for who, person in cast.people().items()
            if person.role == "supervisor"
        }
        near = queries.about_to_breach(cast.officer_a).count()
    assert seen == {
        "supervisor": ["package:1", "package:2", "referral:1"],
        "supervisor_a": ["package:1"],
        "supervisor_b": ["package:2"],
    }
    assert near == 0


def test_the_page_counts_every_group_and_pages_in_the_database(cast: Cast) -> None:
    with at(MONDAY):
        start_many(
            [Start("triage", f"referral:{n}", "received", "NCA", band="low") for n in range(120)], by=BY
        )
        triage(cast, 500)
        pause(triage(cast, 501), "waiting", cast.supervisor)
    with at(MONDAY + timedelta(hours=3)):
        page = queries.page(cast.intake)
        assert page.group == "soon"
        assert page.counts == {"overdue": 0, "soon": 1, "running": 120, "paused": 1}
        seen, after = [], ""
        while True:
            page = queries.page(cast.intake, "running", after=after)
            seen += [row.clock.about for row in page.rows]
            if not (after := page.next):
                break
    assert len(seen) == len(set(seen)) == 120


@pytest.mark.django_db(transaction=True)
def test_several_runners_at_once_fire_each_clock_once() -> None:
    Organisation.objects.create(code=AGENCY[0], name=AGENCY[1], kind=AGENCY[2])
    past = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
    start_many(
        [Start("triage", f"referral:{n}", "received", "NCA", past, band="high") for n in range(250)], by=BY
    )
    fired: list[int] = []

    def run() -> None:
        try:
            fired.append(fire_due())
        finally:
            connection.close()

    runners = [threading.Thread(target=run) for _ in range(4)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    assert sum(fired) == 250
    assert AuditEntry.objects.filter(action="fire clock").values("about").distinct().count() == 250
    assert AuditEntry.objects.filter(action="fire clock").count() == 250

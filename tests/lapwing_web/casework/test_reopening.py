"""What reopening does with every clock that the end of a case stopped: one line of a table for each kind."""

from datetime import date, datetime, timedelta

import pytest
from tests.cast import Cast
from tests.lapwing_web.casework.made import Made
from tests.lapwing_web.casework.test_arrests import NOON
from tests.lapwing_web.casework.worked import answer_all, case_of, protect_child

from lapwing.policy import load
from lapwing_web.casework.actions import (
    arrests,
    children,
    decide,
    outcome,
    package,
    prosecution,
    reopening,
    warrants,
)
from lapwing_web.casework.models import Case, Condition, Duty, Package
from lapwing_web.casework.models.contact import version
from lapwing_web.clocks.actions import fire_due, pause
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import at, now, today
from lapwing_web.notifications.models import Notification

pytestmark = pytest.mark.django_db

# kind; what runs when the case is reopened a day later; two years later; why
ON, ANEW, GONE = "runs on", "runs anew", "is gone"
TABLE = [
    ("allocation", ANEW, ANEW, "nobody has the case, and its time begins again"),
    ("contact_expiry", ON, GONE, "an answer that has expired is asked again, by the clock on the questions"),
    ("contact_questions", GONE, ANEW, "every answer stood when it ended; two years later none does"),
    ("bail", ON, GONE, "bail that has ended needs no decision before its end"),
    ("warrant", ON, GONE, "a warrant that has expired cannot be executed"),
    ("gap", ANEW, ANEW, "what restricts the suspect is looked at as it stands now"),
    ("provider_logs", ON, GONE, "logs that have lapsed cannot be asked for"),
    ("court", ON, ON, "nobody has recorded what the day in court came to"),
    ("condition", ON, ON, "nobody has recorded whether it was met"),
    ("provider_answer", ON, ON, "the company has never answered"),
]


def ended(cast: Cast, made: Made) -> Package:
    """A case of force A that ended with as many clocks running as may run then."""
    by, referral = cast.officer_a, made(1)
    with at(NOON - timedelta(days=1)):
        decide.ask_company(referral, missing=[], text="When was it uploaded?", by=cast.intake)
        sent = package.disseminate(referral, to=cast.force_a, reason="best_evidence", by=cast.intelligence)
        package.accept(sent, by=by)
    case = case_of(sent)
    with at(NOON):
        child = children.add_child(case, contact="work", by=by)
        protect_child(child, by)  # or the case could not end: no clock of a child ever runs then
        _prosecuted(case, cast)
        pause(
            Clock.objects.exclude(state="settled").get(kind="condition"),
            "The course moved",
            cast.supervisor_a,
        )
        outcome.record_outcome(sent, code="1", on=today(), by=by)
    sent.refresh_from_db()
    return sent


def _prosecuted(case: Case, cast: Cast) -> None:
    by, suspect = cast.officer_a, case.suspects.get()
    warrant = warrants.apply_for_warrant(suspect, grounds="Grounds", by=by)
    warrants.answer_warrant(warrant, granted=True, on=today(), by=by)
    arrest = arrests.arrest(suspect, at=now(), position_of_trust="no", by=by)
    given = [(words, today() + timedelta(days=20)) for words in ("One", "Two")]
    disposal = prosecution.dispose(suspect, kind="caution", on=today(), text="x", conditions=given, by=by)
    prosecution.end_condition(disposal.conditions.order_by("pk")[0], met=False, why="Broken", by=by)
    answer_all(case, by)
    arrests.release(
        arrest, kind="bail", at=now(), returns_on=date(2026, 5, 1), rank="custody_officer",
        conditions="No contact", by=by,
    )  # fmt: skip
    arrests.record_duty(Duty.objects.get(kind="rehabilitation"), result="declined", by=by)
    charge = suspect.charges.get()
    prosecution.set_court_date(charge, on=today() + timedelta(days=30), court="A court", by=by)


def running() -> dict[str, list[tuple[str, datetime]]]:
    """Every clock that runs, by kind: what it is about, and its deadline."""
    found: dict[str, list[tuple[str, datetime]]] = {}
    for clock in Clock.objects.exclude(state="settled").exclude(kind="retention_review").order_by("pk"):
        found.setdefault(clock.kind, []).append((clock.about, clock.due_at))
    return found


def was_running(at_end: datetime) -> dict[str, list[tuple[str, datetime]]]:
    """Every clock that the end of the case stopped, by kind."""
    found: dict[str, list[tuple[str, datetime]]] = {}
    for clock in Clock.objects.filter(settled_at__gte=at_end, settled_by__in=["closed", "outcome"]).order_by(
        "pk"
    ):
        found.setdefault(clock.kind, []).append((clock.about, clock.due_at))
    return found


@pytest.mark.parametrize(("days", "column"), [(1, 1), (730, 2)])
def test_every_clock_that_the_end_stopped_is_taken_up_or_has_a_reason_not_to_be(
    days: int, column: int, cast: Cast, made: Made
) -> None:
    sent = ended(cast, made)
    assert running() == {}
    stopped, expected = was_running(NOON), {line[0]: line[column] for line in TABLE}
    assert set(stopped) <= set(expected), "a kind is in no line of the table"
    with at(NOON + timedelta(days=days)):
        outcome.reopen_outcome(sent, why="New evidence", by=cast.officer_a)
        found = running()
        for kind, becomes in expected.items():
            clocks = {ON: stopped.get(kind), GONE: None}.get(becomes, found.get(kind))
            assert found.get(kind) == clocks, kind
            if becomes == ANEW:
                assert len(found[kind]) == 1, kind
        assert set(found) <= set(expected)


def test_what_runs_on_is_settled_by_what_it_waits_for_and_only_once(cast: Cast, made: Made) -> None:
    sent, by = ended(cast, made), cast.officer_a
    for _ in range(2):
        with at(NOON + timedelta(days=1)):
            outcome.reopen_outcome(sent, why="New evidence", by=by)
            answer_all(sent, by)
            assert len(running()["contact_expiry"]) == len(version().questions)
            outcome.record_outcome(sent, code="1", on=today(), by=by)
            sent.refresh_from_db()
    with at(NOON + timedelta(days=2)):
        outcome.reopen_outcome(sent, why="More evidence", by=by)
        assert len(running()["condition"]) == 1
        prosecution.end_condition(Condition.objects.get(state="running"), met=True, by=by)
        assert "condition" not in running()


def test_a_deadline_that_passed_meanwhile_fires_and_is_told_and_what_was_paused_is_paused(
    cast: Cast, made: Made
) -> None:
    sent = ended(cast, made)
    with at(NOON + timedelta(days=40)):
        outcome.reopen_outcome(sent, why="New evidence", by=cast.officer_a)
        court = Clock.objects.exclude(state="settled").get(kind="court")
        fire_due()
        assert Notification.objects.filter(event=f"clock {court.pk}", user=cast.supervisor_a).exists()
        waits = Clock.objects.exclude(state="settled").get(kind="condition")
        assert (waits.state, waits.pause_reason) == ("paused", "The course moved")


def test_what_is_looked_at_or_answered_while_it_is_closed_is_not_taken_up(cast: Cast, made: Made) -> None:
    sent = ended(cast, made)
    decide.answer_oldest(sent.referral, reason="answered_in_full", text="At noon", by=cast.intake)
    outcome.reopen_outcome(sent, why="New evidence", by=cast.officer_a)
    assert "provider_answer" not in running()


def test_every_kind_that_is_named_is_in_the_policy() -> None:
    named = {*reopening.FOUND_ANEW, *reopening.WHILE_THEY_LAST, *(line[0] for line in TABLE)}
    assert named <= set(load("clocks").on(today()).kinds)

"""A discarded referral in the queue again, whoever put it there: what its clocks waited for still waits."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.cast import Cast
from tests.lapwing_web.casework.listed import entry, hunt_all, md5, publish, referred

from lapwing_web.casework.actions import decide, following
from lapwing_web.casework.actions.second_look import look_again
from lapwing_web.casework.models import Referral, SecondLook
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import at, now

pytestmark = pytest.mark.django_db
ANSWERED = {"reason": "answered_in_full", "text": "At noon"}


@pytest.fixture(autouse=True)
def lists(settings: Any, tmp_path: Path) -> Path:
    """A folder of lists for this test alone."""
    settings.LISTS = tmp_path / "lists"
    publish(tmp_path / "lists", [entry(1)])
    return tmp_path / "lists"


def running(referral: Referral) -> dict[str, Any]:
    """The deadline of each kind of clock that runs; two of one kind are a mistake."""
    mine = Clock.objects.filter(about=f"referral:{referral.pk}").exclude(state="settled")
    found = dict(mine.values_list("kind", "due_at"))
    assert len(found) == mine.count()
    return found


def waiting(cast: Cast, lists: Path) -> Referral:
    """A referral about which a company was asked, and of which a list has found a file."""
    hashes = [{"md5": md5(7)}, {"md5": md5(8)}]
    referral = referred(7, cast.intake, hashes)
    hunt_all()
    publish(lists, [entry(1), entry(7)])
    hunt_all()
    referral.refresh_from_db()
    decide.ask_company(referral, missing=[], text="When was it uploaded?", by=cast.intake)
    referral.refresh_from_db()
    return referral


def by_officer(referral: Referral, cast: Cast, lists: Path) -> None:
    decide.reopen(referral, reason="linked_report", by=cast.supervisor)


def by_second_look(referral: Referral, cast: Cast, lists: Path) -> None:
    drawn = SecondLook.objects.filter(referral=referral, looked_at=None).first()
    first = {"first_by": "intake", "first_decision": {}}
    look = drawn or SecondLook.objects.create(referral=referral, sampled_at=now(), of="discard", **first)
    look_again(look, verdict="actionable", why="It is not informational", by=cast.supervisor)


def by_list(referral: Referral, cast: Cast, lists: Path) -> None:
    publish(lists, [entry(1), entry(7), entry(8)])
    hunt_all()


def by_report(referral: Referral, cast: Cast, lists: Path) -> None:
    referred(7, cast.intake, [{"md5": md5(9)}], reference="A later one")


Way = Callable[[Referral, Cast, Path], None]


@pytest.mark.parametrize("way", [by_officer, by_second_look, by_list, by_report])
def test_what_still_waits_runs_on_with_the_deadline_it_had(way: Way, cast: Cast, lists: Path) -> None:
    referral = waiting(cast, lists)
    before = running(referral)
    assert {"list_hit", "provider_answer", "provider_logs"} == set(before)
    for hours in (1, 2):
        decide.discard(referral, reason="duplicate", by=cast.intake)
        assert running(referral) == {}
        with at(now() + timedelta(hours=hours)):
            way(referral, cast, lists) if hours == 1 else by_officer(referral, cast, lists)
            referral.refresh_from_db()
            assert referral.state == Referral.State.RECEIVED
            after = running(referral)
        assert after.pop("triage")
        assert after == before


def test_what_was_looked_at_or_answered_meanwhile_is_done(cast: Cast, lists: Path) -> None:
    referral = waiting(cast, lists)
    decide.discard(referral, reason="duplicate", by=cast.intake)
    following.look_at_hits(referral, why="It is the same file", by=cast.intake)
    decide.answer_oldest(referral, **ANSWERED, by=cast.intake)
    by_officer(referral, cast, lists)
    assert set(running(referral)) == {"triage", "provider_logs"}


def test_logs_that_lapsed_meanwhile_are_asked_for_no_more(cast: Cast, lists: Path) -> None:
    referral = waiting(cast, lists)
    decide.discard(referral, reason="duplicate", by=cast.intake)
    with at(now() + timedelta(days=800)):
        by_officer(referral, cast, lists)
        assert set(running(referral)) == {"triage", "list_hit", "provider_answer"}

"""P1, P2 and P3, the sender's own assessment of how urgent a report is: kept, shown, timed, and ranked."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from tests.cast import Cast
from tests.lapwing_web.casework.made import changed, document, referral_from, report, subject

from lapwing.policy import load
from lapwing_web import moment
from lapwing_web.audit.actions import about
from lapwing_web.casework.actions import decide, package
from lapwing_web.casework.actions.join import join, undo_join
from lapwing_web.casework.actions.receive import receive
from lapwing_web.casework.models import Package, Referral
from lapwing_web.clocks.models import Clock
from lapwing_web.intake.actions.gather import Item
from lapwing_web.moment import today
from lapwing_web.staff.models import User


def clocks(referral: Referral) -> list[tuple[str, str]]:
    """The clocks on senders' priorities: kind and state."""
    found = Clock.objects.filter(about=about(referral), kind__startswith="priority_").order_by("kind", "id")
    return [(clock.kind, clock.state) for clock in found]


# of what arrived on Tuesday 24 November 2026 at 10:00
DUE = {
    "priority_1": datetime(2026, 11, 24, 14, tzinfo=UTC),  # four hours
    "priority_2": datetime(2026, 11, 25, 23, 59, 59, tzinfo=UTC),  # the end of the next working day
    "priority_3": datetime(2026, 12, 1, 23, 59, 59, tzinfo=UTC),  # the end of the fifth
}


@pytest.mark.parametrize(
    ("given", "kind"),
    [("P1", "priority_1"), ("p2 ", "priority_2"), ("P3", "priority_3"), ("", ""), ("P4", ""), ("urgent", "")],
    ids=["P1", "P2 in small letters", "P3", "none given", "one nobody knows", "a word"],
)
def test_each_has_its_clock_from_arrival_as_policy_has_it(given: str, kind: str, cast: Cast) -> None:
    arrived = datetime(2026, 11, 24, 10, tzinfo=UTC)
    with moment.at(arrived):
        referral = referral_from(report(1, priority=given), cast.intake)
    assert clocks(referral) == ([(kind, "running")] if kind else [])
    if kind:
        clock = Clock.objects.get(kind=kind)
        assert clock.started_at == arrived
        assert clock.due_at == DUE[kind]


def test_the_periods_are_lapwings_own_and_say_so() -> None:
    version = load("clocks").on(today())
    for kind in ("priority_1", "priority_2", "priority_3"):
        cited = version.kinds[kind].cited_in(version)
        assert not cited.confirmed
        assert "S.I. 2026/268" in cited.authority


DECISIONS: dict[str, Callable[[Referral, Cast], Any]] = {
    "developed": lambda r, c: decide.develop(r, by=c.intake),
    "discarded": lambda r, c: decide.discard(r, reason="viral", by=c.intake),
    "asked": lambda r, c: decide.ask_company(r, missing=[], text="The port?", by=c.intake),
    "sent": lambda r, c: package.disseminate(r, to=c.force_a, reason="suspect_lives_here", by=c.intelligence),
}


@pytest.mark.parametrize("decision", DECISIONS)
def test_a_persons_first_decision_settles_it(decision: str, cast: Cast) -> None:
    referral = referral_from(report(1, priority="P2"), cast.intake)
    DECISIONS[decision](referral, cast)
    assert clocks(referral) == [("priority_2", "settled")]


def test_taking_it_or_finding_facts_out_decides_nothing(cast: Cast) -> None:
    referral = referral_from(report(1, priority="P2"), cast.intake)
    decide.take(referral, by=cast.intake)
    decide.set_facts(referral, answers={"lives_with_child": True}, source="PND", by=cast.intake)
    assert clocks(referral) == [("priority_2", "running")]


def test_sent_again_it_has_one_clock(cast: Cast) -> None:
    value = report(1, priority="P1")
    for _ in range(3):
        referral = referral_from(value, cast.intake)
    assert clocks(referral) == [("priority_1", "running")]


def test_a_later_version_that_is_more_urgent_starts_its_own(cast: Cast) -> None:
    value = report(1, priority="P3")
    referral_from(value, cast.intake)
    referral = referral_from(changed(value, priority="P1"), cast.intake)
    assert clocks(referral) == [("priority_1", "running"), ("priority_3", "running")]


def test_a_report_that_joins_brings_its_own(cast: Cast) -> None:
    referral = referral_from(report(1, priority="P3"), cast.intake)
    joined = referral_from(report(2, priority="P1", people=[subject(1)]), cast.intake)
    assert joined == referral
    assert clocks(referral) == [("priority_1", "running"), ("priority_3", "running")]


def test_joined_by_hand_the_clock_goes_along_with_the_time_it_had(cast: Cast) -> None:
    first = referral_from(report(1), cast.intake)
    second = referral_from(report(2, priority="P1"), cast.intake)
    due = Clock.objects.get(kind="priority_1").due_at
    join(second, first, why="One person", by=cast.intelligence)
    assert clocks(second) == [("priority_1", "settled")]
    assert clocks(first) == [("priority_1", "running")]
    assert Clock.objects.get(kind="priority_1", about=about(first)).due_at == due
    new = undo_join(first.joinings.get(report__reference="R-000002"), why="Two people", by=cast.intelligence)
    assert (clocks(first), clocks(new)) == ([("priority_1", "settled")], [("priority_1", "running")])


def test_discarded_by_a_rule_it_has_none_and_priority_1_never_is(cast: Cast) -> None:
    def viral(number: int, priority: str) -> Referral:
        value = report(number, priority=priority, people=[subject(number)])
        for file in value.files:
            file.annotations = ["viral"]
        return referral_from(value, cast.intake)

    third, first = viral(1, "P3"), viral(2, "P1")
    assert (third.state, clocks(third)) == ("discarded", [])
    assert (first.state, clocks(first)) == ("received", [("priority_1", "running")])


def test_priority_1_stands_with_the_escalated_and_the_queue_says_why(
    cast: Cast, signed_in: Callable[[User], Client]
) -> None:
    quiet = {"people": [subject(1)], "files": []}
    plain = referral_from(report(1, **quiet), cast.intake)
    first = referral_from(report(2, priority="P1", people=[subject(2)], files=[]), cast.intake)
    second = referral_from(report(3, priority="P2", people=[subject(3)], files=[]), cast.intake)
    assert first.rank > max(plain.rank, second.rank)
    assert "sender gave it priority 1" in first.why_here
    assert "sender gave it priority 1" in signed_in(cast.intake).get("/queue").content.decode()


def test_it_is_shown_to_officers_and_sent_to_the_force(
    cast: Cast, signed_in: Callable[[User], Client]
) -> None:
    referral = referral_from(report(1, priority="P2"), cast.intake)
    client = signed_in(cast.intelligence)
    client.post(f"/referrals/{referral.pk}", {"reason": "working"})
    page = client.get(f"/referrals/{referral.pk}").content.decode()
    assert "Sender’s own priority" in page
    assert "Look at report R-000001" in page
    sent = package.disseminate(referral, to=cast.force_a, reason="suspect_lives_here", by=cast.intelligence)
    assert json.loads(Package.objects.get(pk=sent.pk).content)["reports"][0]["priority"] == "P2"
    officer = signed_in(cast.officer_a)
    officer.post(f"/packages/{sent.pk}", {"reason": "working"})
    assert "its sender gave it P2" in officer.get(f"/packages/{sent.pk}").content.decode()


def test_one_batch_of_many_has_a_clock_each(cast: Cast) -> None:
    items = [Item(f"{n}.json", BytesIO(document(report(n, priority=f"P{n % 3 + 1}")))) for n in range(1, 10)]
    receive(items, channel="upload", by=cast.intake)
    kinds = Clock.objects.filter(kind__startswith="priority_").values_list("kind", flat=True)
    assert sorted(kinds) == sorted(f"priority_{n % 3 + 1}" for n in range(1, 10))

"""A random walk of two workers, a clock and a person over a few jobs. Whatever they do, some things hold."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.cast import make_cast

from lapwing_web.audit.actions import Rule, record, recorded
from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.queries.reconcile import reconcile
from lapwing_web.jobs.actions import (
    Kind,
    Leased,
    LeaseLost,
    close,
    done,
    enqueue,
    failed,
    lease,
    renew,
    retry,
    take_back,
    wake,
)
from lapwing_web.jobs.models import EVERY, LANES, Job
from lapwing_web.moment import at
from lapwing_web.refusal import Refused

BY = Rule("rule:test")
State = Job.State


def never(leased: Sequence[Leased]) -> None:
    raise AssertionError("the walk does the work itself")


ONCE = Kind("once", never, "ordinary", at_once=3, attempts=2)
ROUND = Kind("round", never, "background", every=timedelta(minutes=5), attempts=2)
KINDS = (ONCE, ROUND)
lanes = st.sampled_from(LANES)
keys = st.sampled_from([f"key-{n}" for n in range(6)])


class Walk(RuleBasedStateMachine):
    """`hands`: every lease that was ever given, those lost since included. `asked`: every key."""

    def __init__(self) -> None:
        super().__init__()
        self.whole = transaction.atomic()
        self.whole.__enter__()
        self.supervisor = make_cast().supervisor
        self.moment = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
        self.hands: list[list[Leased]] = []
        self.asked: set[str] = set()
        self.states: dict[int, str] = {}

    def teardown(self) -> None:
        try:
            assert reconcile().holds
        finally:
            transaction.set_rollback(True)
            self.whole.__exit__(None, None, None)

    @rule(key=keys, lane=lanes)
    def ask(self, key: str, lane: str) -> None:
        with at(self.moment):
            assert enqueue("once", key, {}, lane=lane).key == key
        self.asked.add(key)

    @rule(seconds=st.sampled_from([1, 12, 60, 3600]))
    def time_passes(self, seconds: int) -> None:
        self.moment += timedelta(seconds=seconds)

    @rule(lane=lanes, count=st.integers(1, 4))
    def take(self, lane: str, count: int) -> None:
        with at(self.moment):
            taken = lease(KINDS, count, lane)
        assert len({(one.kind, one.lane, one.token) for one in taken}) <= 1
        assert len(taken) == 1 or all(one.attempt == 1 for one in taken)
        if taken:
            self.hands.append(taken)

    @precondition(lambda self: self.hands)
    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        hand = data.draw(st.sampled_from(self.hands))
        mine = self.holds(hand)
        try:
            with at(self.moment), recorded():
                for one in hand:
                    record("effect", f"{one.key}#{one.token}", by=BY)
                done(hand)
        except LeaseLost:
            assert not mine
        else:
            assert mine

    @precondition(lambda self: self.hands)
    @rule(data=st.data())
    def give_back(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(data.draw(st.sampled_from(self.hands))))
        mine = self.holds([one])
        with at(self.moment):
            assert failed(one, "it did not work") == mine

    @precondition(lambda self: self.hands)
    @rule(data=st.data())
    def say_alive(self, data: st.DataObject) -> None:
        hand = data.draw(st.sampled_from(self.hands))
        with at(self.moment):
            assert renew(hand) == sum(self.holds([one]) for one in hand)

    @rule()
    def look_after(self) -> None:
        with at(self.moment):
            take_back(KINDS)
            wake(KINDS)

    @rule(key=keys, again=st.booleans())
    def clear(self, key: str, again: bool) -> None:
        job = Job.objects.filter(key=key).first()
        if job is None:
            return
        could = job.state == State.FAILED
        try:
            with at(self.moment):
                retry(job, self.supervisor) if again else close(job, self.supervisor, "Not needed")
        except Refused:
            assert not could
        else:
            assert could

    def holds(self, hand: list[Leased]) -> bool:
        """Whether the database says that these are still of this lease."""
        leased = Job.objects.filter(pk__in=[one.id for one in hand], state="leased", lease=hand[0].token)
        return leased.count() == len(hand)

    @invariant()
    def every_key_is_one_job_for_ever(self) -> None:
        held = list(Job.objects.exclude(key__startswith=EVERY).values_list("key", flat=True))
        assert sorted(held) == sorted(self.asked)
        assert Job.objects.filter(key__startswith=EVERY).count() <= 1

    @invariant()
    def each_done_job_had_its_effect_once_and_no_other_had_any(self) -> None:
        effects = AuditEntry.objects.filter(action="effect").values_list("about", flat=True)
        had = sorted(key for key, _, _ in (about.partition("#") for about in effects) if key[:6] != EVERY)
        assert had == sorted(Job.objects.filter(state=State.DONE).values_list("key", flat=True))

    @invariant()
    def a_state_changes_only_as_listed(self) -> None:
        now = dict(Job.objects.values_list("pk", "state"))
        for pk, was in self.states.items():
            reached, ahead = {was}, {was}
            while ahead := {to for one in ahead for to in Job.MOVES[State(one)]} - reached:
                reached |= ahead
            assert now[pk] in reached
        self.states = now

    @invariant()
    def nobody_has_used_more_attempts_than_there_are(self) -> None:
        assert not Job.objects.filter(attempts__gt=2).exists()


@pytest.mark.django_db
def test_whatever_workers_do_each_job_is_done_once_or_waits_for_somebody() -> None:
    bounds = settings(
        max_examples=30, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Walk, settings=bounds)

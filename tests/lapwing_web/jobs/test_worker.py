"""One worker in this process: what it takes next, how much of it, and that it says it is alive."""

import threading
from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.db import transaction

from lapwing_web.commands.work import KINDS, Alive, Worker
from lapwing_web.jobs.actions import Kind, Leased, NewJob, done, enqueue, enqueue_many, lease
from lapwing_web.jobs.models import LANES, Job


class Did:
    """A handler that remembers its batches, and may do something more in each."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []

    def __call__(self, leased: Sequence[Leased]) -> None:
        self.batches.append([one.key for one in leased])
        with transaction.atomic():
            done(leased)


@pytest.mark.django_db
def test_an_urgent_job_waits_for_one_ordinary_batch_and_no_more() -> None:
    did = Did()
    worker = Worker((Kind("mark", did, "ordinary", at_once=4),), list(LANES))
    enqueue_many([NewJob("mark", f"o{n}", {}, "ordinary") for n in range(30)])
    for _ in range(4):
        assert worker.batch()
    enqueue("mark", "u", {}, lane="urgent")
    while worker.batch():
        pass
    assert did.batches[4] == ["u"]
    assert worker.done == 31
    assert all(len(batch) <= 4 for batch in did.batches)
    assert [len(batch) for batch in did.batches[:3]] == [1, 2, 4]


@pytest.mark.django_db
def test_a_worker_of_some_lanes_leaves_the_others() -> None:
    did = Did()
    for lane in LANES:
        enqueue("mark", lane, {}, lane=lane)
    worker = Worker((Kind("mark", did, "ordinary"),), ["urgent", "background"])
    while worker.batch():
        pass
    assert did.batches == [["urgent"], ["background"]]


@pytest.mark.django_db
def test_a_worker_brings_round_only_the_kinds_of_its_lanes() -> None:
    kinds = tuple(Kind(lane, Did(), lane, every=timedelta(hours=1)) for lane in LANES)
    Worker(kinds, ["urgent"]).look_after()
    assert list(Job.objects.values_list("key", flat=True)) == ["every:urgent"]


@pytest.mark.django_db(transaction=True)
def test_a_long_batch_keeps_its_lease_for_as_long_as_its_worker_lives() -> None:
    enqueue("mark", "a", {}, lane="urgent")
    leased = lease([Kind("mark", Did(), "urgent")], 1, "urgent")
    first = Job.objects.get().leased_until
    renewed = threading.Event()

    class Watched(Alive):
        def __init__(self, leased: list[Leased]) -> None:
            super().__init__(leased)
            self.every = 0.01  # seconds

        def renew(self) -> None:
            super().renew()
            renewed.set()

    with Watched(leased):
        assert renewed.wait(20)
    later = Job.objects.get().leased_until
    assert first is not None
    assert later is not None
    assert later > first


def test_the_names_of_kinds_are_their_own() -> None:
    names = [kind.name for kind in KINDS]
    assert len(set(names)) == len(names)
    assert all(kind.lane in LANES for kind in KINDS)
    assert all(len(kind.name) <= 60 for kind in KINDS)

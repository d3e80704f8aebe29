"""Two at the same moment, each with a connection of its own: who asks for the same, who takes the same."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from lapwing_web.jobs.actions import Kind, Leased, NewJob, enqueue_many, lease
from lapwing_web.jobs.models import Job

pytestmark = pytest.mark.django_db(transaction=True)
ORDINARY = "ordinary"


def never(leased: Sequence[Leased]) -> None:
    raise AssertionError("nothing is done here")


MARK = Kind("mark", never, ORDINARY, at_once=10)


def test_two_who_ask_at_once_for_the_same_keys_get_the_same_jobs() -> None:
    keys, together = [f"k{n}" for n in range(40)], threading.Barrier(2)

    def asking(order: list[str]) -> set[int]:
        together.wait(20)
        try:
            with transaction.atomic():
                return {job.pk for job in enqueue_many([NewJob("mark", key, {}, ORDINARY) for key in order])}
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(asking, [keys, keys[::-1]])
    assert one == other
    assert Job.objects.count() == len(keys)


def test_two_who_take_at_once_never_take_the_same() -> None:
    enqueue_many([NewJob("mark", f"k{n}", {}, ORDINARY) for n in range(60)])
    together = threading.Barrier(3)

    def taking(_: int) -> list[str]:
        taken: list[str] = []
        together.wait(20)
        try:
            while some := lease([MARK], 3, ORDINARY):
                taken += [job.key for job in some]
        finally:
            connection.close()
        return taken

    with ThreadPoolExecutor(3) as pool:
        hands = [key for hand in pool.map(taking, range(3)) for key in hand]
    assert len(hands) == len(set(hands))
    # One may find all that it looked at in other hands and leave: what is left is still there to be taken.
    assert len(hands) + len(lease([Kind("mark", never, ORDINARY, at_once=60)], 60, ORDINARY)) == 60

"""Asking for work in the transaction of what it follows from: after the commit both are there, or neither."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from msgspec import Struct

from lapwing_web.jobs.models import LANES, Job
from lapwing_web.moment import now

AT_ONCE = 500  # rows a statement
LONGEST_KEY = 200  # characters


class NewJob(Struct, frozen=True):
    """A job to be asked for. `key` is the idempotency key, over all kinds; `due_at` None is at once."""

    kind: str
    key: str
    payload: Any
    lane: str
    due_at: datetime | None = None


def enqueue(kind: str, key: str, payload: Any, *, lane: str, due_at: datetime | None = None) -> Job:
    """Ask for one job, or return the one that this key asked for before, whatever has become of it."""
    return enqueue_many([NewJob(kind, key, payload, lane, due_at)])[0]


def enqueue_many(asked: Sequence[NewJob]) -> list[Job]:
    """Ask for jobs, and return one for each asked, in order; a key that is held gives the job that it has.

    Call it inside your transaction. ValueError: an unknown lane, a key that is empty, too long, or held by a
    job of another kind. A key is free again when its done job has been swept (policy: keep_done_days).
    """
    for one in asked:
        if one.lane not in LANES:
            raise ValueError(f"no lane {one.lane!r}: {', '.join(LANES)}")
        if not 0 < len(one.key) <= LONGEST_KEY:
            raise ValueError(f"a key has 1 to {LONGEST_KEY} characters: {one.key!r}")
    held: dict[str, Job] = {}
    # In one order, so that two who ask for the same keys wait for each other and never both.
    new = sorted({one.key: one for one in reversed(asked)}.values(), key=lambda one: one.key)
    with transaction.atomic():
        for first in range(0, len(new), AT_ONCE):
            some = new[first : first + AT_ONCE]
            Job.objects.bulk_create([_row(one) for one in some], ignore_conflicts=True)
            held |= {job.key: job for job in Job.objects.filter(key__in=[one.key for one in some])}
    jobs = [held[one.key] for one in asked]
    for one, job in zip(asked, jobs, strict=True):
        if job.kind != one.kind:
            raise ValueError(f"the key {one.key!r} is held by a job of the kind {job.kind!r}")
    return jobs


def _row(one: NewJob) -> Job:
    at = now()
    return Job(
        lane=one.lane, kind=one.kind, key=one.key, payload=one.payload, due_at=one.due_at or at, made_at=at
    )

"""Taking jobs by lease, and giving them back done or failed. Every step is a compare-and-set on the lease.

The steps of a lease lock jobs and nothing else, and skip what another has locked, so they wait for nobody.
"""

import random
import secrets
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.db.transaction import TransactionManagementError

from lapwing.policy import load
from lapwing.policy.topics.jobs import JobsVersion
from lapwing.rules.back_off import back_off
from lapwing_web.audit.actions import Rule, record, recorded
from lapwing_web.jobs.models import LANES, Job, Kind, Leased, standing
from lapwing_web.moment import now, today
from lapwing_web.refusal import Refused

State = Job.State
K = TypeVar("K")
BY = Rule("rule:jobs")
MOST = 500  # jobs in one lease
LONGEST_ERROR = 2000  # characters kept of one
GONE = "The worker that had it ended, or stopped answering, before the job was done."
# The oldest of one kind in one lane: one step down the index `job_next`.
HEAD = """
    SELECT * FROM (SELECT {place} AS place, kind, due_at, id FROM jobs_job
    WHERE state = 'waiting' AND lane = %s AND kind = %s AND due_at <= %s
    ORDER BY due_at, id LIMIT 1) AS head{place}"""


class LeaseLost(Exception):
    """Somebody else has, or has done, the job: let this through, so that what was done here is undone."""


def policy() -> JobsVersion:
    """The values that hold today."""
    version: JobsVersion = load("jobs", settings.JURISDICTION).on(today())
    return version


def first_waiting(kinds: Sequence[Kind], lanes: Sequence[str] = LANES) -> tuple[str, Kind] | None:
    """The lane and kind of what comes next: the first of `lanes` that holds anything, and there the oldest.

    A read, and no lock: what it names may be gone when it is leased.
    """
    pairs = [(lane, kind) for lane in lanes for kind in kinds]
    if not pairs:
        return None
    at = connection.ops.adapt_datetimefield_value(now())
    sql = " UNION ALL ".join(HEAD.format(place=place) for place in range(len(pairs)))
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for lane, kind in pairs for value in (lane, kind.name, at)])
        heads = cursor.fetchall()
    if not heads:
        return None
    place: int = min(heads, key=lambda head: (lanes.index(pairs[head[0]][0]), head[2], head[3]))[0]
    return pairs[place]


def lease(kinds: Sequence[Kind], count: int, lane: str) -> list[Leased]:
    """Take up to `count` due jobs of one kind: the kind whose oldest has waited longest in `lane`.

    A job that was taken before and not done is taken alone: if it ends its worker, it ends no other job's.
    """
    found = first_waiting(kinds, [lane])
    if found is None:
        return []
    kind, token = found[1], secrets.token_hex(16)
    count = max(1, min(count, kind.at_once, MOST))
    with transaction.atomic():
        due = standing(State.WAITING).filter(lane=lane, kind=kind.name, due_at__lte=now())
        rows = list(due.select_for_update(skip_locked=True).order_by("due_at", "id")[:count])
        fresh = next((n for n, job in enumerate(rows) if job.attempts), len(rows))
        rows = rows[: fresh or 1]
        Job.objects.filter(pk__in=[job.pk for job in rows]).update(
            state=State.LEASED, lease=token, leased_until=_until(lane), attempts=F("attempts") + 1
        )
    return [_leased(job, kind, token) for job in rows]


def _leased(job: Job, kind: Kind, token: str) -> Leased:
    return Leased(
        id=job.pk,
        kind=job.kind,
        key=job.key,
        payload=job.payload,
        lane=job.lane,
        attempt=job.attempts + 1,
        attempts=_last(kind),
        token=token,
        made_at=job.made_at,
        every=kind.every,
    )


def _last(kind: Kind | None) -> int:
    return (kind and kind.attempts) or policy().attempts


def renew(leased: Sequence[Leased]) -> int:
    """Say that this worker is alive and has these still. Returns how many it has and could say it of."""
    renewed = 0
    for (token, lane), some in _by(leased, lambda one: (one.token, one.lane)):
        with transaction.atomic():
            mine = Job.objects.filter(pk__in=[one.id for one in some], lease=token, state=State.LEASED)
            ids = list(mine.select_for_update(skip_locked=True).values_list("pk", flat=True))
            renewed += Job.objects.filter(pk__in=ids).update(leased_until=_until(lane))
    return renewed


def done(leased: Leased | Sequence[Leased]) -> None:
    """Say that they are done, inside the transaction of their effect: both are committed, or neither.

    Raises LeaseLost, which must leave the transaction, when any of them is no longer this worker's.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("done() belongs in the transaction of what was done")
    for (token, every), some in _by(_many(leased), lambda one: (one.token, one.every)):
        at = now()
        changes = {"state": State.DONE, "done_at": at, "lease": "", "leased_until": None}
        if every is not None:  # it comes round again
            changes |= {"state": State.WAITING, "done_at": None, "due_at": at + every, "attempts": 0}
        mine = Job.objects.filter(pk__in=[one.id for one in some], lease=token, state=State.LEASED)
        if mine.update(**changes) != len(some):
            raise LeaseLost(f"{some[0].kind}: another worker has it")


def failed(leased: Leased, error: BaseException | str) -> bool:
    """Give one back: to be tried again after a while or, after its last attempt, for a person to clear.

    Returns whether it was still this worker's.
    """
    return _failed(leased, _told(error))


def _failed(leased: Leased, told: str) -> bool:
    version = policy()
    mine = Job.objects.filter(pk=leased.id, lease=leased.token, state=State.LEASED)
    changes = {"lease": "", "leased_until": None, "last_error": told}
    if leased.attempt < leased.attempts:
        due_at = now() + back_off(leased.attempt, random.random(), version)  # noqa: S311 - spread, not secrecy
        return bool(mine.update(state=State.WAITING, due_at=due_at, **changes))
    with recorded():
        # One that comes round by itself is tried again at its next turn, and is shown as failed until then.
        due_at = now() + (leased.every or timedelta())
        if not mine.update(state=State.FAILED, due_at=due_at, **changes):
            return False
        new = {"state": State.FAILED, "kind": leased.kind, "key": leased.key, "attempts": leased.attempt}
        record("fail job", f"job:{leased.id}", by=BY, why=told, old={"state": State.LEASED}, new=new)
    return True


def take_back(kinds: Sequence[Kind] = ()) -> int:
    """Take back the jobs of workers that no longer answer, to wait again or fail. Returns how many."""
    late = standing(State.LEASED).filter(leased_until__lte=now())
    if not late.exists():
        return 0
    by_name = {kind.name: kind for kind in kinds}
    with transaction.atomic():
        rows = list(late.select_for_update(skip_locked=True).order_by("leased_until")[:MOST])
        spent = [job for job in rows if job.attempts >= _last(by_name.get(job.kind))]
        again = [job.pk for job in rows if job not in spent]
        Job.objects.filter(pk__in=again).update(
            state=State.WAITING, due_at=now(), lease="", leased_until=None, last_error=GONE
        )
    for job in spent:
        every = by_name[job.kind].every if job.kind in by_name else None
        _failed(_spent(job, every), GONE)
    return len(rows)


def _spent(job: Job, every: timedelta | None) -> Leased:
    last = job.attempts
    return Leased(job.pk, job.kind, job.key, job.payload, job.lane, last, last, job.lease, job.made_at, every)


def _until(lane: str) -> datetime:
    return now() + timedelta(seconds=policy().leases[lane].seconds)


def _many(leased: Leased | Sequence[Leased]) -> Sequence[Leased]:
    return [leased] if isinstance(leased, Leased) else leased


def _by(leased: Sequence[Leased], key: Callable[[Leased], K]) -> Iterable[tuple[K, list[Leased]]]:
    grouped: dict[K, list[Leased]] = {}
    for one in leased:
        grouped.setdefault(key(one), []).append(one)
    return grouped.items()


def _told(error: BaseException | str) -> str:
    """What is kept of an error: a sentence where it has one, as text that every engine can hold."""
    told = error if isinstance(error, str) else _words(error)
    told = told.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
    return told[:LONGEST_ERROR] or "No reason was given."


def _words(error: BaseException) -> str:
    if isinstance(error, Refused):
        return str(error)
    words, name = getattr(error, "strerror", None) or str(error).strip(), type(error).__name__
    return f"{words} ({name})" if words else name

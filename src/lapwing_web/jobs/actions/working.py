"""Doing a batch, so that one bad job holds up none beside it; how large the next may be; what comes round."""

import logging
from collections.abc import Sequence

from lapwing_web.jobs.actions.asking import NewJob, enqueue_many
from lapwing_web.jobs.actions.leasing import LeaseLost, failed
from lapwing_web.jobs.models import EVERY, Job, Kind, Leased, standing
from lapwing_web.moment import now

log = logging.getLogger(__name__)
State = Job.State
BATCH_SECONDS = 0.3  # of work in a batch, which is what an urgent job may have to wait for
UNSAID = "Its handler ended without saying that the job was done."


def do(kind: Kind, leased: Sequence[Leased]) -> int:
    """Do a batch of one kind, and if that fails, each of it alone. Returns how many were done."""
    try:
        kind.handle(leased)
    except Exception as error:
        if len(leased) > 1:
            log.warning("%s: a batch of %d failed, each is tried alone: %s", kind.name, len(leased), error)
            return sum(do(kind, [one]) for one in leased)
        if isinstance(error, LeaseLost):
            log.warning("%s: %s was lost to another worker", kind.name, leased[0].key)
        else:
            log.warning("%s: %s failed", kind.name, leased[0].key, exc_info=error)
            failed(leased[0], error)
        return 0
    return len(leased) - _unsaid(leased)


def _unsaid(leased: Sequence[Leased]) -> int:
    held = Job.objects.filter(pk__in=[one.id for one in leased], state=State.LEASED)
    tokens = dict(held.values_list("pk", "lease"))
    return sum(failed(one, UNSAID) for one in leased if tokens.get(one.id) == one.token)


def next_size(size: int, seconds: float, most: int) -> int:
    """How many to take next, when `size` took `seconds`: about BATCH_SECONDS of work, 1 to `most`.

    It at most doubles: a small batch is mostly its commit, and says little about a large one.
    """
    fitting = int(size * BATCH_SECONDS / max(seconds, 0.001))
    return max(1, min(fitting, size * 2, most))


def wake(kinds: Sequence[Kind]) -> None:
    """See that every kind that comes round has its job, waiting for its next turn even if the last failed."""
    rounds = [kind for kind in kinds if kind.every is not None]
    if not rounds:
        return
    keys = {f"{EVERY}{kind.name}": kind for kind in rounds}
    held = set(Job.objects.filter(key__in=keys).values_list("key", flat=True))
    if missing := [NewJob(kind.name, key, {}, kind.lane) for key, kind in keys.items() if key not in held]:
        enqueue_many(missing)
    turn = standing(State.FAILED).filter(key__in=keys, due_at__lte=now())
    if turn.exists():
        turn.update(state=State.WAITING, attempts=0)

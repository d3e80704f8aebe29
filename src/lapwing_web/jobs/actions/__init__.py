"""What happens to jobs: asked for, leased, done, failed; tried again or closed by a person; swept.

Moves that a person makes, and a failure that a person must clear, are recorded in the audit. That a worker
took a job and did it is not: the effect is recorded by whoever made it, and the job's row says the rest.
"""

from lapwing_web.jobs.actions.asking import NewJob, enqueue, enqueue_many
from lapwing_web.jobs.actions.clearing import SWEEP, close, retry
from lapwing_web.jobs.actions.leasing import (
    LeaseLost,
    done,
    failed,
    first_waiting,
    lease,
    policy,
    renew,
    take_back,
)
from lapwing_web.jobs.actions.working import BATCH_SECONDS, do, next_size, wake
from lapwing_web.jobs.models import Kind, Leased

__all__ = [
    "BATCH_SECONDS",
    "SWEEP",
    "Kind",
    "LeaseLost",
    "Leased",
    "NewJob",
    "close",
    "do",
    "done",
    "enqueue",
    "enqueue_many",
    "failed",
    "first_waiting",
    "lease",
    "next_size",
    "policy",
    "renew",
    "retry",
    "take_back",
    "wake",
]

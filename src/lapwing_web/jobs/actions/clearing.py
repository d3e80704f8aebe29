"""What a person does with a job that failed, and the sweeping of those long done."""

from collections.abc import Sequence
from datetime import timedelta

from lapwing_web.audit.actions import audited, move, record, recorded
from lapwing_web.jobs.actions.leasing import BY, done, policy
from lapwing_web.jobs.models import EVERY, Job, Kind, Leased
from lapwing_web.moment import now
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check

State = Job.State
SWEPT_A_TURN = 2000  # rows: some tens of milliseconds, and 288,000 a day


@audited
def retry(job: Job, by: User) -> Job:
    """Let a failed job be tried again, now, with all its attempts before it."""
    check(by, "clear a job")
    if job.state != State.FAILED:  # a worker may move it from another state to this one: a person may not
        raise Refused(f"{job} has not failed: there is nothing to try again.")
    return move(job, State.WAITING, by=by, action="retry job", attempts=0, due_at=now())


@audited
def close(job: Job, by: User, reason: str) -> Job:
    """Say that a failed job will not be done, and why."""
    check(by, "clear a job")
    reason = reason.strip()
    if not reason:
        raise Refused("Say why this job need not be done: the reason is kept with it.")
    if job.key.startswith(EVERY):
        raise Refused("This job comes round by itself. Put right what stops it: it cannot be closed.")
    at = now()
    return move(job, State.CLOSED, by=by, action="close job", why=reason, why_closed=reason, done_at=at)


def sweep(leased: Sequence[Leased]) -> None:
    """Delete the jobs that were done or closed longer ago than policy keeps them, a bounded number a turn."""
    before = now() - timedelta(days=policy().keep_done_days)
    with recorded():
        old = Job.objects.filter(done_at__lt=before).order_by("done_at").values_list("pk", flat=True)
        some = list(old[:SWEPT_A_TURN])
        if some:
            Job.objects.filter(pk__in=some).delete()
            record("sweep jobs", "jobs:done", by=BY, new={"swept": len(some), "done_before": before})
        done(leased)


SWEEP = Kind("jobs.sweep", sweep, Job.Lane.BACKGROUND, every=timedelta(minutes=10))

"""The jobs page: what waits in each lane, and what somebody must clear."""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import QuerySet
from msgspec import Struct

from lapwing_web.jobs.models import EVERY, Job, standing
from lapwing_web.jobs.queries.backlog import instant
from lapwing_web.moment import now
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check, may

PAGE = 50
SILENCE = timedelta(seconds=30)  # a worker looks several times a second
BY_KIND = """
    SELECT lane, kind, SUM(CASE WHEN due_at <= %s THEN 1 ELSE 0 END), COUNT(*), MIN(due_at),
    SUM(CASE WHEN attempts > 0 THEN 1 ELSE 0 END), MAX(CASE WHEN attempts > 0 THEN last_error ELSE '' END)
    FROM jobs_job WHERE state = 'waiting' GROUP BY lane, kind ORDER BY kind"""
LEASED = "SELECT lane, COUNT(*) FROM jobs_job WHERE state = 'leased' GROUP BY lane"


class Waiting(Struct):
    """One kind in one lane: how many are due, how many wait for a later moment, when the oldest was due.

    `tried`: how many of them have failed and wait for another attempt; `error`: what stopped one of those.
    """

    kind: str
    due: int
    later: int
    oldest_at: datetime | None  # None where none is due
    tried: int = 0
    error: str = ""


class LaneRow(Struct):
    """One lane, first to be served first."""

    name: str
    label: str
    due: int
    later: int
    being_done: int
    oldest_at: datetime | None
    kinds: list[Waiting]


class FailedRow(Struct):
    """A job that failed, and what this person may do with it."""

    job: Job
    retry: bool
    close: bool

    @property
    def by_itself(self) -> bool:
        """Whether it comes round again without anybody."""
        return self.job.key.startswith(EVERY)


class JobsPage(Struct):
    """All lanes, and one page of what failed, the latest first. `next`: the next page's cursor, or None."""

    lanes: list[LaneRow]
    failed: list[FailedRow]
    failed_count: int
    next: int | None

    @property
    def stalled(self) -> bool:
        """Whether something has been due for a while and nothing at all is being done."""
        late = now() - SILENCE
        due = any(lane.oldest_at is not None and lane.oldest_at < late for lane in self.lanes)
        return due and not any(lane.being_done for lane in self.lanes)


def failed_for(user: User) -> QuerySet[Job]:
    """The jobs that failed and that nobody has cleared, the latest first."""
    check(user, "see jobs")
    return standing(Job.State.FAILED).order_by("-id")


def clearable_for(user: User) -> QuerySet[Job]:
    """Every job, to be tried again or closed by this person: its state is looked at when it is moved."""
    check(user, "clear a job")
    return Job.objects.all()


def page(user: User, *, before: int | None = None) -> JobsPage:
    """What this person sees of the jobs."""
    failed = failed_for(user)
    count = failed.count()
    if before is not None:
        failed = failed.filter(pk__lt=before)
    rows = list(failed[: PAGE + 1])
    holds = may(user, "clear a job")
    shown = [FailedRow(job, holds, holds and not job.key.startswith(EVERY)) for job in rows[:PAGE]]
    return JobsPage(_lanes(), shown, count, shown[-1].job.pk if len(rows) > PAGE else None)


def _lanes() -> list[LaneRow]:
    with connection.cursor() as cursor:
        cursor.execute(BY_KIND, [connection.ops.adapt_datetimefield_value(now())])
        waiting = cursor.fetchall()
        cursor.execute(LEASED)
        being_done = dict(cursor.fetchall())
    return [_lane(lane, waiting, being_done.get(lane.value, 0)) for lane in Job.Lane]


def _lane(lane: Job.Lane, waiting: list[tuple], being_done: int) -> LaneRow:  # type: ignore[type-arg]
    kinds = [
        Waiting(kind, due, count - due, instant(oldest) if due else None, tried, error)
        for name, kind, due, count, oldest, tried, error in waiting
        if name == lane.value
    ]
    oldest = min((kind.oldest_at for kind in kinds if kind.oldest_at), default=None)
    due, later = sum(kind.due for kind in kinds), sum(kind.later for kind in kinds)
    return LaneRow(lane.value, str(lane.label), due, later, being_done, oldest, kinds)

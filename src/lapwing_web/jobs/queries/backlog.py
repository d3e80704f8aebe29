"""How much is waiting, cheaply enough to be asked at every request."""

import threading
import time
from datetime import datetime

from django.db import connection
from msgspec import Struct

from lapwing_web.jobs.models import LANES
from lapwing_web.moment import now

FRESH = 1.0  # seconds for which one counting is good enough
WAITING = """
    SELECT lane, COUNT(*), MIN(due_at) FROM jobs_job WHERE state = 'waiting' AND due_at <= %s GROUP BY lane"""
LEASED = "SELECT lane, COUNT(*) FROM jobs_job WHERE state = 'leased' GROUP BY lane"


class Backlog(Struct, frozen=True):
    """Jobs not yet done, by lane: due and waiting, or being done; not those that wait for a later moment.

    `oldest_waiting_seconds` by lane: since the oldest that waits was due; 0.0 where none waits.
    """

    urgent: int
    ordinary: int
    background: int
    oldest_waiting_seconds: dict[str, float]

    @property
    def total(self) -> int:
        """All lanes together."""
        return self.urgent + self.ordinary + self.background


_last: tuple[float, Backlog] | None = None  # in this process: when it was counted, and what
_counting = threading.Lock()  # one thread counts; those beside it go by what was counted before


def backlog(*, at_most_old: float = FRESH) -> Backlog:
    """What is not yet done, as it was about `at_most_old` seconds ago (0: now). Two partial indexes."""
    global _last
    last = _last
    if last is not None and time.monotonic() - last[0] < at_most_old:
        return last[1]
    if not _counting.acquire(blocking=last is None or at_most_old <= 0):
        assert last is not None
        return last[1]
    try:
        _last = last = (time.monotonic(), _counted())
    finally:
        _counting.release()
    return last[1]


def _counted() -> Backlog:
    at = now()
    counts, oldest = dict.fromkeys(LANES, 0), dict.fromkeys(LANES, 0.0)
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [connection.ops.adapt_datetimefield_value(at)])
        for lane, count, due_at in cursor.fetchall():
            counts[lane] += count
            oldest[lane] = max(0.0, (at - instant(due_at)).total_seconds())
        cursor.execute(LEASED)
        for lane, count in cursor.fetchall():
            counts[lane] += count
    return Backlog(**counts, oldest_waiting_seconds=oldest)


def instant(value: datetime | str) -> datetime:
    """A moment as a plain statement gives it: SQLite as text in UTC, PostgreSQL as itself."""
    if isinstance(value, datetime):
        return value
    return datetime.fromisoformat(f"{value}+00:00")

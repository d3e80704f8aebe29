"""A kind of job: what does it, in which lane, and how many at a time."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

EVERY = "every:"  # begins the key of the one job of a kind that comes round by itself


class Leased(Struct, frozen=True):
    """A job that this worker has until its lease runs out or it is done. `attempt` counts from 1."""

    id: int
    kind: str
    key: str
    payload: Any
    lane: str
    attempt: int
    attempts: int  # the last one
    token: str
    made_at: datetime
    every: timedelta | None = None


class Kind(Struct, frozen=True):
    """What does the jobs of one name.

    `handle` is given 1 to `at_once` jobs, does them, and calls `done(jobs)` inside the transaction of their
    effect; that raises LeaseLost, and so undoes the effect, when another worker has them. An exception undoes
    the batch, and each job is then tried alone. A job may be done twice up to its commit and never past it:
    what a handler does outside the database must bear repeating.

    `every`: the kind is one job that comes round by itself, so long after it was last done; one at a time
    over all processes. `attempts` None: as many as policy has.
    """

    name: str
    handle: Callable[[Sequence[Leased]], None]
    lane: str
    at_once: int = 1
    every: timedelta | None = None
    attempts: int | None = None

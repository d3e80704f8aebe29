"""Jobs: attempts, the wait between two, how long a worker is believed, how long a done job is kept."""

from typing import Annotated

from pydantic import Field

from lapwing.policy.cited import Entry, Version


class Lease(Entry):
    """How many seconds a worker may say nothing before its jobs are given to another."""

    seconds: Annotated[int, Field(ge=1, le=86_400)]


class JobsVersion(Version):
    """`leases` by lane: urgent, ordinary, background. Seconds and days as named; `jitter` is a share."""

    attempts: Annotated[int, Field(ge=1, le=100)]
    keep_done_days: Annotated[int, Field(ge=1, le=3650)]
    first_seconds: Annotated[float, Field(gt=0)]
    factor: Annotated[float, Field(ge=1)]
    longest_seconds: Annotated[float, Field(gt=0)]
    jitter: Annotated[float, Field(ge=0, lt=1)]
    longest_batch_seconds: Annotated[int, Field(ge=1)]
    leases: dict[str, Lease]

"""How long to wait before work that failed is tried again."""

from datetime import timedelta

from lapwing.policy.topics.jobs import JobsVersion


def back_off(attempt: int, chance: float, version: JobsVersion) -> timedelta:
    """The wait after try number `attempt` (from 1) failed; `chance` in [0, 1] is where in the jitter it is.

    Exponential and bounded; spread by `jitter` to either side so that what failed together does not come
    back together.
    """
    doublings = min(attempt - 1, 64)  # beyond it, a float would only overflow
    plain = min(version.first_seconds * version.factor**doublings, version.longest_seconds)
    return timedelta(seconds=plain * (1 + version.jitter * (2 * chance - 1)))

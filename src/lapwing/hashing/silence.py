"""Leave to say nothing for longer than a worker may: what is known to take long is not what stands still.

Whoever knows how long asks for it by `may_take`, however deep in what the worker runs; `heard_by` says who
hears it. In a process that is no worker nobody does.
"""

from collections.abc import Callable

LONGEST = 4 * 3600.0  # seconds: a file may be made to look as if it took for ever
_heard: Callable[[float], None] | None = None


def heard_by(told: Callable[[float], None]) -> None:
    """`told` is given the seconds that whatever asks for leave from now on may take."""
    global _heard
    _heard = told


def may_take(seconds: float) -> None:
    """What comes now may take so many seconds more than a worker may be silent, LONGEST at most."""
    if _heard is not None:
        _heard(max(0.0, min(seconds, LONGEST)))

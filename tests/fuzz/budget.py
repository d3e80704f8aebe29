"""How much fuzzing there is, in one place: `LAPWING_FUZZ=20 pytest tests/fuzz` does twenty times as much."""

import os

from hypothesis import HealthCheck, settings

TIMES = int(os.environ.get("LAPWING_FUZZ", "1"))
SECONDS = 40 * TIMES  # that Schemathesis goes on
CASES = 15 * TIMES  # of each of its operations and phases

fuzzed = settings(
    max_examples=300 * TIMES,
    deadline=None,
    # A fixture is shared by all examples on purpose: nothing here changes what it holds.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

"""Long tests over a list come in halves: `make test` makes both, CI one on each engine."""

import pytest

HALVES = pytest.mark.parametrize("half", [0, 1], ids=["one-half", "other-half"])

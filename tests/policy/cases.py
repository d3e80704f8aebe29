"""Reads a case table: one `[[case]]` a line of policy, each with `why` it must come out so."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent


def cases(topic: str) -> Any:
    """`@cases("triage")` runs a test once for each case in triage.toml, named by its reason."""
    rows = tomllib.loads((HERE / f"{topic}.toml").read_text())["case"]
    reasons = [row["why"] for row in rows]
    assert len(set(reasons)) == len(reasons), "two cases with one reason"
    return pytest.mark.parametrize("case", [pytest.param(row, id=row["why"]) for row in rows])

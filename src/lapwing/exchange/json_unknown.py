"""What a JSON table has no name for: kept as path → value beside the struct it stood in, and put back by the
writer.

A path is keys joined by `/`, with `~` and `/` inside a key written `~0` and `~1` (as RFC 6901 does); a number
is a place in a list, `+` one more after those that the table could take. A field that is null or empty says
nothing and is not kept.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from lapwing.exchange.json_safety import DEEPEST, LONGEST_TEXT, depth_of


class Wrong(Exception):
    """A value is not what it can be. `path` is built outwards as the exception rises."""

    def __init__(self, sentence: str, *path: str | int) -> None:
        self.sentence = sentence
        self.path: list[str | int] = list(path)
        super().__init__(sentence)


def keep(value: Any, values: dict[str, Any], prefix: str, key: str) -> None:
    """Keep a field that the table does not name."""
    if value is None or value == [] or value == {}:
        return
    if isinstance(value, dict | list) and depth_of(value) > DEEPEST:
        raise Wrong(f"Values stand more than {DEEPEST} deep.")
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        raise Wrong(f"A text is longer than {LONGEST_TEXT:,} characters.")
    values.setdefault("unknown", {})[prefix + escaped(key)] = value


def keep_more(value: Any, values: dict[str, Any], path: str) -> None:
    """Keep an item of a list beyond those that the table can take, as `path/+`, `path/+2`…"""
    if value is None or value == [] or value == {}:
        return
    if isinstance(value, dict | list) and depth_of(value) > DEEPEST:
        raise Wrong(f"Values stand more than {DEEPEST} deep.")
    unknown = values.setdefault("unknown", {})
    count = values.setdefault("#more", {})
    number = count[path] = count.get(path, 0) + 1
    unknown[f"{path}/+{number if number > 1 else ''}"] = value


def escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def graft(unknown: dict[str, Any], out: dict[str, Any]) -> None:
    """Put back into `out` what was kept from it."""
    for path, value in unknown.items():
        steps = [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")]
        at: Any = out
        for step, after in pairwise(steps):
            at = _inside(at, step, after)
        _put(at, steps[-1], value)


def _inside(at: Any, step: str, after: str) -> Any:
    """What stands at `step`, made (or wrapped, if it is a bare value) when it cannot hold anything."""
    made: Any = [] if after.startswith("+") else {}
    if isinstance(at, list):
        number = int(step) if step.isdigit() else len(at)
        while len(at) <= number:
            at.append({})
        if not isinstance(at[number], dict | list):
            at[number] = {"value": at[number]}
        return at[number]
    if step not in at:
        at[step] = made
    elif not isinstance(at[step], dict | list):
        at[step] = {"value": at[step]}
    return at[step]


def _put(at: Any, step: str, value: Any) -> None:
    if isinstance(at, list):
        at.append(value)
    else:
        at.setdefault(step, value)

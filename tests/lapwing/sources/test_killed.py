"""A real process killed before each step that it takes on the disk: the next fetch makes it good."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.lapwing.sources.fetches import Fetching, deleted, hashes, image, page
from tests.lapwing.sources.publisher import document

from lapwing.matching import HashList
from lapwing.sources.standing import standing

PAGES = page(image(3), deleted(1), latest="2026-03-29T00:10:00Z")
REASON = ["made", "--reason", "so it is"]


def first(fetching: Fetching) -> None:
    """A list, and another document at its address."""
    fetching(document(hashes(100), ETag='"one"'))
    fetching.publisher.at["/list"] = document(hashes(105), ETag='"two"')


def held(fetching: Fetching) -> None:
    """A document that is held, and is still there."""
    fetching(document(hashes(100)))
    assert fetching(document(hashes(20), ETag='"two"')).outcome == "held"


def held_before(fetching: Fetching) -> None:
    """One that is held, and another at its address that is to be held."""
    held(fetching)
    fetching.publisher.at["/list"] = document(hashes(30))


def put_right(fetching: Fetching) -> None:
    """One that is held, and a good one at its address."""
    held(fetching)
    fetching.publisher.at["/list"] = document(hashes(101))


def pages(fetching: Fetching) -> None:
    """A list of pages, and the pages of the next window."""
    fetching.settings |= {
        "address": f"{fetching.publisher.base}/v2?from={{since}}",
        "kind": "ncmec",
        "format": "",
        "how": "changes",
    }
    fetching.publisher.at["/v2"] = document(page(image(1), image(2), latest="2026-03-28T00:10:00Z"))
    fetching()
    fetching.publisher.at["/v2"] = document(page(image(2), latest="", following="/v2?p=2"))
    fetching.publisher.at["/v2?p=2"] = document(PAGES)


def held_pages(fetching: Fetching) -> None:
    """Pages that are held, as they would leave nothing."""
    pages(fetching)
    fetching.publisher.at["/v2"] = document(page(deleted(1), deleted(2), latest="2026-03-28T01:10:00Z"))
    assert fetching().outcome == "held"


# How it is before, the command, steps that it must take, how many entries there are in the end, what is held.
KILLS: list[tuple[Callable[[Fetching], None], list[str], list[str], int, bool]] = [
    (
        first,
        ["fetch"],
        [
            "os.rename 00000002-change.layer",
            "os.rename v00000002.json",
            "os.rename current.json",
            "os.rename source.json",
            "shutil.rmtree coming",
        ],
        105,
        False,
    ),
    (held_before, ["fetch"], ["shutil.rmtree held document", "os.rename held document"], 100, True),
    (put_right, ["fetch"], ["os.rename current.json", "shutil.rmtree held document"], 101, False),
    (pages, ["fetch"], ["os.rename current.json", "os.rename source.json"], 2, False),
    (held, ["accept", *REASON], ["os.rename current.json", "os.rename source.json"], 20, False),
    (held, ["refuse", *REASON], ["os.rename source.json", "shutil.rmtree held document"], 100, False),
    (held_pages, ["accept", *REASON], ["os.rename current.json", "os.rename source.json"], 0, False),
]


@pytest.mark.parametrize(
    ("before", "command", "steps", "entries", "waits"),
    KILLS,
    ids=[f"{one[1][0]} {one[0].__name__}".replace("_", " ") for one in KILLS],
)
def test_a_kill_at_any_step_is_made_good_by_the_next_fetch(
    fetching: Fetching,
    tmp_path: Path,
    before: Callable[[Fetching], None],
    command: list[str],
    steps: list[str],
    entries: int,
    waits: bool,
) -> None:
    fetching.lists = tmp_path / "lists"
    before(fetching)
    source = fetching.source()
    said = {name: getattr(source, name) for name in ("address", "kind", "format", "how")}
    table = "".join(f"{name} = {json.dumps(value)}\n" for name, value in said.items())
    (fetching.lists / "sources.toml").write_text(f"[made]\n{table}")
    run = [sys.executable, "-m", "tests.lapwing.sources.killed", str(fetching.lists), *command]
    done = subprocess.run(run, stdout=subprocess.PIPE, check=True, text=True)
    *took, _ = done.stdout.partition("\n\n")[2].splitlines()
    assert set(steps) <= set(took), "they are the steps of this command"
    wanted = state(tmp_path / f"lists-{len(took) + 1}")
    assert (wanted["entries"], wanted["held"] is not None) == (entries, waits)
    for number, step in enumerate(took, 1):
        assert state(tmp_path / f"lists-{number}") == wanted, f"killed before {step}"


def state(lists: Path) -> dict[str, Any]:
    """How all stands, but for times, and for numbers that a commit which was killed used up."""
    folder = lists / "made"
    known = standing(folder)
    lines = folder / "decisions.jsonl"
    said = [json.loads(line) for line in lines.read_text().splitlines()] if lines.exists() else []
    opened = HashList.open(lists, "made")
    return {
        "entries": len(opened),
        "layers": len(opened.layers),
        "is the version that was confirmed": opened.version.number == known.version,
        "document": (known.sha256, known.etag, known.made, known.since, known.failures, known.refused),
        "fault": known.fault,
        "held": known.held and (known.held.sha256, known.held.why),
        "waiting": sorted(path.name for path in folder.glob("held/*/*")),
        "left": sorted(path.name for path in folder.iterdir() if path.name == "coming"),
        "decisions": {(one["decision"], one["sha256"]) for one in said},
    }

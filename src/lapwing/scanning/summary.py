"""What a scan comes to: the counts, whether they add up, and what it was done with."""

import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec
from msgspec import Struct

from lapwing.hashing.file_lines import shown
from lapwing.matching import KnownLists
from lapwing.matching.durable import replace_file
from lapwing.native import path_in_use
from lapwing.scanning.answer import sentence
from lapwing.scanning.image_hashes import ImageHashes, differing, image_hashes
from lapwing.scanning.stacks import Views
from lapwing.scanning.state import State
from lapwing.scanning.verdict import Listed, Verdict, Waits

# What reads the bytes, and so decides what is found.
TOOLS = (
    "lapwing",
    "numpy",
    "pillow",
    "pillow-heif",
    "simplejpeg",
    "av",
    "pytsk3",
    "libvhdi-python",
    "libvmdk-python",
    "libewf-python",
    "libfsapfs-python",
    "libarchive-c",
    "olefile",
    "pypdf",
    "libpff-python",
)


class ListUsed(Struct, frozen=True):
    """A list that was compared with."""

    name: str
    version: int
    entries: int
    source: str
    imported_at: str


class Run(Struct, frozen=True):
    """One run of the command: a scan that was killed has several."""

    began_at: str
    ended_at: str | None = None  # None: it was killed
    how: str = "killed"  # done, out of time, stopped
    by: str = ""


class Summary(Struct, frozen=True, kw_only=True):
    """`seen = hashed + excluded + failed + waiting`, in files; `conserved` is whether it holds.

    A file may be hashed and yet have a failure: its bytes could be read, and not decoded. `not_looked_at` is
    what waits, by phase: nothing when `done`.
    """

    source: str
    source_hex: str | None
    seen: int
    hashed: int
    excluded: int
    failed: int
    waiting: int
    matched: int
    matched_exactly: int
    conserved: bool
    done: bool
    verdict: str
    by_list: tuple[Listed, ...]
    excluded_by: dict[str, int]
    failures: dict[str, int]
    hashed_with_failure: int
    not_looked_at: dict[str, Waits]
    listed_whole: bool
    bytes_seen: int
    bytes_hashed: int
    views: Views
    types: dict[str, int]
    lists: list[ListUsed]
    known_good: list[ListUsed]
    compared: str
    runs: list[Run]
    tools: dict[str, str]
    images: list[ImageHashes] = []
    exhibit: str = ""


def summary_of(
    state: State, verdict: Verdict, lists: list[ListUsed], good: list[ListUsed], views: Views
) -> Summary:
    """What is in the state."""
    text, hexadecimal = shown(bytes.fromhex(state.note("source") or ""))
    [(both,)] = state.rows("select count(*) from item where sha256 is not null and reason is not null")
    images = image_hashes(state)
    return Summary(
        source=text,
        source_hex=hexadecimal if isinstance(hexadecimal, str) else None,
        seen=verdict.seen,
        hashed=verdict.hashed,
        excluded=verdict.excluded,
        failed=verdict.failed,
        waiting=verdict.waiting,
        matched=verdict.matched,
        matched_exactly=verdict.matched_exactly,
        conserved=verdict.conserved,
        done=verdict.done,
        verdict=sentence(verdict) + differing(images),
        by_list=verdict.by_list,
        excluded_by=_counts(state, "excluded"),
        failures=_counts(state, "reason"),
        hashed_with_failure=both,
        not_looked_at=verdict.phases,
        listed_whole=verdict.listed_whole,
        bytes_seen=verdict.bytes_seen,
        bytes_hashed=verdict.bytes_hashed,
        views=views,
        types=_counts(state, "type"),
        lists=lists,
        known_good=good,
        compared=state.note("lists") or "",
        runs=runs(state),
        tools=tools(),
        images=images,
        exhibit=state.note("exhibit") or "",
    )


def write_summary(summary: Summary, path: Path) -> None:
    """Write it, whole or not at all."""
    text = msgspec.json.format(msgspec.json.encode(summary), indent=2) + b"\n"
    replace_file(path, lambda stream: stream.write(text), mode=0o600)


def lists_used(known: KnownLists) -> list[ListUsed]:
    """The lists, as they say of themselves where they come from."""
    return [
        ListUsed(
            one.name,
            one.version.number,
            len(one),
            one.version.source,
            one.version.at,
        )
        for one in known.lists
    ]


def runs(state: State) -> list[Run]:
    """Every run so far, in order."""
    return msgspec.json.decode(state.note("runs") or "[]", type=list[Run])


def tools() -> dict[str, str]:
    """The versions of what did it."""
    found = {"python": platform.python_version(), "kernels": path_in_use()}
    for name in TOOLS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _counts(state: State, column: str) -> dict[str, int]:
    rows = state.rows(
        f"select {column}, count(*) from item where {column} is not null group by 1 order by 1"  # noqa: S608
    )
    return dict(rows)

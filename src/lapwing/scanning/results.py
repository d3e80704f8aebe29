"""The folder of a scan's results: its state, and what is written from that. One run has it at a time."""

import fcntl
import os
from pathlib import Path
from types import TracebackType

import msgspec
from msgspec.structs import replace

from lapwing.matching.durable import UNFINISHED
from lapwing.scanning.item_table import write_items
from lapwing.scanning.report_page import write_report
from lapwing.scanning.stacks import make_stacks, write_stacks
from lapwing.scanning.state import State, tables_of
from lapwing.scanning.summary import ListUsed, Run, Summary, runs, summary_of, write_summary
from lapwing.scanning.verdict import Verdict

STATE, LOCK, ITEMS, SUMMARY = "state.sqlite", "state.lock", "items.jsonl", "summary.json"
STACKS, TABLE, REPORT = "stacks.jsonl", "items.csv", "report.html"
VICS_CASE, CASE_BUNDLE = "case.vics.json", "case.jsonld"
WRITTEN = (ITEMS, SUMMARY, STACKS, TABLE, REPORT, VICS_CASE, CASE_BUNDLE)


class Results:
    """Opens the folder for one run. Use it in a `with`. Raises ValueError with a sentence, OSError.

    `options` are what decides what is found: a scan is gone on with by the same, and by no others.
    """

    def __init__(self, folder: Path, source: bytes, options: str) -> None:
        self.folder = folder
        check_apart(source, folder)
        check_own(folder)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise ValueError(f"another scan is writing to {folder}") from None
        for left in folder.glob(f"{UNFINISHED}*"):  # by a kill
            left.unlink()
        os.close(os.open(folder / STATE, os.O_RDWR | os.O_CREAT, 0o600))
        self.state = State(folder / STATE)
        try:
            self._same("source", source.hex(), "of another source")
            self._same("options", options, "made with other options")
        except ValueError:
            self.close()
            raise

    def begin(self, now: str, *, by: str = "", exhibit: str = "") -> bool:
        """Write down that a run begins, and by whom. Returns whether there was one before.

        An exhibit's number stays what it was where none is given.
        """
        before = runs(self.state)
        self._write_runs([*before, Run(now, by=by)])
        if exhibit:
            with self.state as state:
                state.write_note("exhibit", exhibit)
        return bool(before)

    def end(self, now: str, how: str) -> None:
        """Write down how the run ended."""
        *before, last = runs(self.state)
        self._write_runs([*before, replace(last, ended_at=now, how=how)])

    def write(self, verdict: Verdict, lists: list[ListUsed], good: list[ListUsed]) -> Summary:
        """Write everything that comes out, each file whole; the summary last."""
        views = make_stacks(self.state)
        summary = summary_of(self.state, verdict, lists, good, views)
        write_items(self.state, self.folder / ITEMS, self.folder / TABLE)
        write_stacks(self.state, self.folder / STACKS)
        write_report(self.state, summary, self.folder / ITEMS, self.folder / REPORT)
        write_summary(summary, self.folder / SUMMARY)
        return summary

    def close(self) -> None:
        """Let go of the folder."""
        self.state.close()
        os.close(self._lock)

    def _same(self, name: str, value: str, sentence: str) -> None:
        before = self.state.note(name)
        if before is None:
            with self.state as state:
                state.write_note(name, value)
        elif before != value:
            raise ValueError(f"{self.folder} holds a scan {sentence}: give another folder")

    def _write_runs(self, every: list[Run]) -> None:
        with self.state as state:
            state.write_note("runs", msgspec.json.encode(every).decode())

    def __enter__(self) -> "Results":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def check_apart(source: bytes, folder: Path) -> None:
    """Raise ValueError for results inside the source: they would be scanned, and change what is evidence."""
    real = os.path.realpath(os.fsencode(folder))
    if real == source or (os.path.isdir(source) and real.startswith(source.rstrip(b"/") + b"/")):
        raise ValueError(f"{folder} lies in the source, which nothing is to be written to")


def check_own(folder: Path) -> None:
    """Raise ValueError where a file has one of our names and is no scan's: it would be written over.

    It may be evidence: the source itself, or what another tool found out.
    """
    tables = tables_of(folder / STATE)
    if tables is not None and {"note", "item", "hit"} <= tables:
        return
    theirs = [] if tables == set() else [STATE]
    theirs += [name for name in WRITTEN if os.path.lexists(folder / name)]
    if theirs:
        raise ValueError(
            f"{folder / theirs[0]} is of no scan, and would be written over: give another folder for --out"
        )

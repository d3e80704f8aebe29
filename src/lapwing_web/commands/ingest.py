"""Take in report files, folders and zip archives.

Everything found gets a receipt, and the summary on standard output counts them. Files that cannot be read as
reports are rejected receipts for a person to clear, and no error here. Exit 0: everything has a receipt. Exit
2: something could not be read from disk, and is named. Exit 130: it was interrupted, and the summary says how
many files are left; Ctrl-C finishes what has been read, a second one drops it. Run it again after an
interruption: what was committed is told as a duplicate.
"""

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import msgspec

from lapwing.cli import INTERRUPTED
from lapwing_web.audit.actions import Rule
from lapwing_web.casework.actions.receive import Receiving, Walk, receive_paths
from lapwing_web.intake.actions.gather import left
from lapwing_web.refusal import Refused


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="a file, a folder or a zip archive"
    )
    parser.add_argument("--provider", help="the company that sent them, in place of what the reports say")
    parser.add_argument("--quiet", action="store_true", help="show no progress")


def run(arguments: argparse.Namespace) -> int:
    """0 when everything has a receipt; 2 when something could not be read from disk, or nothing could be
    received; 130 when interrupted.
    """
    walk = Walk()
    progress = _Progress(walk, shown=sys.stderr.isatty() and not arguments.quiet)
    with _Interrupts() as interrupts:
        try:
            receive_paths(
                arguments.paths,
                by=Rule("command:ingest"),
                walk=walk,
                provider=arguments.provider,
                told=lambda counts: interrupts.after(progress.told, counts),
                stop=lambda: interrupts.told,
                kept=lambda _: interrupts.wait(),
            )
        except Refused as refusal:
            sys.stderr.write(f"{refusal}\n")
            return 2
        except KeyboardInterrupt:  # the second: the batch was rolled back
            pass
        finally:
            progress.end()
    remaining = left(arguments.paths, progress.begun) if interrupts.told else 0
    _say(progress, walk, remaining)
    if remaining:
        return INTERRUPTED
    return 2 if walk.unreadable else 0


def _say(progress: "_Progress", walk: Walk, remaining: int) -> None:
    """The summary, and each thing a person must know of on the other stream."""
    summary = msgspec.to_builtins(progress.counts) | {
        "unreadable": walk.unreadable,
        "not_followed": walk.not_followed,
    }
    del summary["lines"]
    if remaining:
        summary["left"] = remaining
    _print(json.dumps(summary, indent=2, ensure_ascii=False) + "\n")
    for problem in walk.unreadable:
        sys.stderr.write(f"Not read: {problem}\n")
    if remaining:
        sys.stderr.write(
            f"Interrupted: the counts above are committed. {remaining:,} files are left, from "
            f"{progress.at or 'the first'} on. Run the same command again to take them in.\n"
        )


class _Interrupts:
    """The first Ctrl-C is noted; the second is a KeyboardInterrupt, as it is elsewhere.

    While a batch is being committed, and until it is counted, there is nothing left to drop.
    """

    def __init__(self) -> None:
        self.told = self.committing = False

    def __enter__(self) -> "_Interrupts":
        self.before = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, *error: object) -> None:
        signal.signal(signal.SIGINT, self.before)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.told = True
        signal.signal(signal.SIGINT, self._drop)
        sys.stderr.write("\nFinishing what has been read. Press Ctrl-C again to drop it.\n")

    def _drop(self, number: int, frame: FrameType | None) -> None:
        if not self.committing:
            raise KeyboardInterrupt

    def wait(self) -> None:
        """A batch is about to be committed."""
        self.committing = True

    def after(self, told: Callable[[Receiving], None], counts: Receiving) -> None:
        """It is committed: tell of it, and hear again."""
        told(counts)
        self.committing = False


def _print(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever was reading has gone: what was received stays received
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Progress:
    """How things stood at the last commit; on a terminal, one line that is rewritten after each."""

    def __init__(self, walk: Walk, *, shown: bool) -> None:
        self.walk, self.shown, self.started = walk, shown, time.monotonic()
        self.counts, self.begun, self.at = Receiving(), 0, ""

    def told(self, counts: Receiving) -> None:
        self.counts, self.begun, self.at = counts, self.walk.begun, self.walk.at
        if self.shown:
            rate = counts.received / max(time.monotonic() - self.started, 0.001)
            line = f"{counts.received:,} received: {counts.new:,} new, {counts.duplicates:,} already held"
            sys.stderr.write(f"\r{line}, {counts.rejected:,} rejected; {rate:,.0f} a second   ")
            sys.stderr.flush()

    def end(self) -> None:
        if self.shown:
            sys.stderr.write("\n")

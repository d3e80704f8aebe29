"""Take in report files, folders and zip archives.

Everything found gets a receipt, and the summary on standard output counts them. Files that cannot be read as
reports are rejected receipts for a person to clear, and no error here. Exit 0: everything has a receipt. Exit
2: something could not be read from disk, and is named. Run it again after an interruption: what was committed
is told as a duplicate.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

import msgspec

from lapwing_web.audit.actions import Rule
from lapwing_web.casework.actions.receive import Receiving, Walk, receive_paths
from lapwing_web.refusal import Refused


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="a file, a folder or a zip archive"
    )
    parser.add_argument("--provider", help="the company that sent them, in place of what the reports say")
    parser.add_argument("--quiet", action="store_true", help="show no progress")


def run(arguments: argparse.Namespace) -> int:
    """0 when everything has a receipt; 2 when something could not be read from disk, or nothing could be
    received.
    """
    walk = Walk()
    progress = _Progress(shown=sys.stderr.isatty() and not arguments.quiet)
    try:
        counts = receive_paths(
            arguments.paths,
            by=Rule("command:ingest"),
            walk=walk,
            provider=arguments.provider,
            told=progress.told,
        )
    except Refused as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 2
    finally:
        progress.end()
    summary = msgspec.to_builtins(counts) | {"unreadable": walk.unreadable, "not_followed": walk.not_followed}
    del summary["lines"]
    _print(json.dumps(summary, indent=2, ensure_ascii=False) + "\n")
    for problem in walk.unreadable:
        sys.stderr.write(f"Not read: {problem}\n")
    return 2 if walk.unreadable else 0


def _print(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever was reading has gone: what was received stays received
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Progress:
    """One line on a terminal, rewritten after each commit."""

    def __init__(self, *, shown: bool) -> None:
        self.shown, self.began = shown, time.monotonic()

    def told(self, counts: Receiving) -> None:
        if self.shown:
            rate = counts.received / max(time.monotonic() - self.began, 0.001)
            line = f"{counts.received:,} received: {counts.new:,} new, {counts.duplicates:,} already held"
            sys.stderr.write(f"\r{line}, {counts.rejected:,} rejected; {rate:,.0f} a second   ")
            sys.stderr.flush()

    def end(self) -> None:
        if self.shown:
            sys.stderr.write("\n")

"""Hash files, and folders with all they hold: one JSON line a file, as each is done.

A line has path, size, modified_ns, kind, sha256, md5, sha1, pdq, quality, low_quality and failure. What has
no value is null; `failure` is null or has a reason and a sentence, and a failure is never an empty hash. A
path that is not UTF-8 is shown as well as it can be, and path_hex has its exact bytes.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterator

import msgspec

from lapwing.hashing.failures import Failure
from lapwing.hashing.file_lines import Line, earlier, line_of, unreadable_line
from lapwing.hashing.limits import MIB, Limits
from lapwing.hashing.pool import HashingPool
from lapwing.hashing.walking import Found, walk

BAR = 30  # characters of the whole bar
_ENCODER = msgspec.json.Encoder()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to hash, with what limits, and what was done before."""
    default = Limits()
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a file, or a folder with all it holds")
    parser.add_argument("--resume", metavar="FILE", help="earlier output: what it has is not redone")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, metavar="N")
    parser.add_argument("--turned", action="store_true", help="also the PDQ of the eight ways to lie")
    parser.add_argument("--video", action="store_true", help="also the vPDQ of videos (the extra `video`)")
    parser.add_argument("--max-pixels", type=int, default=default.pixels, metavar="N")
    parser.add_argument("--max-memory", type=int, default=default.memory_bytes // MIB, metavar="MIB")
    parser.add_argument("--max-seconds", type=float, default=default.picture_seconds, help="for one picture")


def run(arguments: argparse.Namespace) -> int:
    """Print a line a file. Returns 0, or 2 when anything could not be processed."""
    limits = Limits(
        pixels=arguments.max_pixels,
        memory_bytes=arguments.max_memory * MIB,
        picture_seconds=arguments.max_seconds,
    )
    try:
        done = earlier(arguments.resume, sys.stdout.fileno()) if arguments.resume else {}
    except OSError as error:
        print(f"lapwing hash: {arguments.resume}: {error.strerror}", file=sys.stderr)
        return 2
    paths = [os.fsencode(path) for path in arguments.paths]
    said = _Said(done, sum(1 for _ in walk(paths)) if sys.stderr.isatty() else None)
    try:
        with HashingPool(arguments.processes, limits, turned=arguments.turned, video=arguments.video) as pool:
            for found in pool.hashes(said.new(walk(paths))):
                said.line(line_of(found))
        sys.stdout.flush()
    except BrokenPipeError:  # whoever was reading has gone: leave quietly, with nowhere left to flush to
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return said.finish()


class _Said:
    """What has been printed and counted."""

    def __init__(self, done: dict[bytes, Line], total: int | None) -> None:
        self._done = done
        self._total = total  # counted where there is a terminal to draw a bar on
        self._files = self._before = 0
        self._failures: Counter[str] = Counter()

    def new(self, found: Iterator[Found]) -> Iterator[bytes]:
        """The paths that are to be hashed: not those an earlier run did and that have not changed since."""
        for one in found:
            if one.fault is not None:
                self.line(unreadable_line(one.path, one.fault))
            elif (line := self._done.get(one.path)) is not None and line.still_true(one.path):
                self._before += 1
                if line.failure is not None:
                    self._failures[line.failure.reason] += 1
            else:
                yield one.path

    def line(self, line: Line) -> None:
        """Print it, and say what is wrong with it."""
        self._files += 1
        sys.stdout.buffer.write(_ENCODER.encode(line) + b"\n")
        sys.stdout.buffer.flush()  # so that what a kill leaves is whole lines and at most one torn
        if line.failure is not None:
            self._failures[line.failure.reason] += 1
            self._clear()
            sentence = Failure(line.failure.reason, line.failure.detail).sentence
            print(_printable(f"{line.path}: {sentence}"), file=sys.stderr)
        if self._total is not None:
            sys.stderr.write(f"\r{self._drawn(self._total)}\x1b[K")
            sys.stderr.flush()

    def finish(self) -> int:
        """Say how it went. Returns the exit code."""
        self._clear()
        failed = ", ".join(f"{count} {reason}" for reason, count in sorted(self._failures.items()))
        before = f", {self._before} hashed before" if self._before else ""
        print(f"{self._files} files{before}; failures: {failed or 'none'}", file=sys.stderr)
        return 2 if self._failures else 0

    def _drawn(self, total: int) -> str:
        done = self._files + self._before
        full = BAR * done // max(total, done, 1)
        bar = "#" * full + "." * (BAR - full)
        return f"[{bar}] {done:,} of {total:,} files, {self._failures.total():,} failures"

    def _clear(self) -> None:
        if self._total is not None:
            sys.stderr.write("\r\x1b[K")


def _printable(text: str) -> str:
    """A name of a file may hold what commands a terminal: it is shown as an escape."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)

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
from typing import BinaryIO

import msgspec

from lapwing.hashing.failures import Failure
from lapwing.hashing.file_lines import Line, earlier, line_of, unreadable_line
from lapwing.hashing.limits import MIB, Limits
from lapwing.hashing.pool import HashingPool
from lapwing.hashing.walking import walk

BAR = 30  # characters of the whole bar
_ENCODER = msgspec.json.Encoder()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to hash, with what limits, and what was done before."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a file, or a folder with all it holds")
    parser.add_argument("--resume", metavar="FILE", help="earlier output: what it has is not redone")
    add_limits(parser)


def add_limits(
    parser: argparse.ArgumentParser, *, processes: str = "--processes", video: bool = True
) -> None:
    """How files are hashed. Whoever always looks at videos, as far as that can be, has no option for it."""
    default = Limits()
    parser.add_argument(
        processes,
        dest="processes",
        type=at_least_one,
        default=os.cpu_count() or 1,
        metavar="N",
        help="processes that read and hash (default: one a processor)",
    )
    parser.add_argument("--turned", action="store_true", help="also the PDQ of the eight ways to lie")
    if video:
        parser.add_argument("--video", action="store_true", help="also the vPDQ of videos (extra `video`)")
    parser.add_argument("--max-pixels", type=at_least_one, default=default.pixels, metavar="N")
    parser.add_argument("--max-memory", type=at_least_one, default=default.memory_bytes // MIB, metavar="MIB")
    parser.add_argument("--max-seconds", type=float, default=default.picture_seconds, help="for one picture")


def at_least_one(text: str) -> int:
    """A number of things without which there is nothing to do."""
    if text.isdecimal() and int(text):
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 1 or more")


def limits_of(given: argparse.Namespace) -> Limits:
    """The limits that were given."""
    return Limits(
        pixels=given.max_pixels,
        memory_bytes=given.max_memory * MIB,
        picture_seconds=given.max_seconds,
    )


def run(arguments: argparse.Namespace) -> int:
    """Print a line a file. Returns 0, or 2 when anything could not be processed."""
    try:
        done = earlier(arguments.resume, sys.stdout.fileno()) if arguments.resume else {}
    except OSError as error:
        print(f"lapwing hash: {arguments.resume}: {error.strerror}", file=sys.stderr)
        return 2
    hashing = Hashing(arguments, done)
    try:
        for line in hashing.lines():
            write_line(sys.stdout.buffer, line)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever was reading has gone: leave quietly, with nowhere left to flush to
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return hashing.finish()


def write_line(stream: BinaryIO, line: Line) -> None:
    """Write it at once, so that what a kill leaves is whole lines and at most one torn."""
    stream.write(_ENCODER.encode(line) + b"\n")
    stream.flush()


class Hashing:
    """Hashes the files of `arguments`, and counts and says what goes wrong.

    Files that `done` has, as an earlier run left them, are not hashed again.
    """

    def __init__(self, arguments: argparse.Namespace, done: dict[bytes, Line]) -> None:
        self._arguments = arguments
        self._paths = [os.fsencode(path) for path in arguments.paths]
        self._done = done
        # counted where there is a terminal to draw a bar on
        self._total = sum(1 for _ in walk(self._paths)) if sys.stderr.isatty() else None
        self._files = 0
        self._waiting: list[Line] = []  # those that need no hashing
        self._failures: Counter[str] = Counter()
        self.before: list[Line] = []  # what an earlier run did and that has not changed since

    def lines(self) -> Iterator[Line]:
        """A line for each file that is new or has changed, as each is done."""
        given = self._arguments
        with HashingPool(given.processes, limits_of(given), turned=given.turned, video=given.video) as pool:
            for found in pool.hashes(self._new()):
                yield from self._unreadable()
                yield self._said(line_of(found))
        yield from self._unreadable()

    def _new(self) -> Iterator[bytes]:
        for one in walk(self._paths):
            if one.fault is not None:
                self._waiting.append(unreadable_line(one.path, one.fault))
            elif (line := self._done.get(one.path)) is not None and line.still_true(one.path):
                self.before.append(line)
                if line.failure is not None:
                    self._failures[line.failure.reason] += 1
            else:
                yield one.path

    def _unreadable(self) -> Iterator[Line]:
        while self._waiting:
            yield self._said(self._waiting.pop(0))

    def _said(self, line: Line) -> Line:
        """Count it, and say what is wrong with it."""
        self._files += 1
        if line.failure is not None:
            self._failures[line.failure.reason] += 1
            self._clear()
            sentence = Failure(line.failure.reason, line.failure.detail).sentence
            print(_printable(f"{line.path}: {sentence}"), file=sys.stderr)
        if self._total is not None:
            sys.stderr.write(f"\r{self._drawn(self._total)}\x1b[K")
            sys.stderr.flush()
        return line

    def finish(self) -> int:
        """Say how it went. Returns the exit code."""
        self._clear()
        failed = ", ".join(f"{count} {reason}" for reason, count in sorted(self._failures.items()))
        before = f", {len(self.before)} hashed before" if self.before else ""
        print(f"{self._files} files{before}; failures: {failed or 'none'}", file=sys.stderr)
        return 2 if self._failures else 0

    def _drawn(self, total: int) -> str:
        done = self._files + len(self.before)
        full = BAR * done // max(total, done, 1)
        bar = "#" * full + "." * (BAR - full)
        return f"[{bar}] {done:,} of {total:,} files, {self._failures.total():,} failures"

    def _clear(self) -> None:
        if self._total is not None:
            sys.stderr.write("\r\x1b[K")


def _printable(text: str) -> str:
    """A name of a file may hold what commands a terminal: it is shown as an escape."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)

"""Find files, or hashes, that are on lists of known hashes: a JSON line for each match.

A line has query (the path, or the hash as it was given), type, value, entry (its publisher's name for it,
else its hash), list, version, distance, category, dialect, and where they apply shared, turned and
low_quality. What cannot be processed is said on the standard error, and is never "no match".
"""

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import islice
from typing import BinaryIO

import msgspec

from lapwing.cli.hash import Hashing, add_limits, write_line
from lapwing.cli.list_folders import add_folder
from lapwing.exchange.hash_sets.lines import lines_of
from lapwing.exchange.unreadable import Unreadable
from lapwing.hashing import DIGESTS, HASH_TYPES
from lapwing.hashing.file_lines import Line, earlier
from lapwing.matching import BadList, KnownLists
from lapwing.matching.asking import BATCH, Asked, asked_of, said_of
from lapwing.matching.kernels import TooManyMatches
from lapwing.matching.listed import raw
from lapwing.matching.near_index import DISTANCE

_ENCODER = msgspec.json.Encoder()
_BY_LENGTH = {2 * kind.size: [kind.name] for kind in DIGESTS.values()} | {64: ["sha256", "pdq"]}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to look for, and where."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help="a file, or a folder with all it holds")
    parser.add_argument("--list", action="append", default=[], metavar="NAME", help="(default: every list)")
    parser.add_argument(
        "--hashes", metavar="FILE", help="a hash a line, or what `lapwing hash` printed; - is standard input"
    )
    parser.add_argument("--type", choices=sorted(HASH_TYPES), help="the one kind of hash in FILE")
    parser.add_argument(
        "--distance", type=int, default=DISTANCE, help="bits a PDQ may differ in (%(default)s)"
    )
    parser.add_argument(
        "--hashed", metavar="FILE", help="keep what is hashed here: after a kill, only the rest is hashed"
    )
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="to search with (%(default)s)")
    add_folder(parser)
    add_limits(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print a line a match. Returns 0, or 2 when anything could not be processed."""
    if not arguments.paths and not arguments.hashes:
        print("lapwing match: give a PATH, or --hashes FILE", file=sys.stderr)
        return 2
    try:
        return _run(arguments)
    except KeyError as error:
        print(f"lapwing match: there is no list {error.args[0]!r} in {arguments.lists}", file=sys.stderr)
    except (BadList, Unreadable, TooManyMatches, ValueError) as error:
        print(f"lapwing match: {error}", file=sys.stderr)
    except BrokenPipeError:  # whoever was reading has gone: leave quietly, with nowhere left to flush to
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        print(f"lapwing match: {error.filename or ''}: {error.strerror or error}", file=sys.stderr)
    return 2


def _run(arguments: argparse.Namespace) -> int:
    known = KnownLists.open(arguments.lists).chosen(arguments.list)
    if not known.lists:
        raise ValueError(f"there is no list in {arguments.lists}: nothing can be found")
    code = 0
    with ExitStack() as stack:
        if arguments.hashes:
            from_standard = arguments.hashes == "-"
            stream = sys.stdin.buffer if from_standard else stack.enter_context(open(arguments.hashes, "rb"))
            given = Given(stream, arguments.hashes, arguments.type)
            _print_matches(known, given.asked(), arguments)
            code = 2 if given.bad else code
        if arguments.paths:
            kept, done = None, {}
            if arguments.hashed:
                kept = stack.enter_context(open(arguments.hashed, "ab"))
                done = earlier(arguments.hashed, kept.fileno())
            hashing = Hashing(arguments, done)
            _print_matches(known, _of_files(hashing, kept), arguments)
            code = hashing.finish() or code
    return code


class Given:
    """The hashes of a file, a line each. A line that is none is said, and counted in `bad`."""

    def __init__(self, stream: BinaryIO, name: str, kind: str | None) -> None:
        self._stream, self._name, self._kind = stream, name, kind
        self.bad = 0

    def asked(self) -> Iterator[Asked]:
        """What is to be looked for: 64 digits as a SHA-256 and as a PDQ, unless a kind is given."""
        for number, line in enumerate(lines_of(self._stream), 1):
            text = line.strip()
            if not text or text.startswith("#"):
                continue
            try:
                yield from self._line(text)
            except ValueError as error:
                self.bad += 1
                print(f"{self._name}: line {number}: {error}", file=sys.stderr)

    def _line(self, text: str) -> list[Asked]:
        if text.startswith("{"):
            return list(asked_of(msgspec.json.decode(text, type=Line)))
        kinds = [self._kind] if self._kind else _BY_LENGTH.get(len(text), [])
        if not kinds:
            raise ValueError("it is not an MD5, SHA-1, SHA-256 or PDQ in hexadecimal")
        return [Asked(text, kind, raw(kind, text)) for kind in kinds]


def _of_files(hashing: Hashing, kept: BinaryIO | None) -> Iterator[Asked]:
    for line in hashing.lines():
        if kept is not None:
            write_line(kept, line)
        yield from asked_of(line)
    for line in hashing.before:
        yield from asked_of(line)


def _print_matches(known: KnownLists, asked: Iterable[Asked], arguments: argparse.Namespace) -> None:
    waiting = iter(asked)
    while batch := list(islice(waiting, BATCH)):
        pairs = [(one.kind, one.value) for one in batch]
        answers = known.match_many(pairs, arguments.distance, threads=arguments.threads)
        for one, matches in zip(batch, answers, strict=True):
            for match in matches:
                sys.stdout.buffer.write(_ENCODER.encode(said_of(one, match)) + b"\n")
        sys.stdout.flush()

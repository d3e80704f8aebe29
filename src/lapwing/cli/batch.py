"""Hash, or match, millions of files of a folder or an object store: with processes of this machine, or Spark.

`lapwing batch hash SOURCE --out DIR` writes DIR/hashes/*.jsonl, a line for each file, sharded by content, and
DIR/summary.json. `lapwing batch match SOURCE --out DIR` does what is left of that, and writes
DIR/matches/*.jsonl and DIR/matches.json. SOURCE is a folder, or s3://bucket/folder. Killed at any moment, the
same command goes on where it was, with either engine; the results are the same bytes.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from lapwing.batch.engines import Engine, EngineFailed, Local, Spark
from lapwing.batch.job import Options
from lapwing.batch.matches import Lists
from lapwing.batch.parts import Counts
from lapwing.batch.running import Batch, MatchSummary, Summary, source_of
from lapwing.cli.hash import add_limits, limits_of
from lapwing.cli.list_folders import add_folder
from lapwing.matching import BadList
from lapwing.matching.durable import alone
from lapwing.matching.kernels import TooManyMatches
from lapwing.matching.near_index import DISTANCE
from lapwing.sources.object_store import Unreachable

ENGINES: dict[str, Callable[[argparse.Namespace], Engine]] = {
    "local": lambda given: Local(given.processes),
    "spark": lambda given: Spark(given.master or f"local[{given.processes}]"),
}
LOCK = "batch.lock"
WRONG = (BadList, EngineFailed, TooManyMatches, Unreachable, ValueError)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, with what, and who does it."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="hash|match")
    hashing = verbs.add_parser("hash", help="hash every file")
    matching = verbs.add_parser("match", help="hash what is not hashed yet, and find what is on lists")
    for verb in (hashing, matching):
        verb.add_argument("source", metavar="SOURCE", help="a folder, or s3://bucket/folder")
        verb.add_argument("--out", type=Path, required=True, metavar="DIR", help="where results are written")
        verb.add_argument("--engine", choices=ENGINES, default="local", help="(default: local)")
        verb.add_argument("--master", default="", metavar="URL", help="of Spark (default: local[workers])")
        add_limits(verb, processes="--workers")
    matching.add_argument("--list", action="append", default=[], metavar="NAME", help="(default: every list)")
    matching.add_argument(
        "--distance", type=int, default=DISTANCE, help="bits a PDQ may differ in (%(default)s)"
    )
    add_folder(matching)


def run(arguments: argparse.Namespace) -> int:
    """Returns 0 when every file is accounted for; 2 when it could not be done."""
    try:
        source = source_of(arguments.source, arguments.out)
        arguments.out.mkdir(mode=0o700, parents=True, exist_ok=True)
        with alone(arguments.out / LOCK) as free:
            if free:
                return _run(source, arguments)
            print(f"lapwing batch: another batch is writing to {arguments.out}", file=sys.stderr)
    except KeyError as error:
        print(f"lapwing batch: there is no list {error.args[0]!r} in {arguments.lists}", file=sys.stderr)
    except WRONG as error:
        print(f"lapwing batch: {error}", file=sys.stderr)
    except OSError as error:
        print(f"lapwing batch: {error.filename or ''}: {error.strerror or error}", file=sys.stderr)
    return 2


def _run(source: bytes, given: argparse.Namespace) -> int:
    folder = given.out.resolve()
    batch = Batch(folder, source, Options(given.turned, given.video, limits_of(given)))
    engine = ENGINES[given.engine](given)
    try:
        hashed = batch.hash(engine, _show if sys.stderr.isatty() else lambda counts: None)
        _say(hashed, folder)
        if given.action == "match":
            lists = Lists(given.lists.resolve(), tuple(given.list), given.distance)
            _say_matches(batch.match(engine, lists))
    finally:
        engine.close()
    return 0 if hashed.conserved else 2


def _show(counts: Counts) -> None:
    sys.stderr.write(f"\r{counts.listed:,} files done, {counts.failed:,} failed\x1b[K")
    sys.stderr.flush()


def _say(summary: Summary, folder: Path) -> None:
    counts = summary.counts
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
    holds = "" if summary.conserved else " DOES NOT HOLD"
    print(
        f"{counts.listed:,} listed = {counts.hashed:,} hashed + {counts.excluded:,} excluded"
        f" + {counts.failed:,} failed{holds}"
    )
    for reason, number in counts.failures.items():
        print(f"  {number:,} {reason}")
    print(f"{summary.contents:,} different contents. Results: {folder}")


def _say_matches(summary: MatchSummary) -> None:
    print(f"{summary.files:,} files on lists, {summary.matches:,} matches")
    for name, number in summary.by_list.items():
        print(f"  {number:,} on {name}")

"""Scan a folder, a mounted device, an archive or a disk image: everything on it is accounted for.

Writes items.jsonl (a line for each file that was seen) and summary.json into the folder DIR, with the state
of the scan in state.sqlite. Killed at any moment, the same command goes on where it was; when it is done, the
same command compares everything with the lists as they are then. Nothing of the source is changed or shown.
"""

import argparse
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from lapwing.cli.hash import add_limits, limits_of
from lapwing.cli.list_folders import add_folder, known_good_folder, user
from lapwing.cli.scan_progress import Progress
from lapwing.exchange.unreadable import Unreadable
from lapwing.matching import BadList, KnownLists
from lapwing.matching.near_index import DISTANCE
from lapwing.scanning.case_bundle import write_case_bundle
from lapwing.scanning.grading import take_grades, write_vics
from lapwing.scanning.judging import NO_LISTS, Judging
from lapwing.scanning.results import CASE_BUNDLE, VICS_CASE, Results
from lapwing.scanning.scan import Options, Scan
from lapwing.scanning.state import State
from lapwing.scanning.summary import Summary, lists_used

ALL = "all"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to scan, what to compare it with, and where to write."""
    parser.add_argument("source", metavar="SOURCE", help="a folder, a mounted device, an archive or an image")
    parser.add_argument("--list", action="append", default=[], metavar="NAME", help="(default: every list)")
    parser.add_argument("--no-lists", action="store_true", help="only list and hash: nothing is known")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="where the results are written"
    )
    parser.add_argument(
        "--known-good",
        action="append",
        default=[],
        metavar="NAME",
        help="set aside what is on it (NSRL: `lapwing lists import --known-good`); all: every one there is",
    )
    parser.add_argument("--triage", type=float, metavar="MINUTES", help="stop then, and say what is left")
    parser.add_argument(
        "--distance", type=int, default=DISTANCE, help="bits a PDQ may differ in (%(default)s)"
    )
    parser.add_argument("--vics", metavar="NUMBER", help="also a VICS 2.0 case of that number, for graders")
    parser.add_argument("--case", action="store_true", help="also a CASE/UCO bundle of the known files")
    parser.add_argument("--exhibit", default="", metavar="NUMBER", help="the exhibit's number, for --case")
    parser.add_argument("--examiner", default="", metavar="NAME", help="who examines, for --case")
    parser.add_argument("--grades", type=Path, metavar="FILE", help="take in grades: a VICS document")
    parser.add_argument("--graded-by", metavar="NAME", help="who graded")
    add_folder(parser)
    add_limits(parser, processes="--workers", video=False)


def run(arguments: argparse.Namespace) -> int:
    """Scan. Returns 0 when every file is accounted for, or time was up; 2 when it could not be done."""
    try:
        return _run(arguments)
    except KeyError as error:
        print(f"lapwing scan: there is no list {error.args[0]!r} in {arguments.lists}", file=sys.stderr)
    except (BadList, Unreadable, ValueError) as error:
        print(f"lapwing scan: {error}", file=sys.stderr)
    except BrokenPipeError:  # whoever was reading has gone; the results are written
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"lapwing scan: {error.filename or ''}: {error.strerror or error}", file=sys.stderr)
    return 2


def _run(arguments: argparse.Namespace) -> int:
    known = _lists(arguments)
    source = os.path.realpath(os.fsencode(arguments.source))
    os.stat(source)
    options = _options(arguments)
    good = KnownLists.open(known_good_folder()) if arguments.known_good else NO_LISTS
    good = good if ALL in arguments.known_good else good.chosen(arguments.known_good)
    decides = msgspec.json.encode([options.turned, options.limits, sorted(arguments.known_good)]).decode()
    if bool(arguments.grades) != bool(arguments.graded_by):
        raise ValueError("--grades FILE and --graded-by NAME go together")
    with Results(arguments.out, source, decides) as results:
        progress = Progress(sys.stderr, again=results.begin(_now()))
        scan = Scan(source, results.state, Judging(known, arguments.distance, good), options)
        how = "stopped"
        try:
            verdict = scan.run(progress.show)
            how = "done" if verdict.done else "out of time"
        except KeyboardInterrupt:
            verdict = scan.counting.verdict(now=True)
        progress.clear()
        results.end(_now(), how)
        _take_grades(arguments, results.state)
        summary = results.write(verdict, lists_used(known), lists_used(good))
        if arguments.vics:
            write_vics(results.state, arguments.vics, arguments.out / VICS_CASE)
        if arguments.case:
            _write_case(arguments, results.state, summary)
    _say(summary, arguments.out)
    return 0 if summary.conserved and how != "stopped" else 2


def _write_case(arguments: argparse.Namespace, state: State, summary: Summary) -> None:
    write_case_bundle(
        state,
        summary,
        arguments.out / CASE_BUNDLE,
        exhibit=arguments.exhibit,
        examiner=arguments.examiner or user(),
    )


def _take_grades(arguments: argparse.Namespace, state: State) -> None:
    if not arguments.grades:
        return
    with arguments.grades.open("rb") as stream:
        took = take_grades(state, stream, by=arguments.graded_by, now=_now())
    print(
        f"Grades by {arguments.graded_by}: {took.graded:,} taken, {took.ungraded:,} not graded,"
        f" {took.elsewhere:,} of no file here, {took.bad:,} that cannot be read"
    )


def _lists(arguments: argparse.Namespace) -> KnownLists:
    if arguments.no_lists:
        return KnownLists([])
    known = KnownLists.open(arguments.lists).chosen(arguments.list)
    if not known.lists:
        raise ValueError(f"there is no list in {arguments.lists}: nothing can be found (or give --no-lists)")
    return known


def _options(given: argparse.Namespace) -> Options:
    if given.triage is not None and given.triage <= 0:
        raise ValueError("--triage is a number of minutes, more than none")
    seconds = given.triage * 60 if given.triage is not None else None
    return Options(given.processes, given.turned, limits_of(given), seconds)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _say(summary: Summary, folder: Path) -> None:
    """What it comes to, on the standard output."""
    print(summary.verdict)
    for one in summary.by_list:
        category = f", {one.dialect} category {one.category}" if one.category else ""
        print(f"  {one.files:,} on {one.list}{category}")
    waiting = f" + {summary.waiting:,} waiting" if summary.waiting else ""
    holds = "" if summary.conserved else " DOES NOT HOLD"
    print(
        f"{summary.seen:,} seen = {summary.hashed:,} hashed + {summary.excluded:,} excluded"
        f" + {summary.failed:,} failed{waiting}{holds}"
    )
    for reason, number in summary.failures.items():
        print(f"  {number:,} {reason}")
    views = summary.views
    print(
        f"{views.files:,} pictures and videos: {views.known:,} known, {views.stacks:,} stacks to look at"
        f" ({views.saved:,} views saved)"
    )
    if summary.not_looked_at or not summary.listed_whole:
        print("Not looked at:")
    for phase, waits in summary.not_looked_at.items():
        print(f"  {waits.files:,} files, {waits.bytes:,} bytes, waiting in phase {phase}")
    if not summary.listed_whole:
        print("  files that are not listed yet: how many is not known")
    print(f"Results: {folder}")

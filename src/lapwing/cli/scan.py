"""Scan a folder, a mounted device, an archive or a disk image: everything on it is accounted for.

Writes items.jsonl (a line for each file that was seen) and summary.json into the folder DIR, with the state
of the scan in state.sqlite. Killed at any moment, the same command goes on where it was; when it is done, the
same command compares everything with the lists as they are then. Nothing of the source is changed or shown.
"""

import argparse
import errno
import os
import sqlite3
import stat
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from lapwing.cli.hash import add_limits, limits_of
from lapwing.cli.list_folders import add_folder, known_good_folder, user
from lapwing.cli.scan_progress import Progress
from lapwing.exchange.unreadable import Unreadable
from lapwing.matching import BadList, KnownLists
from lapwing.matching.near_index import DISTANCE
from lapwing.scanning.answer import on_list
from lapwing.scanning.case_bundle import write_case_bundle
from lapwing.scanning.grading import take_grades, write_vics
from lapwing.scanning.judging import NO_LISTS, Judging
from lapwing.scanning.phases import SENTENCES, Phase
from lapwing.scanning.results import CASE_BUNDLE, VICS_CASE, Results
from lapwing.scanning.scan import Options, Scan
from lapwing.scanning.state import State
from lapwing.scanning.summary import Summary, lists_used

ALL = "all"
_NO_ROOM = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)  # an error's first byte; the others have other causes
_KEPT = "What was done is kept: once there is room, the same command goes on"


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
    parser.add_argument("--exhibit", default="", metavar="NUMBER", help="the exhibit's number")
    parser.add_argument(
        "--examiner", default="", metavar="NAME", help="who examines (default: whoever is signed in)"
    )
    parser.add_argument("--grades", type=Path, metavar="FILE", help="take in grades: a VICS document")
    parser.add_argument("--graded-by", metavar="NAME", help="who graded")
    add_folder(parser)
    add_limits(parser, processes="--workers", video=False)


def run(arguments: argparse.Namespace) -> int:
    """Scan. Returns 0 when every file is accounted for, or time was up; 2 when it could not be done."""
    try:
        return _run(arguments)
    except (BadList, Unreadable, ValueError) as error:
        print(f"lapwing scan: {error}", file=sys.stderr)
    except BrokenPipeError:  # whoever was reading has gone; the results are written
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except sqlite3.Error as error:
        no_room = getattr(error, "sqlite_errorcode", 0) & 0xFF in _NO_ROOM
        print(f"lapwing scan: {arguments.out}: {error}{f'. {_KEPT}' if no_room else ''}", file=sys.stderr)
    except OSError as error:
        kept = f". {_KEPT}" if error.errno == errno.ENOSPC else ""
        name = error.filename or arguments.out
        print(f"lapwing scan: {name}: {error.strerror or error}{kept}", file=sys.stderr)
    return 2


def _run(arguments: argparse.Namespace) -> int:
    judging, known, good = _judging(arguments)
    source = _source(arguments.source)
    options = _options(arguments)
    decides = msgspec.json.encode([options.turned, options.limits, sorted(arguments.known_good)]).decode()
    with ExitStack() as stack:
        grades = _grades(arguments, stack)
        results = stack.enter_context(Results(arguments.out, source, decides))
        progress = Progress(sys.stderr, again=_begin(arguments, results))
        scan = Scan(source, results.state, judging, options)
        how = "stopped"
        try:
            verdict = scan.run(progress.show)
            how = "done" if verdict.done else "out of time"
        except KeyboardInterrupt:
            verdict = scan.counting.verdict(now=True)
        progress.clear()
        results.end(_now(), how)
        taken = grades is None or _take_grades(arguments, results.state, grades)
        summary = results.write(verdict, lists_used(known), lists_used(good))
        if arguments.vics:
            write_vics(results.state, arguments.vics, arguments.out / VICS_CASE)
        if arguments.case:
            _write_case(arguments, results.state, summary)
    _say(summary, arguments.out)
    return 0 if summary.conserved and how != "stopped" and taken else 2


def _begin(arguments: argparse.Namespace, results: Results) -> bool:
    by = arguments.examiner or user()
    return results.begin(_now(), by=by, exhibit=arguments.exhibit)


def _source(given: str) -> bytes:
    """What is to be scanned. Raises ValueError for what holds no files, OSError."""
    mode = os.stat(given).st_mode
    if not (stat.S_ISDIR(mode) or stat.S_ISREG(mode) or stat.S_ISBLK(mode)):
        raise ValueError(f"{given} is neither a folder nor a file nor a disk: there is nothing in it to scan")
    return os.path.realpath(os.fsencode(given))


def _write_case(arguments: argparse.Namespace, state: State, summary: Summary) -> None:
    write_case_bundle(
        state,
        summary,
        arguments.out / CASE_BUNDLE,
        exhibit=summary.exhibit,
        examiner=arguments.examiner or user(),
    )


def _grades(arguments: argparse.Namespace, stack: ExitStack) -> BinaryIO | None:
    """The grades, open before the scan begins: it takes hours."""
    if bool(arguments.grades) != bool(arguments.graded_by):
        raise ValueError("--grades FILE and --graded-by NAME go together")
    return stack.enter_context(arguments.grades.open("rb")) if arguments.grades else None


def _take_grades(arguments: argparse.Namespace, state: State, grades: BinaryIO) -> bool:
    """Take them, or say why none of them was: what the scan found is written either way."""
    try:
        took = take_grades(state, grades, by=arguments.graded_by, now=_now())
    except Unreadable as error:
        print(f"lapwing scan: {arguments.grades}: {error} No grade was taken.", file=sys.stderr)
        return False
    print(
        f"Grades by {arguments.graded_by}: {took.graded:,} taken, {took.ungraded:,} not graded,"
        f" {took.filled_in:,} as a list had them already,"
        f" {took.elsewhere:,} of no file here, {took.bad:,} that cannot be read"
    )
    return True


def _judging(arguments: argparse.Namespace) -> tuple[Judging, KnownLists, KnownLists]:
    """What to compare with, and its lists: those of known material, and those to set aside."""
    known, good = KnownLists([]), NO_LISTS
    if not arguments.no_lists:
        known = _chosen(arguments.lists, arguments.list, "nothing can be found (or give --no-lists)")
    if arguments.known_good:
        names = [] if ALL in arguments.known_good else arguments.known_good
        good = _chosen(known_good_folder(), names, "nothing can be set aside")
    return Judging(known, arguments.distance, good), known, good


def _chosen(folder: Path, names: list[str], without: str) -> KnownLists:
    try:
        lists = KnownLists.open(folder).chosen(names)
    except KeyError as error:
        raise ValueError(f"there is no list {error.args[0]!r} in {folder}") from None
    if not lists.lists:
        raise ValueError(f"there is no list in {folder}: {without}")
    return lists


def _options(given: argparse.Namespace) -> Options:
    if given.triage is not None and not given.triage > 0:  # nor what is no number
        raise ValueError("--triage is a number of minutes, more than none")
    seconds = given.triage * 60 if given.triage is not None else None
    return Options(given.processes, given.turned, limits_of(given), seconds)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _say(summary: Summary, folder: Path) -> None:
    """What it comes to, on the standard output."""
    print(summary.verdict)
    for one in summary.by_list:
        print(f"  {on_list(one)}")
    waiting = f" + {summary.waiting:,} waiting" if summary.waiting else ""
    holds = "" if summary.conserved else " DOES NOT HOLD"
    print(
        f"{summary.seen:,} seen = {summary.hashed:,} hashed + {summary.excluded:,} excluded"
        f" + {summary.failed:,} failed{waiting}{holds}"
    )
    for reason, number in summary.failures.items():
        print(f"  {number:,} {reason}")
    views, so_far = summary.views, "" if summary.done else " so far"
    print(
        f"{views.files:,} pictures and videos{so_far}: {views.known:,} known, {views.stacks:,} stacks to look"
        f" at ({views.saved:,} views saved)"
    )
    if summary.not_looked_at or not summary.listed_whole:
        print("Not looked at:")
    for phase, waits in summary.not_looked_at.items():
        print(
            f"  {waits.files:,} files, {waits.bytes:,} bytes, waiting for {SENTENCES[Phase[phase.upper()]]}"
        )
    if not summary.listed_whole:
        print("  files that are not listed yet: how many is not known")
    if summary.not_looked_at:
        print("  each of them has `waiting` in items.jsonl")
    print(f"Results: {folder}")

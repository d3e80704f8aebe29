"""Load reproducible demonstration data, and print one sign-in a role. Run again, it only prints the sign-ins.

The same number of reports, seed and day give the same files, byte for byte, and the same states.
"""

import argparse
import sys
import time
from pathlib import Path

from lapwing_web.demo import people
from lapwing_web.demo.known_list import publish_example
from lapwing_web.demo.load import Asked, RealData, load, loaded, midnight
from lapwing_web.refusal import Refused


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How much, which, and whether to keep the files."""
    parser.add_argument("--reports", type=int, default=2000, metavar="N", help="default 2000")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="default 1")
    parser.add_argument("--ending", metavar="DAY", help="the day the two years end before (default today)")
    parser.add_argument(
        "--if-empty", action="store_true", help="where there are real data, say so, load nothing, and exit 0"
    )
    parser.add_argument("--keep-files", type=Path, metavar="DIR", help="also write the files taken in here")


def run(arguments: argparse.Namespace) -> int:
    """Load, unless it is here; print the sign-ins. 2 when it may not be loaded."""
    try:
        here = loaded()
        if here is None:
            _load(arguments)
        else:
            _say(here, arguments)
    except RealData as refused:
        print(refused, file=sys.stderr)
        return 0 if arguments.if_empty else 2
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 2
    print(_sign_ins(), end="")
    return 0


def _load(arguments: argparse.Namespace) -> None:
    if not 1 <= arguments.reports <= 1_000_000:
        raise Refused("Ask for between 1 and 1,000,000 reports.")
    began = time.monotonic()
    asked = Asked(arguments.reports, arguments.seed, arguments.ending or midnight().date().isoformat())
    print(f"Loading a demonstration of {asked.reports:,} reports (seed {asked.seed}).", flush=True)
    password = people.password()
    shown = sys.stderr.isatty() or asked.reports > 10_000
    history = load(
        asked, password=password, keep_files=arguments.keep_files, told=_progress if shown else None
    )
    people.keep(password)
    publish_example()
    steps = sum(history.done.values())
    print(f"Loaded in {time.monotonic() - began:.1f} seconds, with {steps:,} steps of history.")


def _progress(taken: int) -> None:
    print(f"\r{taken:,} files taken in", end="", file=sys.stderr, flush=True)


def _say(here: Asked, arguments: argparse.Namespace) -> None:
    print(f"The demonstration of {here.reports:,} reports (seed {here.seed}) is here: nothing was added.")
    if (here.reports, here.seed) != (arguments.reports, arguments.seed):
        print("For another, use another LAPWING_HOME or DATABASE_URL.")


def _sign_ins() -> str:
    """As kept; with a new password when the file was lost."""
    if people.kept().exists():
        return people.kept().read_text()
    password = people.password()
    people.renew(password)
    return people.keep(password)

"""Take the signed log of opened files into the audit. The same log, grown, may be taken in again."""

import argparse
import getpass
import sys
from pathlib import Path

from lapwing.vault.opening_log import lines_of
from lapwing_web.audit.actions import Rule
from lapwing_web.intake.actions.openings import take_openings
from lapwing_web.refusal import Refused


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The log, and whose."""
    parser.add_argument("log", type=Path, metavar="LOG", help="as written by `lapwing vault open`")
    parser.add_argument("--public", required=True, metavar="KEY", help="the log key that keygen printed")


def run(arguments: argparse.Namespace) -> int:
    """Prove it, take in what is new, and say how much. 1: the log is not whole, and nothing was taken."""
    by = Rule(f"command:take-openings ({getpass.getuser()})")
    try:
        with arguments.log.open("rb") as file:
            taken = take_openings(lines_of(file), public=arguments.public, by=by)
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{arguments.log}: {error.strerror or error}", file=sys.stderr)
        return 2
    print(f"{taken.new} lines were taken in; {taken.known} had been before.")
    if taken.nobody:
        print(f"{taken.nobody} files were opened by names that nobody signs in with: they count for nobody.")
    return 0

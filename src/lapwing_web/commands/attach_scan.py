"""Attach what `lapwing scan` wrote to an exhibit: of any size, with how far it has come.

Exit 0: it is attached, or was before. Exit 2: it was refused, and the reason is printed.
"""

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path

from lapwing_web.casework.actions.scan_results import attach
from lapwing_web.casework.models import Exhibit
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.models import User


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("exhibit", type=int, help="the number in the address of the exhibit’s page")
    parser.add_argument("folder", type=Path, metavar="DIR", help="the folder that the scan wrote to")
    parser.add_argument("--by", required=True, metavar="NAME", help="the sign-in name of whoever attaches it")


def run(arguments: argparse.Namespace) -> int:
    """0, or 2 with the reason."""
    by = User.objects.filter(username=arguments.by, is_active=True).first()
    exhibit = Exhibit.objects.select_related("case").filter(pk=arguments.exhibit).first()
    if by is None or exhibit is None or exhibit.case.organisation_id != by.organisation_id:
        sys.stderr.write("There is no such person, or no such exhibit of that person’s force.\n")
        return 2
    folder: Path = arguments.folder
    shown = _told if sys.stderr.isatty() else lambda done, of: None
    try:
        with ExitStack() as opened:
            summary, items = (
                opened.enter_context((folder / name).open("rb")) for name in ("summary.json", "items.jsonl")
            )
            stacks = folder / "stacks.jsonl"
            members = opened.enter_context(stacks.open("rb")) if stacks.is_file() else None
            result, new = attach(exhibit, summary=summary, items=items, stacks=members, by=by, told=shown)
    except FileNotFoundError as error:
        sys.stderr.write(
            f"There is no {error.filename}. Give the folder that the scan wrote to: its --out.\n"
        )
        return 2
    except (Refused, Forbidden, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    words = "attached" if new else "attached before, so nothing was done"
    print(f"{result}: {words}. {result.found}.")
    return 0


def _told(done: int, of: int) -> None:
    sys.stderr.write(f"\r{done:,} of {of:,} files")
    sys.stderr.flush()

"""Build lists of known hashes from texts or CSV, and show what a folder of lists holds.

Every line that is not a hash is named by its number; a list with bad lines is not built unless --skip-bad.
"""

import argparse
import sys
from contextlib import closing
from pathlib import Path

from lapwing.hashing import DIGESTS
from lapwing.matching import BadList, KnownLists
from lapwing.matching.building import BadLine, Building, hashes_in

SHOWN = 50  # bad lines printed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and with what."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    act = acts.add_parser("build", help="build or replace a list")
    act.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="a hash a line, or CSV with --column"
    )
    act.add_argument("--name", required=True, help="the list's name: a-z, 0-9, - and _")
    act.add_argument("--out", required=True, type=Path, metavar="FOLDER", help="the folder of lists")
    act.add_argument("--type", choices=sorted(DIGESTS), help="the one kind of hash there may be")
    act.add_argument("--column", help="which column of a CSV: its number from 1, or its name")
    act.add_argument("--skip-bad", action="store_true", help="build it without the lines that are bad")
    act.set_defaults(act=_build)
    act = acts.add_parser("show", help="check every list of a folder and say what it is")
    act.add_argument("folder", type=Path, metavar="FOLDER")
    act.set_defaults(act=_show)


def run(arguments: argparse.Namespace) -> int:
    """Do it. Returns 0; 1 when lines were bad; 2 when it could not be done."""
    try:
        code: int = arguments.act(arguments)
    except BadList as error:
        print(f"lapwing lists: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"lapwing lists: {error.filename or ''}: {error.strerror or error}", file=sys.stderr)
        return 2
    return code


def _build(arguments: argparse.Namespace) -> int:
    column = arguments.column
    bad = 0
    with closing(Building(arguments.name)) as building:
        for path in arguments.files:
            with path.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
                for found in hashes_in(
                    lines,
                    column=int(column) if column and column.isdecimal() else column,
                    only=arguments.type,
                ):
                    if isinstance(found, BadLine):
                        bad += 1
                        if bad <= SHOWN:
                            print(f"{path}: {found}", file=sys.stderr)
                    else:
                        building.add(*found)
        if bad > SHOWN:
            print(f"and {bad - SHOWN} more bad lines", file=sys.stderr)
        if bad and not arguments.skip_bad:
            print("nothing was built (--skip-bad builds without the bad lines)", file=sys.stderr)
            return 1
        arguments.out.mkdir(parents=True, exist_ok=True)
        for made in building.write(arguments.out):
            print(made)
    return 1 if bad else 0


def _show(arguments: argparse.Namespace) -> int:
    if not arguments.folder.is_dir():
        raise NotADirectoryError(20, "there is no such folder", str(arguments.folder))
    for known in KnownLists.open(arguments.folder).lists:
        print(f"{known.name}\t{known.hash_type}\t{len(known)}\t{known.sha256}")
    return 0

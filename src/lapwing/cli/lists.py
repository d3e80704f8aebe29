"""Build lists of known hashes from what publishers send, and show what a folder of lists holds.

Every entry that cannot be taken is named; a list with bad entries is not built unless --skip-bad.
"""

import argparse
import sys
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from lapwing.exchange.formats import HEAD
from lapwing.exchange.hash_sets import HASH_SETS, recognise_set
from lapwing.exchange.hash_sets.columns import BY_LENGTH, Mapping, read_columns, read_plain
from lapwing.exchange.hash_sets.form import Entries
from lapwing.exchange.unreadable import Unreadable
from lapwing.hashing import DIGESTS
from lapwing.matching import BadList, KnownLists
from lapwing.matching.building import Building
from lapwing.matching.listed import BadRecord

SHOWN = 50  # bad entries printed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and with what."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    act = acts.add_parser("build", help="build or replace a list")
    act.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="a published list, a hash a line, or columns"
    )
    act.add_argument("--format", choices=sorted(HASH_SETS), help="its form (default: by its first bytes)")
    act.add_argument("--name", required=True, help="the list's name: a-z, 0-9, - and _")
    act.add_argument("--out", required=True, type=Path, metavar="FOLDER", help="the folder of lists")
    act.add_argument("--type", choices=sorted(DIGESTS), help="the one kind of hash there may be")
    act.add_argument("--column", help="which column of a CSV: its number from 1, or its name")
    act.add_argument("--skip-bad", action="store_true", help="build it without the entries that are bad")
    act.set_defaults(act=_build)
    act = acts.add_parser("show", help="check every list of a folder and say what it is")
    act.add_argument("folder", type=Path, metavar="FOLDER")
    act.set_defaults(act=_show)


def run(arguments: argparse.Namespace) -> int:
    """Do it. Returns 0; 1 when lines were bad; 2 when it could not be done."""
    try:
        code: int = arguments.act(arguments)
    except (BadList, Unreadable, ValueError) as error:
        print(f"lapwing lists: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"lapwing lists: {error.filename or ''}: {error.strerror or error}", file=sys.stderr)
        return 2
    return code


def _build(arguments: argparse.Namespace) -> int:
    bad = Bad()
    with closing(Building(arguments.name)) as building:
        for path in arguments.files:
            with path.open("rb") as stream:
                for found in _entries(path, stream, arguments):
                    if isinstance(found, BadRecord):
                        bad.add(f"{path}: {found}")
                    elif found.withdrawn:
                        bad.add(f"{path}: {found.identity or 'an entry'} is withdrawn, and was not built")
                    elif not set(found.hashes) & set(DIGESTS):
                        bad.add(f"{path}: {found.identity or 'an entry'} has no {', '.join(DIGESTS)}")
                    else:
                        for kind in DIGESTS:
                            if kind in found.hashes:
                                building.add(kind, found.hashes[kind])
        bad.say_the_rest()
        if bad.number and not arguments.skip_bad:
            print("nothing was built (--skip-bad builds without the bad entries)", file=sys.stderr)
            return 1
        arguments.out.mkdir(parents=True, exist_ok=True)
        for made in building.write(arguments.out):
            print(made)
    return 1 if bad.number else 0


class Bad:
    """What could not be taken, the first of it printed."""

    def __init__(self) -> None:
        self.number = 0

    def add(self, sentence: str) -> None:
        """One more."""
        self.number += 1
        if self.number <= SHOWN:
            print(sentence, file=sys.stderr)

    def say_the_rest(self) -> None:
        """How many were not printed."""
        if self.number > SHOWN:
            print(f"and {self.number - SHOWN} more bad entries", file=sys.stderr)


def _entries(path: Path, stream: BinaryIO, arguments: argparse.Namespace) -> Entries:
    """The entries of a file, in the form that is asked for, that its options say, or that it shows itself."""
    column, only = arguments.column, arguments.type
    if column is not None:
        place = int(column) if column.isdecimal() else column
        return read_columns(stream, Mapping({only or BY_LENGTH: place}))
    if arguments.format is not None and arguments.format != "plain":
        return HASH_SETS[arguments.format].read(stream)
    form = None if arguments.format else recognise_set(stream.read(HEAD))
    stream.seek(0)
    return read_plain(stream, only) if form is None else form.read(stream)


def _show(arguments: argparse.Namespace) -> int:
    if not arguments.folder.is_dir():
        raise NotADirectoryError(20, "there is no such folder", str(arguments.folder))
    for known in KnownLists.open(arguments.folder).lists:
        print(f"{known.name}\t{known.hash_type}\t{len(known)}\t{known.sha256}")
    return 0

"""Lists of known hashes: bring one in, show, compare, check, merge, go back, hand one on.

A list has versions. Each change is a new one, and takes effect at once for whoever looks.
"""

import argparse
import sys
from typing import Any

from lapwing.cli import list_exports, list_imports, list_sources, list_versions
from lapwing.cli.list_folders import add_folder
from lapwing.exchange.hash_sets.reading import BadEntries
from lapwing.exchange.unreadable import Unreadable
from lapwing.matching import BadList
from lapwing.sources.configured import BadSources

ACTS: dict[str, tuple[Any, str]] = {
    "import": (list_imports, "bring in a list, or changes to one"),
    "fetch": (list_sources.FETCH, "fetch lists from who publishes them, by sources.toml"),
    "ages": (
        list_sources.AGES,
        "when each list was last confirmed and changed, and whether that is too long ago",
    ),
    "accept": (list_sources.ACCEPT, "bring in a document that is held"),
    "refuse": (list_sources.REFUSE, "throw away a document that is held"),
    "show": (list_versions.SHOW, "what a folder's lists are"),
    "diff": (list_versions.DIFF, "what changed from one version to another, as JSON lines"),
    "verify": (list_versions.VERIFY, "read every byte of every list and compare it with its checksum"),
    "merge": (list_versions.MERGE, "put what changed together in one file; what is on the list stays"),
    "rollback": (list_versions.ROLLBACK, "make a list what it was at a version that is kept"),
    "export": (list_exports, "write a list in a form that others read, and that it was disclosed"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and with what."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    for name, (act, summary) in ACTS.items():
        one = acts.add_parser(name, help=summary)
        add_folder(one)
        act.add_arguments(one)
        one.set_defaults(run_act=act.run)


def run(arguments: argparse.Namespace) -> int:
    """Do it. Returns 0; 1 when a fault was found; 2 when anything could not be processed."""
    try:
        code: int = arguments.run_act(arguments)
    except (BadList, BadEntries, BadSources, Unreadable, ValueError) as error:
        print(f"lapwing lists: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"lapwing lists: {error.filename or ''}: {error.strerror or error}", file=sys.stderr)
        return 2
    return code

"""Check an exported audit for changed, removed, inserted, reordered or truncated rows. Needs no database.

Exit code: 0 the file is whole; 1 something is wrong with it (each fault a line on stdout); 2 unreadable.
"""

import argparse
import sys
from pathlib import Path

from lapwing.rules.audit_file import Checker, NotAnExport

SHOWN = 50  # faults printed; one change seldom makes more than three


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, and what else is known of the audit."""
    parser.add_argument("file", type=Path, metavar="FILE", help="as written by `lapwing-web export-audit`")
    parser.add_argument("--head", metavar="HASH", help="a head noted elsewhere: must be a row of this file")
    parser.add_argument(
        "--after", type=Path, metavar="EARLIER", help="an earlier export: must be a beginning of this one"
    )


def run(arguments: argparse.Namespace) -> int:
    """Check, and say what was found."""
    try:
        after = None
        if arguments.after is not None:
            earlier, code = _check(arguments.after, None, None)
            if code:
                print(f"{arguments.after}: the earlier export is itself at fault")
                return code
            after = (earlier.count, earlier.head)
        head = arguments.head.strip().lower() if arguments.head else None
        checker, code = _check(arguments.file, head, after)
    except (OSError, NotAnExport) as error:
        print(f"{arguments.file}: cannot be checked: {error}", file=sys.stderr)
        return 2
    if not code:
        print(f"{arguments.file}: whole: {checker.count} rows, head {checker.head}")
        if checker.noted_at is not None and checker.noted_at < checker.count:
            print(f"the noted head is position {checker.noted_at}; the audit has grown since")
    return code


def _check(path: Path, head: str | None, after: tuple[int, str] | None) -> tuple[Checker, int]:
    found = 0
    with path.open("rb") as lines:
        checker = Checker(lines, head=head, after=after)
        for found, fault in enumerate(checker.faults(), 1):
            if found <= SHOWN:
                print(f"{path}: {fault}")
    if found > SHOWN:
        print(f"{path}: and {found - SHOWN} more")
    return checker, 1 if found else 0

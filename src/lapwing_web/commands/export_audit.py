"""Write the whole audit to a file that `lapwing verify-audit` checks without a database.

The export is itself recorded first, as a disclosure, so it is the last row of the file. It is written
aside and moved into place when it is whole and on the disk: what has its name is never half an export.
"""

import argparse
import getpass
import os
import sys
from pathlib import Path

from lapwing.rules.audit_chain import instant
from lapwing.rules.audit_file import written
from lapwing_web.audit.actions import Rule, disclose
from lapwing_web.audit.queries import head, rows_to
from lapwing_web.moment import now


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, for whom and why."""
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--to", default="the audit's keeper", metavar="WHO", help="for whom it is exported")
    parser.add_argument("--why", default="Export for verification", help="kept in the audit")


def run(arguments: argparse.Namespace) -> int:
    """Record, write, and print the head to be noted elsewhere."""
    path: Path = arguments.file
    if not path.parent.is_dir() or path.is_dir():
        print(f"{path}: there is no such folder to write in, or it is a folder itself", file=sys.stderr)
        return 2
    by = Rule(f"command:export-audit ({getpass.getuser()})")
    disclose("audit:export", by=by, to=arguments.to, why=arguments.why, new={"file": path.name})
    count, last = head()
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write_whole(aside, path, count, last)
    finally:
        aside.unlink(missing_ok=True)
    print(f"{path}: {count} rows, head {last}")
    print("Note the head where nobody who administers this site can write.")
    return 0


def write_whole(aside: Path, path: Path, count: int, last: str) -> None:
    """Stream the rows to `aside`, put it on the disk, and give it its name."""
    with open(aside, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        for line in written(rows_to(count), count=count, head=last, exported_at=instant(now())):
            file.write(line)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the name as well as the bytes
    finally:
        os.close(folder)

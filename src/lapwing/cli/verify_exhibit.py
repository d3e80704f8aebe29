"""Check an exported chain of an exhibit's continuity. Needs no database.

Exit code: 0 the chain is whole; 1 something is wrong with it (each fault a line on stdout); 2 unreadable.
"""

import argparse
import sys
from pathlib import Path

import msgspec

from lapwing.rules.continuity import FORMAT, VERSION, Export, faults

LARGEST = 64 << 20  # bytes; a chain of a hundred thousand steps is smaller


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, and the head if it was noted elsewhere."""
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="the chain as downloaded from the exhibit's page"
    )
    parser.add_argument(
        "--head", metavar="HASH", help="the last hash, noted elsewhere: must be a step of this file"
    )


def run(arguments: argparse.Namespace) -> int:
    """Check, and say what was found."""
    path: Path = arguments.file
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise ValueError(f"it is larger than {LARGEST >> 20} MB")
        export = msgspec.json.decode(content, type=Export)
        if (export.format, export.version) != (FORMAT, VERSION):
            raise ValueError(f"it is not {FORMAT} version {VERSION}")
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        print(f"{path}: cannot be checked: {error}", file=sys.stderr)
        return 2
    found = list(faults(export.exhibit, export.steps))
    if export.head != (export.steps[-1].hash if export.steps else ""):
        found.append("its head is not the hash of its last step: steps are missing at the end")
    if arguments.head and arguments.head.strip().lower() not in {step.hash for step in export.steps}:
        found.append("the noted head is no step of this chain")
    for fault in found:
        print(f"{path}: {fault}")
    if not found:
        print(f"{path}: whole: {export.exhibit}, {len(export.steps)} steps, head {export.head}")
    return 1 if found else 0

"""Read sealed files, the longest unread first, and name those that are missing or changed."""

import argparse
import sys

from lapwing_web.intake.actions.verification import sweep_orphans, verify_some
from lapwing_web.intake.models import SealedFile


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many."""
    parser.add_argument("--count", type=int, metavar="N", help="how many to read (default: all)")
    parser.add_argument("--sweep", action="store_true", help="then remove objects that no record names")


def run(arguments: argparse.Namespace) -> int:
    """Read, and name every file at fault, new or not. 1: there are some; 2: the store cannot be reached."""
    count = SealedFile.objects.count() if arguments.count is None else arguments.count
    try:
        verified = verify_some(max(0, count))
        if arguments.sweep:
            print(f"{len(sweep_orphans())} objects that no record names were removed")
    except OSError as error:
        print(f"The store cannot be read: {error}", file=sys.stderr)
        return 2
    at_fault = SealedFile.objects.exclude(fault="").order_by("id")
    for file in at_fault.iterator():
        print(f"{file.fault}: {file.object_name}")
    print(f"{verified.read} sealed files were read; {at_fault.count()} are at fault")
    return 1 if at_fault.exists() else 0

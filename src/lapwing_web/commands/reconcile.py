"""Prove from the database that nothing received was lost or counted twice. Prints JSON; exits 1 if it does
not hold.
"""

import argparse
import json
import sys

import msgspec

from lapwing_web.casework.queries.reconcile import reconcile

SHOWN = 50  # ids of one failure


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--all", action="store_true", help=f"show every id that fails, not the first {SHOWN}")


def run(arguments: argparse.Namespace) -> int:
    """0 when every sum holds and nothing breaks a rule, else 1."""
    found = msgspec.to_builtins(reconcile())
    for name, ids in found["failures"].items():
        found["failures"][name] = {"count": len(ids), "ids": ids if arguments.all else ids[:SHOWN]}
    sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    return 0 if found["holds"] else 1

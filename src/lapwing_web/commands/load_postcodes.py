"""Load the ONS Postcode Directory (the CSV or the zip as published), so that routing need not use the
approximate table.
"""

import argparse
import json
import sys
from pathlib import Path

import msgspec

from lapwing_web.audit.actions import Rule
from lapwing_web.intake.actions.places import load_directory
from lapwing_web.refusal import Refused


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="with the columns pcds (or pcd…) and pfa…")


def run(arguments: argparse.Namespace) -> int:
    """0 when the directory was loaded, 2 when the file is not one."""
    try:
        loaded = load_directory(arguments.file, by=Rule("command:load-postcodes"))
    except Refused as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 2
    sys.stdout.write(json.dumps(msgspec.to_builtins(loaded), indent=2) + "\n")
    return 0

"""Where lists are, and who asks: for every verb, and quick to import, which what changes lists is not."""

import argparse
import getpass
import os
from pathlib import Path


def add_folder(parser: argparse.ArgumentParser) -> None:
    """Where the lists are."""
    parser.add_argument(
        "--lists",
        type=Path,
        metavar="FOLDER",
        default=lists_folder(),
        help="where the lists are (default: LAPWING_LISTS, or `lists` in LAPWING_HOME)",
    )


def lists_folder() -> Path:
    """Where lists are unless somebody says otherwise: the same place as the site looks in."""
    home = Path(os.environ.get("LAPWING_HOME") or "var")
    return Path(os.environ.get("LAPWING_LISTS") or home / "lists")


def known_good_folder() -> Path:
    """Where lists of files to set aside are: apart from the others, so that none is looked for on them."""
    home = Path(os.environ.get("LAPWING_HOME") or "var")
    return Path(os.environ.get("LAPWING_KNOWN_GOOD") or home / "known-good")


def user() -> str:
    """Whoever runs this, as the system knows them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"

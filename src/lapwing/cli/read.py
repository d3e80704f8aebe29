"""Read report files of any format, and print each report as one line of normalised JSON.

`-` is the standard input. What cannot be read is said on the standard error (FILE: where: what is wrong)
and the other files are still read. A file with a fault part of the way through gives the reports before
it.
"""

import argparse
import os
import sys
from contextlib import nullcontext
from typing import BinaryIO

from lapwing.exchange import Unreadable, read, to_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The files to read."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="a report file, or - for the standard input")


def run(arguments: argparse.Namespace) -> int:
    """Print every report. Returns 0, or 2 when anything could not be read."""
    faults = 0
    try:
        for name in arguments.files:
            faults += not _print(name)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever was reading has gone: leave quietly, with nowhere left to flush to
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 2 if faults else 0


def _print(name: str) -> bool:
    try:
        with _opened(name) as stream:
            for report in read(stream):
                sys.stdout.buffer.write(to_json(report))
    except BrokenPipeError:
        raise
    except OSError as error:
        return _said(name, error.strerror or str(error))
    except Unreadable as fault:
        return _said(name, str(fault))
    return True


def _opened(name: str) -> "nullcontext[BinaryIO] | BinaryIO":
    return nullcontext(sys.stdin.buffer) if name == "-" else open(name, "rb")


def _said(name: str, fault: str) -> bool:
    sys.stdout.flush()
    sys.stderr.write(f"{name}: {fault}\n")
    return False

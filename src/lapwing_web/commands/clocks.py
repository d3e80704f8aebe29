"""Fire the clocks whose moment has come, once or for ever. Any number may run, and any may be killed."""

import argparse
import logging
import os
import signal
import threading

from django.db import OperationalError, close_old_connections

from lapwing_web.casework.actions.telling import forget_the_idle
from lapwing_web.clocks.actions import fire_due

EVERY = 10.0  # seconds
log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How long to go on."""
    parser.add_argument("--once", action="store_true", help="fire what is due and stop")
    parser.add_argument("--every", type=float, default=EVERY, metavar="SECONDS", help="between two looks")
    parser.add_argument(
        "--beside", type=int, metavar="PID", help="stop when this process, the parent, is gone"
    )


def run(arguments: argparse.Namespace) -> int:
    """Fire until told to stop by SIGTERM or SIGINT; what was begun is finished first."""
    if arguments.once:
        print(f"{fire_due()} clocks fired", flush=True)
        return 0
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    print(f"Looking for due clocks every {arguments.every:g} seconds", flush=True)
    while not stop.is_set() and not _orphaned(arguments.beside):
        _look()
        stop.wait(arguments.every)
    return 0


def _look() -> None:
    """One look. The database being away, or busy, is a reason to try again later and not to end."""
    try:
        close_old_connections()
        if fired := fire_due():
            print(f"{fired} clocks fired", flush=True)
        forget_the_idle()
    except OperationalError as error:
        log.warning("the clocks could not be looked at, and will be again: %s", error)


def _orphaned(parent: int | None) -> bool:
    return parent is not None and os.getppid() != parent

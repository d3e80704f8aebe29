"""Fire the clocks whose moment has come, once or for ever, and verify the vault and the lists beside it.

Any number may run, and any may be killed.
"""

import argparse
import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from datetime import date

from django.db import OperationalError, close_old_connections, connection

from lapwing_web.casework.actions.list_checks import verify_lists
from lapwing_web.casework.actions.passing import pass_time
from lapwing_web.casework.actions.telling import forget_the_idle
from lapwing_web.clocks.actions import fire_due, warn_near
from lapwing_web.intake.actions import verification
from lapwing_web.moment import today
from lapwing_web.offenders.actions.briefing import expire_briefings

EVERY = 10.0  # seconds
VAULT_EVERY = 600.0  # seconds
SWEEP_EVERY = 86400.0  # seconds
log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How long to go on."""
    parser.add_argument("--once", action="store_true", help="fire what is due and stop")
    parser.add_argument("--every", type=float, default=EVERY, metavar="SECONDS", help="between two looks")
    parser.add_argument(
        "--vault-every",
        type=float,
        default=VAULT_EVERY,
        metavar="SECONDS",
        help="between two rounds of the vault and the lists",
    )
    parser.add_argument(
        "--beside", type=int, metavar="PID", help="stop when this process, the parent, is gone"
    )


def run(arguments: argparse.Namespace) -> int:
    """Fire until told to stop by SIGTERM or SIGINT; what was begun is finished first."""
    if arguments.once:
        pass_time()
        expire_briefings()
        warn_near()
        print(f"{fire_due()} clocks fired", flush=True)
        return 0
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    # A thread: one large file may take longer to read than a clock may be late.
    for check in (_vault_round(arguments.vault_every), _lists_round, _suspects_round()):
        threading.Thread(target=_rounds, args=(check, stop, arguments.vault_every), daemon=True).start()
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
        warn_near()
        forget_the_idle()
    except OperationalError as error:
        log.warning("the clocks could not be looked at, and will be again: %s", error)


def _rounds(check: Callable[[], None], stop: threading.Event, every: float) -> None:
    """Verify what is kept, again and again. It must never end by itself."""
    while not stop.wait(every):
        try:
            close_old_connections()
            check()
        except Exception as error:  # the store or the database is away, or a file is odd: next time
            log.warning("what is kept could not be verified, and will be again: %s", error)
    connection.close()


def _vault_round(every: float) -> Callable[[], None]:
    """Verify a part of the vault each time, and sweep it once a day."""
    swept = time.monotonic()

    def round_() -> None:
        nonlocal swept
        found = verification.verify_some(verification.due(every))
        for file in found.faults:
            print(f"Sealed file {file.pk} is {file.fault}: {file.object_name}", flush=True)
        if time.monotonic() - swept >= SWEEP_EVERY:
            verification.sweep_orphans()
            swept = time.monotonic()

    return round_


def _suspects_round() -> Callable[[], None]:
    """Once a day, and at the start: what time alone does to suspects, and to briefings on offenders."""
    last: date | None = None

    def round_() -> None:
        nonlocal last
        if last != today():
            pass_time()
            expire_briefings()
            last = today()

    return round_


def _lists_round() -> None:
    for known in verify_lists():
        print(f"{known} is damaged and is not asked any more: see its page", flush=True)


def _orphaned(parent: int | None) -> bool:
    return parent is not None and os.getppid() != parent

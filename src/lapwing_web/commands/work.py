"""Do what waits, by lane: everything urgent first, always. Any number may run, and any may be killed.

Ordinary and background work is done in batches of about 0.3 seconds, and between two batches the worker looks
for urgent work. SIGTERM or SIGINT ends it after the batch that it is in.
"""

import argparse
import logging
import os
import signal
import threading
import time

from django.db import DatabaseError, InterfaceError, close_old_connections, connections

from lapwing_web.casework.actions import hand_on, held_lists, hunting
from lapwing_web.intake.actions import lapsing
from lapwing_web.jobs.actions import (
    BATCH_SECONDS,
    SWEEP,
    Kind,
    do,
    first_waiting,
    lease,
    next_size,
    policy,
    renew,
    take_back,
    wake,
)
from lapwing_web.jobs.models import LANES, Leased
from lapwing_web.notifications import actions as notifications
from lapwing_web.prevention.actions import own_list

# Every kind of job the site has. Add yours.
KINDS: tuple[Kind, ...] = (
    hand_on.KIND,
    lapsing.KIND,
    *hunting.KINDS,
    held_lists.KIND,
    own_list.KIND,
    notifications.SEND,
    notifications.DIGEST,
    notifications.SWEEP,
    SWEEP,
)

IDLE = 0.2  # seconds between two looks when nothing waits
LOOK_AFTER = 1.0  # seconds between two looks for leases that ran out and turns that have come
log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which lanes, and how long to go on."""
    parser.add_argument(
        "--lanes", nargs="+", choices=LANES, default=list(LANES), help="only these (default: all)"
    )
    parser.add_argument("--once", action="store_true", help="do what is due and stop")
    parser.add_argument(
        "--beside", type=int, metavar="PID", help="stop when this process, the parent, is gone"
    )


def run(arguments: argparse.Namespace) -> int:
    """Work until told to stop, or with --once until nothing is due."""
    worker = Worker(KINDS, [lane for lane in LANES if lane in arguments.lanes])
    if arguments.once:
        worker.look_after()
        while worker.batch():
            pass
        print(f"{worker.done} jobs done", flush=True)
        return 0
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    print(f"Working on the lanes {', '.join(worker.lanes)}", flush=True)
    worker.work(stop, beside=arguments.beside)
    return 0


class Worker:
    """One process's work: batch after batch, the size of each kind's batch as its last one took time."""

    def __init__(self, kinds: tuple[Kind, ...], lanes: list[str]) -> None:
        self.kinds, self.lanes = kinds, lanes
        self.sizes: dict[str, int] = {}
        self.done = 0
        self._looked_after = float("-inf")

    def work(self, stop: threading.Event, *, beside: int | None = None) -> None:
        """Go on until `stop`. The database being away, or busy, is a reason to try later and not to end."""
        while not stop.is_set() and not (beside is not None and os.getppid() != beside):
            try:
                close_old_connections()
                self.look_after()
                if self.batch():
                    continue
            except (DatabaseError, InterfaceError) as error:
                log.warning("the jobs could not be looked at, and will be again: %s", error)
                stop.wait(1)
            stop.wait(IDLE)

    def look_after(self) -> None:
        """Take back what dead workers had, and wake what comes round: at most once a second."""
        if time.monotonic() - self._looked_after >= LOOK_AFTER:
            take_back(self.kinds)
            wake([kind for kind in self.kinds if kind.lane in self.lanes])
            self._looked_after = time.monotonic()

    def batch(self) -> bool:
        """Do one batch of what comes next. False when nothing is due."""
        found = first_waiting(self.kinds, self.lanes)
        if found is None:
            return False
        lane, kind = found
        size = self.sizes.get(kind.name, 1)
        leased = lease([kind], size, lane)
        if not leased:  # another worker was quicker
            return False
        began = time.monotonic()
        with Alive(leased):
            self.done += do(kind, leased)
        took = time.monotonic() - began
        if len(leased) == size or took > BATCH_SECONDS:
            self.sizes[kind.name] = next_size(len(leased), took, kind.at_once)
        return True


class Alive:
    """While a batch is done, says so to the database: leases are short, and a batch may still be long.

    Not for ever: a handler that hangs is given up after policy's longest_batch_seconds, and so is a process
    that was stopped or killed, at the end of its lease.
    """

    def __init__(self, leased: list[Leased]) -> None:
        self.leased, self.over = leased, threading.Event()
        values = policy()
        self.every = values.leases[leased[0].lane].seconds / 3
        self.until = time.monotonic() + values.longest_batch_seconds
        self.thread = threading.Thread(target=self._say, daemon=True)

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *error: object) -> None:
        self.over.set()
        self.thread.join()

    def _say(self) -> None:
        try:
            while not self.over.wait(self.every):
                if time.monotonic() > self.until:
                    log.error("%s: given up: it has taken too long", self.leased[0].kind)
                    return
                self.renew()
        finally:
            connections.close_all()  # this thread's own

    def renew(self) -> None:
        """Say it once. The batch itself may hold the database, or it is away: it is said again later."""
        try:
            renew(self.leased)
        except (DatabaseError, InterfaceError) as error:
            log.warning("a lease could not be renewed, and will be again: %s", error)

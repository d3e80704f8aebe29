"""A worker with kinds of its own in its own process: `python -m tests.lapwing_web.jobs.kinds ARGUMENTS`.

Its effects are rows in the audit, so that one too many or too few is seen. The clock of the process stands
still, `--later` hours from now: the leases of an earlier round have run out and those of this one have not.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import django

from lapwing.cli import importing

with importing():
    django.setup()

from lapwing_web.audit.actions import Entry, Rule, record_all, recorded
from lapwing_web.commands import work
from lapwing_web.jobs.actions import Kind, Leased, done
from lapwing_web.moment import at, now

BY = Rule("rule:test")


def effect(leased: Sequence[Leased]) -> None:
    """One row a job."""
    with recorded():
        record_all(Entry("effect", one.key, BY) for one in leased)
        done(leased)


def slow(leased: Sequence[Leased]) -> None:
    """The same, once the file that the payload names is there; it says first that it has begun."""
    print(f"began {leased[0].key}", flush=True)
    while not Path(leased[0].payload["file"]).exists():
        time.sleep(0.02)
    effect(leased)


def deadly(leased: Sequence[Leased]) -> None:
    """Ends its worker, as running out of memory would, when it meets the one that is poisoned."""
    if any(one.payload.get("poison") for one in leased):
        os._exit(9)
    effect(leased)


KINDS = (
    Kind("effect", effect, "ordinary", at_once=100),
    Kind("slow", slow, "ordinary"),
    Kind("deadly", deadly, "ordinary", at_once=100, attempts=2),
    Kind("round", effect, "ordinary", every=timedelta(seconds=0)),
)


def main() -> int:
    """As `lapwing-web work`, with these kinds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--later", type=int, default=0)
    parser.add_argument("--kinds", nargs="+", default=["effect", "slow", "deadly"])
    work.add_arguments(parser)
    arguments = parser.parse_args()
    work.KINDS = tuple(kind for kind in KINDS if kind.name in arguments.kinds)
    with at(now() + timedelta(hours=arguments.later)):
        return work.run(arguments)


if __name__ == "__main__":
    sys.exit(main())

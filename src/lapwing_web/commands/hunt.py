"""Look for lists that have changed, and compare everything received with what is new, until it is done."""

import argparse
import sys

from lapwing_web.casework.actions import hunting
from lapwing_web.casework.models import Hunt
from lapwing_web.commands.work import Worker
from lapwing_web.jobs.models import Job


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing, or a list that is used no more."""
    parser.add_argument("--forget", metavar="LIST", help="use a list no more that is no longer there")


def run(arguments: argparse.Namespace) -> int:
    """Hunt, as the worker does by itself. 2: something could not be compared, and will be tried again."""
    if arguments.forget:
        if not hunting.forget(arguments.forget):
            print(f"No list {arguments.forget} was in use.", file=sys.stderr)
            return 2
        print(f"List {arguments.forget} is used no more. What it found stays.")
        return 0
    hunting.watch_lists()
    worker = Worker(hunting.KINDS, [hunting.LANE])
    worker.look_after()
    while worker.batch():
        pass
    for hunt in Hunt.objects.order_by("-id")[:20]:
        print(
            f"{hunt.list_name}, version {hunt.from_version or 'none'} to {hunt.to_version}: "
            f"{hunt.get_state_display().lower()}, {hunt.looked} looked at, {hunt.hits} new hits, "
            f"{hunt.gone} no longer on it"
        )
    waiting = Job.objects.filter(kind__in=[hunting.HUNT, hunting.SEEN]).exclude(state__in=["done", "closed"])
    return 2 if waiting.exists() else 0

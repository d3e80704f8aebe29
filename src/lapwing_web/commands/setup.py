"""Make the site ready: migrate the database and load the organisations. May be run again at any time."""

import argparse
import sys

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from lapwing_web.closed import open_to_others


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to be told."""


def run(arguments: argparse.Namespace) -> int:
    """Migrate, load, and say what changed."""
    from lapwing_web.staff.actions import load_organisations

    fresh = not connection.introspection.table_names()
    call_command("migrate", interactive=False, verbosity=0)
    changed = load_organisations()
    if fresh:
        print(f"The database was empty: its tables are made, and {changed} organisations are loaded.")
    else:
        print(f"The database is up to date; {changed} organisations were new or changed.")
    if open_to_others(settings.HOME):
        print(
            f"Others on this machine may look into {settings.HOME}. Only they who run Lapwing should: "
            f"chmod 700 {settings.HOME}",
            file=sys.stderr,
        )
    return 0

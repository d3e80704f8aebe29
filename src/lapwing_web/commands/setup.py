"""Make the site ready: migrate the database and load the organisations. May be run again at any time."""

import argparse

from django.core.management import call_command


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to be told."""


def run(arguments: argparse.Namespace) -> int:
    """Migrate, load, and say what changed."""
    from lapwing_web.staff.actions import load_organisations

    call_command("migrate", interactive=False, verbosity=0)
    changed = load_organisations()
    print(f"The database is up to date; {changed} organisations were new or changed.")
    return 0

"""The `lapwing-web` command: one module a verb, each with `add_arguments(parser)` and `run(arguments)`."""

import os
import sys

import django

from lapwing.cli import dispatch, importing

VERBS = {
    "serve": "run the site, with the clocks and the worker beside it",
    "ingest": "take in report files, folders and zip archives",
    "reconcile": "prove from the database that nothing received was lost or counted twice",
    "demo": "load reproducible demonstration data",
    "export-audit": "write the audit to a file that `lapwing verify-audit` can check without a database",
    "work": "do the jobs that wait, urgent ones first",
    "clocks": "fire due clocks, once or for ever",
    "hunt": "compare everything ever received with what is new on the lists, now",
    "verify-vault": "read sealed files and name what is missing or changed",
    "attach-scan": "attach what `lapwing scan` wrote to an exhibit",
    "take-openings": "take the signed log of opened files into the audit",
    "setup": "migrate the database, load the organisations, see to the vault's key",
    "load-postcodes": "load the ONS postcode directory for routing",
    "provider": "add, rotate, close or list companies' accounts with the reporting API",
    "add-user": "add a person who may sign in",
}


def main(argv: list[str] | None = None) -> int:
    """Run one verb. Returns its exit code: 0 done, 1 found a fault, 2 could not process something."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lapwing_web.settings")
    return dispatch("lapwing-web", "lapwing_web.commands", VERBS, argv, before=ready)


def ready(verb: str) -> None:
    """Set Django up, and a database in which nothing has ever been; `setup` does that itself."""
    with importing():
        django.setup()
    from django.core.management import call_command
    from django.db import connection

    from lapwing_web.staff.actions import load_organisations

    if verb != "setup" and not connection.introspection.table_names():
        call_command("migrate", interactive=False, verbosity=0)
        made = load_organisations()
        print(f"There was no database: one was made, with {made} organisations.", file=sys.stderr)

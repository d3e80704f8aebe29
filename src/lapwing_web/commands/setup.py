"""Make the site ready: its database, its organisations and its vault's key. May be run again at any time."""

import argparse
import sys
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from lapwing.vault import BadKey, Identities
from lapwing.vault.opening_log import Signer
from lapwing_web.audit.actions import Rule
from lapwing_web.closed import open_to_others
from lapwing_web.intake.actions.sealing import TEST_MARK


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to be told."""


def run(arguments: argparse.Namespace) -> int:
    """Migrate, load, and say what changed."""
    from lapwing_web.casework.actions.cases import open_missing_cases
    from lapwing_web.casework.actions.reviews import start_missing_reviews
    from lapwing_web.staff.actions import load_organisations

    fresh = not connection.introspection.table_names()
    call_command("migrate", interactive=False, verbosity=0)
    changed = load_organisations()
    opened = open_missing_cases(by=Rule("rule:setup"))
    reviews = start_missing_reviews(by=Rule("rule:setup"))
    if fresh:
        print(f"The database was empty: its tables are made, and {changed} organisations are loaded.")
    else:
        print(f"The database is up to date; {changed} organisations were new or changed.")
    if opened:
        print(f"{opened} accepted packages had no case yet: each has one now.")
    if reviews:
        print(f"{reviews} cases had ended before reviews had clocks: each has one now.")
    if open_to_others(settings.HOME):
        print(
            f"Others on this machine may look into {settings.HOME}. Only they who run Lapwing should: "
            f"chmod 700 {settings.HOME}",
            file=sys.stderr,
        )
    if not settings.VAULT_KEYS.exists():
        print(_without_keys())
    return 0


def _without_keys() -> str:
    """What to say where there is nothing to seal to. A test site is given a pair; a live one never is."""
    if settings.ENVIRONMENT == "live":
        return f"Uploads are refused until {settings.VAULT_KEYS} holds a public key: see docs/vault.md."
    private = test_key_path()
    try:
        if private.exists():
            identities = Identities.read(private)
        else:
            identities = Identities.generate()
            public = f"log key: {Signer(identities).public}"
            identities.write(
                private, "for a test site only", f"public key: {identities.recipients.keys[0]}", public
            )
        settings.VAULT_KEYS.write_text("\n".join([TEST_MARK, *identities.recipients.keys, ""]))
    except (BadKey, OSError) as error:
        return f"Uploads are refused: no test key could be made at {private} ({error})."
    return f"The vault seals to a test key; its private half is in {private}, for a test site only."


def test_key_path() -> Path:
    """Beside LAPWING_HOME and not in it: who copies the site's state does not copy the key with it."""
    home: Path = settings.HOME
    return home.with_name(f"{home.name}-vault-private-key.txt")

"""Providers' accounts with the reporting API: add one, give it a new secret, close it, list them.

A password or a key is printed once, here, and kept nowhere.
"""

import argparse
import sys

from lapwing_web.audit.actions import Rule
from lapwing_web.intake.actions import accounts
from lapwing_web.intake.models import Account
from lapwing_web.refusal import Refused

BY = Rule("command:provider")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and to which account."""
    listed = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    add = listed.add_parser("add", help="make an account, and print its user name and password")
    add.add_argument("name", metavar="NAME", help="the company’s name")
    add.add_argument("--environment", required=True, choices=[str(one) for one in Account.Environment.values])
    for verb, said in (
        ("rotate", "print a new password; the old one works for as long as policy says"),
        ("add-key", "print a key for the JSON API"),
        ("close", "let no password or key of the account work from now on"),
    ):
        one = listed.add_parser(verb, help=said)
        one.add_argument("username", metavar="USERNAME")
        if verb == "rotate":
            one.add_argument("--at-once", action="store_true", help="end the old password now")
        if verb == "close":
            one.add_argument("--why", required=True)
    listed.add_parser("list", help="print every account, without secrets")


def run(arguments: argparse.Namespace) -> int:
    """Do it. Secrets go to stdout and nowhere else. 2 when it cannot be done."""
    try:
        return _add(arguments) if arguments.what == "add" else _other(arguments)
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 2


def _add(arguments: argparse.Namespace) -> int:
    account, password = accounts.add_account(arguments.name, environment=arguments.environment, by=BY)
    print(f"user name: {account.username}")
    print(f"password: {password}")
    print("The password is shown this once. Keep it where the company’s software reads it.", file=sys.stderr)
    return 0


def _other(arguments: argparse.Namespace) -> int:
    if arguments.what == "list":
        for one in Account.objects.select_related("provider").order_by("username"):
            print(f"{one.username}\t{one.provider.name}\t{one.environment}\t{one.state}")
        return 0
    account = Account.objects.filter(username=arguments.username).first()
    if account is None:
        raise Refused(f"There is no account {arguments.username}: see `lapwing-web provider list`.")
    if arguments.what == "rotate":
        print(f"password: {accounts.rotate(account, by=BY, at_once=arguments.at_once)}")
    elif arguments.what == "add-key":
        print(f"key: {accounts.add_key(account, by=BY)}")
    else:
        accounts.close(account, why=arguments.why, by=BY)
        print(f"{account.username} is closed.")
    return 0

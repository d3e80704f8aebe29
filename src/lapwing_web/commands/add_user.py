"""Add a person who may sign in, and print the password they can use once, to choose their own with."""

import argparse
import sys

from lapwing_web.audit.actions import Rule
from lapwing_web.refusal import Refused
from lapwing_web.staff.actions import add_person
from lapwing_web.staff.models import Organisation, User


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Who, as what, where."""
    parser.add_argument("name", metavar="NAME", help="the name to sign in with")
    parser.add_argument("--role", required=True, choices=[str(role) for role in User.Role.values])
    parser.add_argument(
        "--organisation", required=True, metavar="CODE", help="NCA, or a force's code (E23000003)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Add them. The password goes to stdout and nowhere else."""
    place = Organisation.objects.filter(code=arguments.organisation).first()
    if place is None:
        print(f"There is no organisation {arguments.organisation}: see forces.toml.", file=sys.stderr)
        return 2
    try:
        person, password = add_person(
            arguments.name, role=arguments.role, organisation=place, by=Rule("command:add-user")
        )
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 2
    print(f"{person.username} may sign in once with {password}")
    return 0

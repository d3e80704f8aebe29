"""The `lapwing` command: one module a verb, each with `add_arguments(parser)` and `run(arguments) -> exit code`."""

import argparse
from importlib import import_module

VERBS = {
    "read": "print a report file as normalised JSON lines",
    "verify-audit": "check an exported audit for changed, removed, inserted or reordered rows",
}


def main(argv: list[str] | None = None) -> int:
    """Run one verb. Returns its exit code: 0 done, 1 found a fault, 2 could not process something."""
    parser = argparse.ArgumentParser(prog="lapwing", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    modules = {}
    for verb, summary in VERBS.items():
        modules[verb] = import_module(f"lapwing.cli.{verb.replace('-', '_')}")
        modules[verb].add_arguments(verbs.add_parser(verb, help=summary, description=modules[verb].__doc__))
    arguments = parser.parse_args(argv)
    code: int = modules[arguments.verb].run(arguments)
    return code

"""The `lapwing` command: one module a verb, each with `add_arguments(parser)` and `run(arguments)`."""

import argparse
import gc
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any

INTERRUPTED = 130  # as a shell says it: 128 and SIGINT
VERBS = {
    "read": "print a report file as normalised JSON lines",
    "hash": "print the hashes of files, and of what pictures and videos look like, as JSON lines",
    "match": "find files, or hashes, that are on lists of known hashes, as JSON lines",
    "scan": "scan a folder, a device, an archive or a disk image: everything accounted for, the known first",
    "batch": "hash or match millions of files of a folder or an object store, here or on Spark",
    "serve-match": "serve look-ups of hashes and files over HTTP on this machine",
    "match-url": "find URLs that rules of lists match, as JSON lines",
    "lists": "bring in, show, compare, check and hand on lists of known hashes and URLs",
    "verify-audit": "check an exported audit for changed, removed, inserted or reordered rows",
    "verify-exhibit": "check an exhibit's exported chain of continuity",
    "vault": "make a key, open sealed files, check a store and an opening log",
}


class WholeNames(argparse.ArgumentParser):
    """Options by their whole names: half of one (`--list` for `--lists`) means something else elsewhere."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{"allow_abbrev": False, **settings})


def main(argv: list[str] | None = None) -> int:
    """Run one verb. Returns its exit code: 0 done, 1 found a fault, 2 could not process something."""
    return dispatch("lapwing", "lapwing.cli", VERBS, argv)


@contextmanager
def importing() -> Iterator[None]:
    """Look for no garbage while hundreds of modules are imported, nor among them later: none of them is any.

    What stands afterwards is set apart once in a process: to call a command again and again keeps no garbage.
    """
    gc.disable()
    try:
        yield
    finally:
        if not gc.get_freeze_count():
            gc.freeze()
        gc.enable()


def dispatch(
    prog: str,
    package: str,
    verbs: Mapping[str, str],
    argv: list[str] | None,
    before: Callable[[str], None] = lambda verb: None,
) -> int:
    """Run the module of `package` that the first argument names, and import no other.

    `before` is given the verb once it is known to exist. Returns the verb's exit code; 130 for Ctrl-C.
    """
    parser = argparse.ArgumentParser(prog=prog)
    listed = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb, summary in verbs.items():
        listed.add_parser(verb, help=summary, add_help=False)
    chosen, rest = parser.parse_known_args(argv)
    try:
        before(chosen.verb)
        with importing():
            module = import_module(f"{package}.{chosen.verb.replace('-', '_')}")
        own = WholeNames(prog=f"{prog} {chosen.verb}", description=module.__doc__)
        module.add_arguments(own)
        code: int = module.run(own.parse_args(rest))
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        return INTERRUPTED
    return code

"""`lapwing lists show`, `diff`, `verify`, `merge` and `rollback`: the versions of a list."""

import argparse
import sys
from collections.abc import Callable

import msgspec
from msgspec import Struct

from lapwing.cli.list_imports import origin_of
from lapwing.matching import BadList, HashList
from lapwing.matching.keeping import difference, merge, roll_back
from lapwing.matching.known_lists import names
from lapwing.matching.listed import ListedFile
from lapwing.matching.listed_kinds import LISTED
from lapwing.matching.versions import Version, folder_of, kept, read_version


class Act(Struct, frozen=True):
    """Something to do, as a module of a verb is one."""

    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def _name(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="the list")


def _show(arguments: argparse.Namespace) -> int:
    """A line for each list; with a name, a line for each version that is kept."""
    if not arguments.lists.is_dir():
        raise NotADirectoryError(20, "there is no such folder", str(arguments.lists))
    if arguments.name is not None:
        HashList.open(arguments.lists, arguments.name)
        _print(*kept(folder_of(arguments.lists, arguments.name)))
        return 0
    for name in names(arguments.lists):
        _print(HashList.open(arguments.lists, name).version)
    return 0


def _show_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", nargs="?", help="one list: every version that is kept")


def _diff(arguments: argparse.Namespace) -> int:
    """Entries that were added and that are gone."""
    versions = kept(folder_of(arguments.lists, arguments.name))
    new = HashList.open(arguments.lists, arguments.name, _version(arguments, arguments.to))
    old = arguments.since
    if old is None:
        earlier = [version.number for version in versions if version.number < new.version.number]
        if not earlier:
            print(f"lapwing lists: {arguments.name} has no earlier version", file=sys.stderr)
            return 0
        old = earlier[-1]
    for word, entry in difference(
        HashList.open(arguments.lists, arguments.name, _version(arguments, old)), new
    ):
        sys.stdout.buffer.write(msgspec.json.encode({"change": word, **entry_values(entry)}) + b"\n")
    sys.stdout.flush()
    return 0


def _diff_arguments(parser: argparse.ArgumentParser) -> None:
    _name(parser)
    parser.add_argument("--from", dest="since", type=int, metavar="N", help="(default: the one before)")
    parser.add_argument("--to", type=int, metavar="N", help="(default: the current one)")


def _version(arguments: argparse.Namespace, number: int | None) -> Version | None:
    if number is None:
        return None
    path = folder_of(arguments.lists, arguments.name) / f"v{number:08}.json"
    if not path.exists():
        raise BadList(path.parent, f"version {number} is not kept")
    return read_version(path)


def entry_values(entry: ListedFile) -> dict[str, object]:
    """An entry as a line of JSON has it: every hash, and a rule, as text."""
    return {
        "identity": entry.identity,
        "category": entry.category,
        "dialect": entry.dialect,
        "media": entry.media,
        **{kind: LISTED[kind].text(value) for kind, value in entry.hashes.items()},
    }


def _verify(arguments: argparse.Namespace) -> int:
    """Every list, or one: all that is wrong is said."""
    wrong = 0
    for name in [arguments.name] if arguments.name else names(arguments.lists):
        try:
            known = HashList.open(arguments.lists, name)
            known.verify()
            print(f"{name}: version {known.version.number} is whole, {len(known):,} entries")
        except BadList as fault:
            wrong += 1
            print(f"{name}: {fault}", file=sys.stderr)
    return 1 if wrong else 0


def _merge(arguments: argparse.Namespace) -> int:
    _print(merge(arguments.lists, arguments.name))
    return 0


def _rollback(arguments: argparse.Namespace) -> int:
    _print(
        roll_back(
            arguments.lists,
            arguments.name,
            arguments.to,
            origin=origin_of(f"rollback: {arguments.reason}"),
            bring_back=arguments.bring_back,
        )
    )
    return 0


def _rollback_arguments(parser: argparse.ArgumentParser) -> None:
    _name(parser)
    parser.add_argument("--to", type=int, required=True, metavar="N", help="the version")
    parser.add_argument("--reason", required=True, help="why: the new version says so")
    parser.add_argument(
        "--bring-back", action="store_true", help="also what its publisher has withdrawn since, by name"
    )


def _print(*versions: Version) -> None:
    for version in versions:
        sys.stdout.buffer.write(msgspec.json.encode(version) + b"\n")
    sys.stdout.flush()


SHOW = Act(_show_arguments, _show)
DIFF = Act(_diff_arguments, _diff)
VERIFY = Act(_show_arguments, _verify)
MERGE = Act(_name, _merge)
ROLLBACK = Act(_rollback_arguments, _rollback)

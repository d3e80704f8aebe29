"""`lapwing lists fetch`, `ages`, `accept`, `refuse`: lists that come by themselves, and what is held."""

import argparse
import sys
from datetime import UTC, datetime

import msgspec

from lapwing.cli.list_folders import user
from lapwing.cli.list_versions import Act
from lapwing.matching import BadList
from lapwing.matching.hash_list import HashList
from lapwing.matching.keeping import merge, needs_merging
from lapwing.matching.versions import folder_of
from lapwing.policy import load
from lapwing.policy.topics import ListSourcesVersion
from lapwing.sources.configured import Source, read_sources
from lapwing.sources.deciding import accept, refuse
from lapwing.sources.fetching import due, fetch
from lapwing.sources.standing import Standing, quiet, stale, standing


def _fetch(arguments: argparse.Namespace) -> int:
    """A line of JSON for each. Returns 2 when any failed or is held."""
    now, version, code = datetime.now(UTC), _policy(), 0
    for name, source in _sources(arguments).items():
        if arguments.due and not due(source, _standing(arguments, name), now):
            continue
        outcome = fetch(arguments.lists, name, source, version=version, at=now)
        sys.stdout.buffer.write(msgspec.json.encode(outcome) + b"\n")
        sys.stdout.flush()
        if outcome.outcome in ("held", "failed"):
            code = 2
        elif outcome.version and needs_merging(HashList.open(arguments.lists, name)):
            merge(arguments.lists, name)  # if unchanged too: the last may have been killed
    return code


def _fetch_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="*", metavar="NAME", help="(default: every list of sources.toml)")
    parser.add_argument("--due", action="store_true", help="only those whose time has come")


def _ages(arguments: argparse.Namespace) -> int:
    """A line of JSON for each. Returns 1 when any is stale, quiet, failed or has something held."""
    now, code = datetime.now(UTC), 0
    ages = load("known_lists").on(now.date())
    for name in _sources(arguments):
        known, age = _standing(arguments, name), ages.age_of(name)
        old, still = stale(known, age, now), quiet(known, age, now)
        said = {
            "list_name": name,
            "confirmed_at": known.confirmed_at or None,
            "stale": old,
            "changed_at": known.changed_at or None,
            "quiet": still,
            "tried_at": known.tried_at or None,
            "failures": known.failures,
            "fault": known.fault or None,
            "held": known.held.why if known.held else None,
        }
        sys.stdout.buffer.write(msgspec.json.encode(said) + b"\n")
        code = 1 if old or still or known.fault or known.held else code
    sys.stdout.flush()
    return code


def _standing(arguments: argparse.Namespace, name: str) -> Standing:
    """How a source stands. One whose record is damaged is stale, and does not keep the others waiting."""
    try:
        return standing(folder_of(arguments.lists, name))
    except BadList as fault:
        return Standing(fault=str(fault))


def _accept(arguments: argparse.Namespace) -> int:
    [(name, source)] = _sources(arguments).items()
    made = accept(arguments.lists, name, source, reason=arguments.reason, by=user(), at=datetime.now(UTC))
    sys.stdout.buffer.write(msgspec.json.encode(made) + b"\n")
    return 0


def _refuse(arguments: argparse.Namespace) -> int:
    [name] = _sources(arguments)
    refuse(arguments.lists, name, reason=arguments.reason, by=user(), at=datetime.now(UTC))
    return 0


def _decision_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs=1, metavar="NAME", help="the list")
    parser.add_argument("--reason", required=True, help="why: it is on the record")


def _no_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="*", metavar="NAME", help="(default: every list of sources.toml)")


def _sources(arguments: argparse.Namespace) -> dict[str, Source]:
    sources = read_sources(arguments.lists)
    for name in arguments.names:
        if name not in sources:
            raise BadList(arguments.lists / "sources.toml", f"it has no source for {name}")
    return {name: sources[name] for name in arguments.names or sources}


def _policy() -> ListSourcesVersion:
    return load("list_sources").on(datetime.now(UTC).date())


FETCH = Act(_fetch_arguments, _fetch)
AGES = Act(_no_arguments, _ages)
ACCEPT = Act(_decision_arguments, _accept)
REFUSE = Act(_decision_arguments, _refuse)

"""`lapwing lists import`: a published list comes in as a new version, or nothing has changed."""

import argparse
import hashlib
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from lapwing.cli.list_folders import known_good_folder, user
from lapwing.exchange.formats import HEAD
from lapwing.exchange.hash_sets import HASH_SETS
from lapwing.exchange.hash_sets.columns import BY_LENGTH, URL, Mapping
from lapwing.exchange.hash_sets.reading import BadEntries, Reading, changes_only, harmless
from lapwing.exchange.hash_sets.url_lines import UrlMeaning
from lapwing.hashing import HASH_TYPES
from lapwing.matching import HashList
from lapwing.matching.changing import How, Origin, bring_in
from lapwing.matching.keeping import merge, needs_merging
from lapwing.matching.listed import ListedFile
from lapwing.matching.url_rules import HOWS
from lapwing.matching.versions import KEPT

EVERY = 10_000  # entries between two words of progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What comes in, as what."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a published list, lines, or columns")
    parser.add_argument("--name", required=True, help="the list's name: a-z, 0-9, - and _")
    parser.add_argument("--format", choices=sorted(HASH_SETS), help="its form (default: by its first bytes)")
    parser.add_argument(
        "--type", choices=[*sorted(HASH_TYPES), URL], help="the one kind of hash there may be, or url"
    )
    parser.add_argument(
        "--column",
        action="append",
        metavar="FIELD=COLUMN",
        help="a column of a CSV, by its name or its number from 1; FIELD is a kind of hash, or hash, "
        "url, match, identity, category, media or withdrawn",
    )
    parser.add_argument("--dialect", default="", help="whose marks the categories of the columns are")
    _add_url_arguments(parser)
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--whole", dest="how", action="store_const", const="whole", help="the file is the list")
    how.add_argument(
        "--changes", dest="how", action="store_const", const="changes", help="the file changes the list"
    )
    parser.add_argument(
        "--known-good",
        action="store_true",
        help="files to set aside in a scan (NSRL): in LAPWING_KNOWN_GOOD, or `known-good` in LAPWING_HOME",
    )
    parser.add_argument("--skip-bad", action="store_true", help="take it without the entries that are bad")
    parser.add_argument("--keep", type=int, default=KEPT, help="versions to keep (default: %(default)s)")


def _add_url_arguments(parser: argparse.ArgumentParser) -> None:
    """What the URLs of a list are declared to mean (docs/url-lists.md)."""
    parser.add_argument("--match", choices=HOWS, help="how a URL matches that does not say it itself")
    parser.add_argument(
        "--match-word",
        action="append",
        default=[],
        metavar="WORD=HOW",
        help="what a word of the column `match` stands for: exact, prefix or host",
    )
    parser.add_argument(
        "--any-scheme", action="store_true", help="every URL is for http and https, however it begins"
    )


def run(arguments: argparse.Namespace) -> int:
    """Bring it in, and print the version. Returns 0, or 2 when an entry could not be taken."""
    _check(arguments)
    urls = meaning_of(arguments)
    with arguments.file.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        stream.seek(0)
        how: How = arguments.how or (
            "changes" if changes_only(arguments.format, stream.read(HEAD)) else "whole"
        )
        stream.seek(0)
        reading = Reading(
            stream,
            form=arguments.format,
            mapping=mapping_of(arguments.column, arguments.dialect, arguments.type, urls),
            kind=arguments.type,
            skip=arguments.skip_bad,
            urls=urls,
        )
        try:
            version = bring_in(
                arguments.lists,
                arguments.name,
                _shown(reading),
                origin=origin_of(arguments.file.name, sha256),
                how=how,
                keep=arguments.keep,
            )
        except BadEntries:
            _say_bad(arguments.file, reading)
            print("nothing was brought in (--skip-bad takes it without the bad entries)", file=sys.stderr)
            return 2
    _say_bad(arguments.file, reading)
    sys.stdout.buffer.write(msgspec.json.encode(version) + b"\n")
    sys.stdout.flush()
    if needs_merging(HashList.open(arguments.lists, arguments.name)):  # what has changed counts already
        merge(arguments.lists, arguments.name, keep=arguments.keep)
    return 2 if reading.number_bad else 0


def _check(arguments: argparse.Namespace) -> None:
    """Refuse what cannot be, and choose the folder. Raises ValueError, OSError."""
    if arguments.keep < 1:
        raise ValueError("at least one version is kept")
    with arguments.file.open("rb") as stream:
        if harmless(arguments.format, stream.read(HEAD)) and not arguments.known_good:
            raise ValueError("it names files to set aside: give --known-good, so that none is ever a match")
    if arguments.known_good:
        arguments.lists = known_good_folder()


def meaning_of(arguments: argparse.Namespace) -> UrlMeaning:
    """What the URLs are declared to mean. Raises ValueError."""
    words = {word: how for word, _, how in (said.rpartition("=") for said in arguments.match_word)}
    meaning = UrlMeaning(arguments.match, arguments.any_scheme, words)
    meaning.check()
    return meaning


def mapping_of(columns: list[str] | None, dialect: str, kind: str | None, urls: UrlMeaning) -> Mapping | None:
    """The columns that were declared; None where none were. A lone COLUMN is of hashes. Raises ValueError."""
    if not columns:
        return None
    found: dict[str, str | int] = {}
    for said in columns:
        field, equals, column = said.partition("=")
        if not equals:
            field, column = kind or BY_LENGTH, said
        found[field] = int(column) if column.isdecimal() else column
    mapping = Mapping(found, dialect, urls=urls)
    mapping.check()
    return mapping


def origin_of(source: str, sha256: str = "") -> Origin:
    """This command, by whoever runs it, now."""
    return Origin(source[:200], user(), datetime.now(UTC).isoformat(timespec="seconds"), sha256)


def _shown(reading: Reading) -> Iterator[ListedFile]:
    """The same, with how far it is where somebody sees it."""
    watched = sys.stderr.isatty()
    for entry in reading:
        if watched and reading.number % EVERY == 0:
            print(f"\r{reading.number:,} entries\x1b[K", end="", file=sys.stderr, flush=True)
        yield entry
    if watched:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _say_bad(path: Path, reading: Reading) -> None:
    for bad in reading.bad:
        print(f"{path}: {bad}", file=sys.stderr)
    if reading.number_bad > len(reading.bad):
        print(f"and {reading.number_bad - len(reading.bad):,} more bad entries", file=sys.stderr)

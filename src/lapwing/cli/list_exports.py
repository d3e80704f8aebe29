"""`lapwing lists export`: a list for somebody else, once it is on the record that they get it.

What the form cannot say is left out, counted and said: whoever gets the file is not to take it for the list.
"""

import argparse
import hashlib
import os
import sys
import tempfile
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import BinaryIO

import msgspec

from lapwing.cli.list_imports import origin_of
from lapwing.exchange.hash_sets import HASH_SETS
from lapwing.exchange.hash_sets.columns import URL, write_plain
from lapwing.exchange.hash_sets.left_out import Counted
from lapwing.exchange.hash_sets.url_lines import write_urls
from lapwing.hashing import HASH_TYPES
from lapwing.matching import HashList
from lapwing.matching.disclosures import Disclosure, record_disclosure
from lapwing.matching.listed import ListedFile
from lapwing.matching.url_rules import RULES

FORMS = sorted(name for name, form in HASH_SETS.items() if form.write is not None)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What goes out, to whom and what for."""
    parser.add_argument("name", metavar="NAME", help="the list")
    parser.add_argument("--format", choices=[*FORMS, "plain"], default="vics", help="(default: %(default)s)")
    parser.add_argument(
        "--type", choices=[*sorted(HASH_TYPES), URL], default="md5", help="the kind of a plain list"
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="a file that is not there yet"
    )
    parser.add_argument("--to", required=True, help="who gets it")
    parser.add_argument("--purpose", required=True, help="what for")


def run(arguments: argparse.Namespace) -> int:
    """Write it. The record of the disclosure is on the disk before the file has its name.

    Returns 0, or 2 when the form cannot say some entries. Of a plain list one kind is asked for: what has
    none of that kind is said, and is no failure.
    """
    known = HashList.open(arguments.lists, arguments.name)
    if arguments.out.exists():
        raise FileExistsError(17, "it is there already", str(arguments.out))
    plain = arguments.format == "plain"
    passing = Counted(known.files(), _kinds(arguments), only=plain)
    handle, temporary = tempfile.mkstemp(prefix=".export-", dir=arguments.out.parent)
    try:
        with open(handle, "w+b") as file:
            number = _write(passing, arguments, file)
            file.flush()
            os.fsync(file.fileno())
            file.seek(0)
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        said = _said(known, arguments, number, sha256, passing.left_out)
        record_disclosure(arguments.lists, said)
        os.link(temporary, arguments.out)  # and not a rename, which would replace a file
    finally:
        Path(temporary).unlink(missing_ok=True)
    sys.stdout.buffer.write(msgspec.json.encode(said) + b"\n")
    sys.stdout.flush()
    what = arguments.type if plain else f"hash that {arguments.format} has"
    for sentence in passing.sentences(what):
        print(f"lapwing lists export: {sentence}", file=sys.stderr)
    return 2 if passing.left_out and not plain else 0


def _said(
    known: HashList, arguments: argparse.Namespace, number: int, sha256: str, left_out: int
) -> Disclosure:
    origin = origin_of(arguments.out.name, sha256)
    return Disclosure(
        known.name,
        known.version.number,
        number,
        arguments.format,
        arguments.to,
        arguments.purpose,
        origin.by,
        origin.at,
        sha256,
        left_out,
    )


def _kinds(arguments: argparse.Namespace) -> Collection[str]:
    """The kinds of hash and rule that the file can have."""
    if arguments.format != "plain":
        return HASH_SETS[arguments.format].writes
    return RULES if arguments.type == URL else (arguments.type,)


def _write(entries: Iterable[ListedFile], arguments: argparse.Namespace, file: BinaryIO) -> int:
    write = None if arguments.format == "plain" else HASH_SETS[arguments.format].write
    if write is None and arguments.type == URL:
        return write_urls(entries, file)
    if write is None:
        return write_plain(arguments.type, entries, file)
    return write(entries, file)

"""Find URLs that rules of lists match: a JSON line for each rule that does.

A line has query (the URL as it was given), url (its canonical form), kind (url or url-prefix), rule, entry
(its publisher's name for the rule, else the rule), list, version, distance (always 0), category and dialect.
A URL that cannot be read is said on the standard error, and is never "no match". Nothing is fetched.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from lapwing.cli.list_folders import add_folder
from lapwing.exchange.hash_sets.lines import LONGEST_LINE
from lapwing.matching import BadList, KnownLists, Match
from lapwing.matching.url_rules import RULES
from lapwing.matching.urls import NotAUrl

_ENCODER = msgspec.json.Encoder()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to look for, and where."""
    parser.add_argument("urls", nargs="*", metavar="URL", help="with its scheme, http:// or https://")
    parser.add_argument("--list", action="append", default=[], metavar="NAME", help="(default: every list)")
    parser.add_argument("--urls", dest="file", metavar="FILE", help="a URL a line; - is standard input")
    add_folder(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print a line a match. Returns 0, or 2 when anything could not be processed."""
    try:
        return _run(arguments)
    except KeyError as error:
        print(f"lapwing match-url: there is no list {error.args[0]!r} in {arguments.lists}", file=sys.stderr)
    except (BadList, ValueError) as error:
        print(f"lapwing match-url: {error}", file=sys.stderr)
    except BrokenPipeError:  # whoever was reading has gone: leave quietly, with nowhere left to flush to
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        print(f"lapwing match-url: {error.filename or ''}: {error.strerror or error}", file=sys.stderr)
    return 2


def _run(arguments: argparse.Namespace) -> int:
    if not arguments.urls and not arguments.file:
        raise ValueError("give a URL, or --urls FILE")
    known = KnownLists.open(arguments.lists).chosen(arguments.list)
    if not known.lists:
        raise ValueError(f"there is no list in {arguments.lists}: nothing can be found")
    if not any(set(RULES) & one.version.hashes.keys() for one in known.lists):
        raise ValueError("none of the lists has rules about URLs: nothing can be found")
    code = 0
    for where, url in _asked(arguments):
        try:
            query = _text(url)
            for match in known.match_url(query):
                sys.stdout.buffer.write(_ENCODER.encode(_said(query, match)) + b"\n")
        except NotAUrl as error:
            code = 2
            print(f"{where}: {error}", file=sys.stderr)
    sys.stdout.flush()
    return code


def _asked(arguments: argparse.Namespace) -> Iterator[tuple[str, bytes]]:
    """Each URL, and where it stands."""
    for number, url in enumerate(arguments.urls, 1):
        yield f"URL no. {number}", os.fsencode(url)
    if arguments.file == "-":
        yield from _of_lines(sys.stdin.buffer, "-")
    elif arguments.file:
        with open(arguments.file, "rb") as stream:
            yield from _of_lines(stream, arguments.file)


def _of_lines(stream: BinaryIO, name: str) -> Iterator[tuple[str, bytes]]:
    for number, line in enumerate(_lines(stream), 1):
        if line.strip() and not line.startswith(b"#"):
            yield f"{name}: line {number}", line


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Lines without a mark at the start of the first. Of one that is too long, enough to say so."""
    first = True
    while line := stream.readline(4 * LONGEST_LINE):
        yield line.removeprefix(b"\xef\xbb\xbf") if first else line
        while line and not line.endswith(b"\n"):
            line = stream.readline(4 * LONGEST_LINE)
        first = False


def _text(url: bytes) -> str:
    try:
        return url.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise NotAUrl("it has bytes that are no UTF-8") from None


def _said(query: str, match: Match) -> dict[str, object]:
    return {
        "query": query,
        "url": match.value,
        "kind": match.hash_type,
        "rule": match.listed,
        "entry": match.identity or match.listed,
        "list": match.list_name,
        "version": match.version,
        "distance": match.distance,
        "category": match.category,
        "dialect": match.dialect,
    }

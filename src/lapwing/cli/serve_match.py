"""Serve look-ups over HTTP on this machine: hashes, URLs or a file in, matches out. /openapi.json says how.

A new version of a list counts within a second, and no request fails for it. Elsewhere than on the loopback
addresses the service asks for a token, and belongs behind something that speaks TLS.
"""

import argparse
import ipaddress
import os
import sys
from pathlib import Path

from granian.constants import HTTPModes, Interfaces, Loops
from granian.log import LogLevels
from granian.server import Server

from lapwing.cli.list_folders import add_folder
from lapwing.match_service.app import HOSTS, LARGEST, LISTS, TOKEN
from lapwing.matching import KnownLists

MIB = 1024 * 1024


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen, and for whom."""
    add_folder(parser)
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen at (%(default)s)")
    parser.add_argument("--port", type=int, default=8765, help="(%(default)s)")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes (%(default)s)")
    parser.add_argument("--name", action="append", default=[], help="another name the service goes by")
    parser.add_argument("--token-file", type=Path, metavar="FILE", help="has what callers must send")
    parser.add_argument("--largest", type=int, default=1024, metavar="MIB", help="file (%(default)s)")


def run(arguments: argparse.Namespace) -> int:
    """Serve until it is told to stop. Returns 0, or 2 when it cannot begin."""
    token = arguments.token_file
    if token is not None and not (token.is_file() and token.read_text().strip()):
        return _no(f"{token}: it has no token")
    if token is None and not _here(arguments.host):
        return _no(f"{arguments.host} can be reached from elsewhere: give a --token-file")
    known, faults = KnownLists.open_whole(arguments.lists)
    for fault in faults:
        print(f"lapwing serve-match: {fault}", file=sys.stderr)
    names = ["127.0.0.1", "localhost", "::1", arguments.host, *arguments.name]
    os.environ |= {
        LISTS: str(arguments.lists.resolve()),
        HOSTS: ",".join(names).lower(),
        LARGEST: str(arguments.largest * MIB),
        TOKEN: str(token.resolve()) if token is not None else "",
    }
    served = ", ".join(f"{one.name} (version {one.version.number})" for one in known.lists) or "no list yet"
    print(f"Serving {served} at http://{arguments.host}:{arguments.port}", file=sys.stderr, flush=True)
    Server(
        "lapwing.match_service.app:made",
        address=arguments.host,
        port=arguments.port,
        interface=Interfaces.RSGI,
        workers=arguments.workers,
        loop=Loops.asyncio,
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        factory=True,
    ).serve()
    return 0


def _here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _no(sentence: str) -> int:
    print(f"lapwing serve-match: {sentence}", file=sys.stderr)
    return 2

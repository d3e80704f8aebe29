"""The vault from the side of who holds its private key: make a key, open objects, and check store and log.

Run `keygen` and `open` on a machine that is not the server. The server needs the public recipient alone.
"""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from lapwing.vault import BadKey, DiskStore, Identities, verify
from lapwing.vault.opening_log import BadLog, Signer, appending, checked, lines_of
from lapwing.vault.openings import OPENED, Opener

SHOWN = 50  # faults printed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and with what."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    act = acts.add_parser("keygen", help="make a private key file and print what to give the server")
    act.add_argument("--out", type=Path, default=Path("vault-key.txt"), metavar="FILE")
    act.set_defaults(act=_keygen)
    act = acts.add_parser("open", help="open sealed objects for a purpose, with a line in the log for each")
    act.add_argument("list", type=Path, metavar="LIST", help="object names or SHA-256s, one a line")
    act.add_argument("--key", type=Path, required=True, metavar="FILE", help="the private key")
    act.add_argument("--store", type=Path, required=True, metavar="FOLDER", help="the sealed objects")
    act.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="where the opened files go")
    act.add_argument("--purpose", required=True, metavar="TEXT", help="why they are opened")
    act.add_argument("--by", required=True, metavar="NAME", help="who opens them")
    act.add_argument("--log", type=Path, required=True, metavar="FILE", help="the signed log to add to")
    act.set_defaults(act=_open)
    act = acts.add_parser("verify", help="read every sealed object and name what is missing or changed")
    act.add_argument("folder", type=Path, metavar="FOLDER")
    act.add_argument("--list", type=Path, metavar="FILE", help="the object names there should be, one a line")
    act.set_defaults(act=_verify)
    act = acts.add_parser("check-log", help="prove that a log is whole and signed by one key")
    act.add_argument("log", type=Path, metavar="LOG")
    act.add_argument("--public", required=True, metavar="KEY", help="the log key that keygen printed")
    act.set_defaults(act=_check_log)


def run(arguments: argparse.Namespace) -> int:
    """Do it. Returns 0; 1 when something was found wrong or not opened; 2 when it could not be done."""
    try:
        code: int = arguments.act(arguments)
    except (BadKey, BadLog) as error:
        print(f"lapwing vault: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"lapwing vault: {error.filename or ''}: {error.strerror or error}", file=sys.stderr)
        return 2
    return code


def _keygen(arguments: argparse.Namespace) -> int:
    identities = Identities.generate()
    recipient = identities.recipients.keys[0]
    public = Signer(identities).public
    identities.write(arguments.out, f"public key: {recipient}", f"log key: {public}")
    print(f"recipient {recipient}")
    print(f"log key   {public}")
    print(
        f"The private key is in {arguments.out}: keep it, and a copy, away from the server.", file=sys.stderr
    )
    return 0


def _open(arguments: argparse.Namespace) -> int:
    if not arguments.purpose.strip() or not arguments.by.strip():
        print("lapwing vault: say who opens the files and why", file=sys.stderr)
        return 2
    identities = Identities.read(arguments.key)
    asked = _listed(arguments.list)
    if not arguments.store.is_dir():
        raise NotADirectoryError(20, "there is no such folder", str(arguments.store))
    arguments.to.mkdir(mode=0o700, parents=True, exist_ok=True)
    refused = 0
    with appending(arguments.log, Signer(identities)) as log:
        opener = Opener(
            identities=identities,
            store=DiskStore(arguments.store),
            folder=arguments.to,
            purpose=_text(arguments.purpose),
            by=_text(arguments.by),
            log=log,
            now=lambda: datetime.now(UTC),
        )
        for line in opener.open_all(asked):
            print(f"{ascii(line.object)[1:-1]}: {line.result}")
            refused += line.result != OPENED
    return 1 if refused else 0


def _verify(arguments: argparse.Namespace) -> int:
    if not arguments.folder.is_dir():
        raise NotADirectoryError(20, "there is no such folder", str(arguments.folder))
    expected = _listed(arguments.list) if arguments.list else None
    found = 0
    for found, fault in enumerate(verify(DiskStore(arguments.folder), expected), 1):
        if found <= SHOWN:
            print(f"{fault.kind}: {ascii(fault.name)[1:-1]}")
    if found > SHOWN:
        print(f"and {found - SHOWN} more")
    if not found:
        print("whole" if expected is None else f"whole: {len(set(expected))} objects")
    return 1 if found else 0


def _check_log(arguments: argparse.Namespace) -> int:
    count, head = 0, ""
    with arguments.log.open("rb") as lines:
        try:
            for line in checked(lines_of(lines), arguments.public):
                count, head = line.position, line.hash
        except BadLog as fault:
            print(f"{arguments.log}: {fault}")
            return 1
    print(f"{arguments.log}: whole: {count} lines, last {head or 'none'}")
    return 0


def _text(given: str) -> str:
    """What was typed, with bytes that are no text spelt out: the log is UTF-8."""
    return given.strip().encode("utf-8", "backslashreplace").decode()


def _listed(path: Path) -> list[str]:
    text = path.read_text("utf-8", errors="backslashreplace")
    return [line.strip() for line in text.split("\n") if line.strip()]

"""Reports whose files have given hashes, and lists that have them."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tests.lapwing.matching.made_lists import change
from tests.lapwing_web.casework.made import referral_from, report

from lapwing.matching.listed import ListedFile, value_of
from lapwing.matching.versions import Version
from lapwing.report import ReportedFile
from lapwing_web.casework.actions import hunting
from lapwing_web.casework.models import Referral
from lapwing_web.commands.work import Worker
from lapwing_web.staff.models import User

PDQ = "f0" * 32


def md5(number: int) -> str:
    """An MD5 that stands for a number."""
    return f"{number:032x}"


def flipped(pdq: str, bits: int) -> str:
    """A PDQ so many bits from another."""
    return f"{int(pdq, 16) ^ ((1 << bits) - 1):064x}"


def entry(number: int = 0, **more: Any) -> ListedFile:
    """An entry with the MD5 of a number, or the `hashes` given as text."""
    hashes = more.pop("hashes", {"md5": md5(number)})
    said = {"identity": f"E-{number}", "category": "1", "dialect": "vics", **more}
    return ListedFile({kind: value_of(kind, text) for kind, text in hashes.items()}, **said)


def publish(folder: Path, entries: Iterable[ListedFile], name: str = "agency") -> Version:
    """The next version of a list: these entries and no others."""
    return change(folder, name, entries)


def referred(number: int, by: User, hashes: Sequence[dict[str, str]] = (), **more: Any) -> Referral:
    """The referral of a report with a file for each table of hashes (default: the MD5 of its number)."""
    files = [ReportedFile(file_id=f"f{place}", hashes=one) for place, one in enumerate(hashes)]
    files = files or [ReportedFile(file_id="f", hashes={"md5": md5(number)})]
    return referral_from(report(number, files=files, **more), by)


def hunt_all() -> None:
    """Look for lists that changed, and do every job of a hunt."""
    hunting.watch_lists()
    worker = Worker(hunting.KINDS, [hunting.LANE])
    while worker.batch():
        pass

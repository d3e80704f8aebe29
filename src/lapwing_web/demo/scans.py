"""A scan's results in the demonstration: hashes of nothing that exists, as `lapwing scan` writes them."""

import hashlib
import io
from random import Random

import msgspec

from lapwing.hashing.failures import REASONS
from lapwing.scanning.items import Failed, Item, Matched
from lapwing.scanning.stacks import Views
from lapwing.scanning.summary import ListUsed, Run, Summary
from lapwing.scanning.verdict import Listed
from lapwing_web.casework.actions.scan_results import attach
from lapwing_web.casework.models import Exhibit, ScanResult
from lapwing_web.moment import now
from lapwing_web.staff.models import User

LIST, UNREAD = "demonstration", "unreadable"
COMMON = 400  # contents that many devices could share


def scanned(exhibit: Exhibit, random: Random, *, by: User) -> ScanResult:
    """Attach a small scan to an exhibit: most of it of this device alone, a few contents shared."""
    known = random.choice([0, 0, 1, 2])
    items = [_item(number, exhibit.pk, random, known) for number in range(random.randint(20, 40))]
    lines = b"".join(msgspec.json.encode(item) + b"\n" for item in items)
    summary = msgspec.json.encode(_summary(items, known))
    return attach(exhibit, summary=io.BytesIO(summary), items=io.BytesIO(lines), by=by)[0]


def _item(number: int, device: int, random: Random, known: int) -> Item:
    """One file: the first are on a list, the last could not be read."""
    listed, unread = number < known, number == 19
    mine = f"device {device} file {number}"
    name = f"common {random.randrange(COMMON)}" if listed or random.random() < 0.15 else mine
    whole = name.encode()
    path = f"DCIM/100MEDIA/IMG_{number:04}.JPG"
    return Item(
        path=path, parent=None, inode=number + 10, size=50_000 + number, times={}, deleted=number % 9 == 4,
        rewritten=False, where="camera", kind="picture", type="image/jpeg",
        md5=None if unread else hashlib.md5(whole, usedforsecurity=False).hexdigest(),
        sha1=None if unread else hashlib.sha1(whole, usedforsecurity=False).hexdigest(),
        sha256=None if unread else hashlib.sha256(whole).hexdigest(),
        pdq=None, quality=None, low_quality=None, vpdq=None, photodna=None, facts=None,
        matches=[Matched(LIST, 1, "sha256", 0, f"entry {number}", "1", "vics")] if listed else [],
        grades=[], excluded=None, failure=Failed(UNREAD, REASONS[UNREAD]) if unread else None, waiting=None,
    )  # fmt: skip


def _summary(items: list[Item], known: int) -> Summary:
    hashed = sum(one.sha256 is not None for one in items)
    failed = len(items) - hashed
    by_list = (Listed(LIST, "vics", "1", known, known),) if known else ()
    used = [ListUsed(LIST, 1, COMMON, "Made for the demonstration", now().isoformat())]
    return Summary(
        source="/evidence/device.E01", source_hex=None, seen=len(items), hashed=hashed, excluded=0,
        failed=failed, waiting=0, matched=known, matched_exactly=known, conserved=True, done=True,
        verdict="Known material: yes." if known else "Known material: none so far.", by_list=by_list,
        excluded_by={}, failures={UNREAD: failed} if failed else {}, hashed_with_failure=0,
        not_looked_at={}, listed_whole=True, bytes_seen=sum(one.size or 0 for one in items),
        bytes_hashed=sum(one.size or 0 for one in items), views=Views(hashed, known, hashed - known, known),
        types={"image/jpeg": hashed}, lists=used, known_good=[], compared="", tools={"lapwing": "0"},
        runs=[Run(now().isoformat(), now().isoformat(), "done")],
    )  # fmt: skip

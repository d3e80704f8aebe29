"""Report files as they really come: good, changed, repeated, in pieces, together, broken."""

import json
import random
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from lapwing.exchange import FORMATS
from lapwing.report import Batch, Email, Instant, IpEvent, Person, Report, ReportedFile

BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PROVIDERS = ("Example Chat", "Example Photos", "Example Games")


def instant(at: datetime) -> Instant:
    """A moment as a sender writes it, with its zone."""
    return Instant(at.strftime("%Y-%m-%dT%H:%M:%SZ"), at, zone="stated")


def subject(n: int, **more: Any) -> Person:
    """An account nobody else has: subject-000123."""
    name = f"subject-{n:06d}"
    event = IpEvent(
        f"203.0.113.{n % 250}",
        "login",
        instant(BEGIN + timedelta(minutes=n % 200_000)),
        port=40000 + n % 2000,
    )
    details: dict[str, Any] = {
        "account_id": f"{n:08d}",
        "screen_name": name,
        "emails": [Email(f"{name}@example.com")],
    }
    return Person(role="subject", **details | {"ip_events": [event]} | more)


def picture(n: int, **more: Any) -> ReportedFile:
    """A file by its hashes: there is no such file."""
    return ReportedFile(
        **{
            "file_id": f"{n:032x}",
            "original_name": f"file-{n:06d}.bin",
            "hashes": {"md5": f"{n:032x}", "sha1": f"{n:040x}"},
            "viewed_by_provider": True,
            "viewed_stated": True,
            **more,
        }
    )


def report(n: int, **more: Any) -> Report:
    """The `n`th report, in the format of Schedule 1 unless told otherwise; it names one account."""
    return Report(
        **{
            "format": "schedule-1",
            "provider": PROVIDERS[n % len(PROVIDERS)],
            "reference": f"REF-{n:06d}",
            "incident_type": "online_enticement",
            "incident_at": instant(BEGIN + timedelta(minutes=n % 200_000)),
            "people": [subject(n)],
            "files": [picture(n)],
            **more,
        }
    )


def ncmec(n: int, **more: Any) -> Report:
    """The same in NCMEC's XML, which carries no reference and names the company by who reports."""
    given = {"format": "ncmec-report", "reference": "", "provider": "example.com", "files": []}
    reporter = Person(role="reporter", emails=[Email("reports@example.com")])
    return report(n, **given | {"reporter": reporter} | more)


def details(n: int, reference: str) -> Report:
    """Details of one file of the report called `reference`, apart from it."""
    return Report(format="ncmec-file-details", reference=reference, fragment=True, files=[picture(n)])


def viral(n: int, subjects: int) -> Report:
    """A viral batch: many accounts, one file."""
    people = [subject(1_000_000 + n * 100 + place, ip_events=[]) for place in range(subjects)]
    files = [picture(n, potential_meme=True, annotations=["potential_meme"])]
    return ncmec(n, people=people, files=files, batch=Batch("viral_potential_meme"))


def document(*reports: Report) -> bytes:
    """The bytes of one document that holds these reports."""
    stream = BytesIO()
    FORMATS[reports[0].format].write(reports, stream)
    return stream.getvalue()


def archive(members: dict[str, bytes]) -> bytes:
    """A zip archive of these files, the same bytes every time."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in members.items():
            zipped.writestr(zipfile.ZipInfo(name, (2026, 3, 2, 9, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def mixture(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """(path, bytes) of some `count` files of every kind, in a few folders."""
    chance = random.Random(seed)
    earlier: list[bytes] = []
    kinds = (
        [_plain] * 8 + [_xml] * 4 + [_changed, _bridge, _bridge, _batch, _folder, _waiting, _lines, _archived]
    )
    for n in range(count):
        folder = f"day-{n % 5}"
        if earlier and chance.random() < 0.12:
            yield f"{folder}/again-{n:05d}.dat", chance.choice(earlier)
            continue
        if chance.random() < 0.1:
            yield f"{folder}/bad-{n:05d}.dat", _broken(n, chance)
            continue
        for name, content in chance.choice(kinds)(n, chance).items():
            earlier.append(content)
            yield f"{folder}/{name}", content


def write_mixture(folder: Path, count: int, seed: int) -> int:
    """Write the mixture under `folder` and return how many files there are."""
    written = 0
    for name, content in mixture(count, seed):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        written += 1
    return written


def _plain(n: int, chance: random.Random) -> dict[str, bytes]:
    return {f"{n:05d}.json": document(report(n, escalated=chance.random() < 0.1))}


def _xml(n: int, chance: random.Random) -> dict[str, bytes]:
    return {f"{n:05d}.xml": document(ncmec(n))}


def _changed(n: int, chance: random.Random) -> dict[str, bytes]:
    first = report(n)
    return {
        f"{n:05d}-1.json": document(first),
        f"{n:05d}-2.json": document(replace(first, notes="more is known")),
        f"{n:05d}-3.json": document(first) + b"\n\n",
    }


def _bridge(n: int, chance: random.Random) -> dict[str, bytes]:
    """A report of two of the accounts that other reports are about."""
    others = [chance.randrange(max(1, n - 40), n + 40) for _ in range(2)]
    return {f"{n:05d}-bridge.json": document(report(n, people=[subject(one) for one in others]))}


def _batch(n: int, chance: random.Random) -> dict[str, bytes]:
    return {f"{n:05d}-batch.xml": document(viral(n, chance.randrange(2, 9)))}


def _folder(n: int, chance: random.Random) -> dict[str, bytes]:
    """A report with its details beside it, which give it its reference."""
    parts = {f"pair-{n:05d}/details-{m}.xml": document(details(n * 10 + m, f"CT-{n:06d}")) for m in range(2)}
    return {**parts, f"pair-{n:05d}/report.xml": document(ncmec(n))}


def _waiting(n: int, chance: random.Random) -> dict[str, bytes]:
    """Details of a report that comes later, or never."""
    found = {f"{n:05d}-details.xml": document(details(n, f"LATE-{n:06d}"))}
    if chance.random() < 0.5:
        found[f"{n:05d}-late.json"] = document(report(n, reference=f"LATE-{n:06d}"))
    return found


def _lines(n: int, chance: random.Random) -> dict[str, bytes]:
    """Several reports in one file, one of them bad."""
    lines = document(*(report(n * 1000 + place) for place in range(3))).splitlines()
    lines.insert(chance.randrange(4), b'{"reference": "BAD-' + str(n).encode() + b'", "provider": 7}')
    return {f"{n:05d}.jsonl": b"\n".join(lines)}


def _archived(n: int, chance: random.Random) -> dict[str, bytes]:
    inner = archive({"deep/report.json": document(report(n * 1000 + 500)), "broken.json": b'{"provider": '})
    return {f"{n:05d}.zip": archive({"a.json": document(report(n)), "inner.zip": inner, "empty.txt": b""})}


def _broken(n: int, chance: random.Random) -> bytes:
    good = document(ncmec(n))
    return chance.choice(
        [
            b"",
            b"not a report at all " + str(n).encode(),
            good[: len(good) // 2],
            json.dumps({"reportId": n, "reportedInformation": []}).encode(),
            b'<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><report>&b;</report>',
            bytes(chance.randrange(256) for _ in range(64)),
            b"PK\x03\x04" + str(n).encode(),
        ]
    )

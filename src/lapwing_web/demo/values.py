"""The made-up values reports are filled with: numbered, and from ranges kept for documentation and drama."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

from msgspec import Struct

from lapwing.report import Instant, ReportedFile


class Place(Struct, frozen=True):
    """Somewhere an account can be placed: what each kind of evidence says there."""

    force: str  # the organisation's code
    city: str
    outward: str
    landline: str  # the start of its drama range, which has 1,000 numbers


# Ofcom keeps 1,000 numbers for drama in each of these areas, and no place has 01632.
PLACES = [
    Place("E23000007", "Newcastle upon Tyne", "NE1", "0191 498 0"),
    Place("E23000032", "Canterbury", "CT1", ""),
    Place("E23000001", "London", "SW1A", "020 7946 0"),
    Place("E23000005", "Manchester", "M1", "0161 496 0"),
    Place("E23000010", "Leeds", "LS1", "0113 496 0"),
    Place("E23000014", "Birmingham", "B1", "0121 496 0"),
    Place("E23000004", "Liverpool", "L1", "0151 496 0"),
    Place("E23000036", "Bristol", "BS1", "0117 496 0"),
    Place("W15000003", "Cardiff", "CF10", "029 2018 0"),
    Place("E23000011", "Sheffield", "S1", "0114 496 0"),
    Place("E23000021", "Leicester", "LE1", "0116 496 0"),
    Place("E23000030", "Southampton", "SO14", "023 8000 0"),
]
WEIGHTS = [14, 14, 16, 10, 9, 9, 7, 6, 5, 4, 3, 3]  # how often each is where an account is

IPV4 = ("192.0.2", "198.51.100", "203.0.113")  # RFC 5737


def mobiles() -> Iterator[str]:
    """The 1,000 mobile numbers kept for drama, each once."""
    for number in range(1000):
        yield f"07700 900{number:03d}"


def landlines(place: Place) -> Iterator[str]:
    """The numbers kept for drama in an area, each once."""
    for number in range(1000 if place.landline else 0):
        yield f"{place.landline}{number:03d}"


def address(random: Random) -> str:
    """An address from the documentation ranges: mostly IPv4, one in five IPv6 (RFC 3849)."""
    if random.random() < 0.2:
        network, line = random.randrange(2**32), random.randrange(1, 65536)
        return f"2001:db8:{network >> 16:x}:{network & 0xFFFF:x}::{line:x}"
    return f"{random.choice(IPV4)}.{random.randrange(1, 255)}"


def stated(at: datetime) -> Instant:
    """A moment written with its zone."""
    at = at.astimezone(UTC).replace(microsecond=0)
    return Instant(original=at.strftime("%Y-%m-%dT%H:%M:%SZ"), utc=at, zone="stated")


def unzoned(at: datetime) -> Instant:
    """The same moment written by a company that leaves its zone out, so that nobody can place it."""
    local = at.replace(microsecond=0, tzinfo=None)
    return Instant(original=local.isoformat(), local=local, zone="absent")


def file(number: int, random: Random, *, viewed: bool | None, uploaded_at: datetime) -> ReportedFile:
    """A file as hashes and a dull name. The hashes are of its number: there are no bytes behind it."""
    seed = f"file {number}".encode()
    return ReportedFile(
        file_id=hashlib.blake2b(seed, digest_size=16).hexdigest(),
        name=f"file-{number:07d}.jpg",
        original_name=f"file-{number:07d}.jpg",
        media_type="image/jpeg",
        size=random.randrange(40_000, 4_000_000),
        hashes={
            "md5": hashlib.md5(seed, usedforsecurity=False).hexdigest(),
            "sha1": hashlib.sha1(seed, usedforsecurity=False).hexdigest(),
        },
        uploaded_at=stated(uploaded_at),
        viewed_by_provider=viewed,
        viewed_stated=viewed is not None,
    )

"""Times as people write them, kept as written, with what can be understood of them and no more."""

import re
from datetime import UTC, datetime, timedelta

from lapwing.report import Instant

# A date and a time of day, then a zone: `Z`, an offset, UTC or GMT. Another word is no zone we can read.
_WRITTEN = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d+))?"
    r"(?:([Zz]|[+-]\d\d:?\d\d|[+-]\d\d)| ?(UTC|GMT|[+-]\d\d:\d\d|Z)| ?([A-Za-z]{1,5}))?",
    re.ASCII,
)
_USUAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z", re.ASCII)
_LARGEST_OFFSET = timedelta(hours=14)  # XML Schema part 2, 3.2.7.3
_LONGEST = 64  # characters that could still be a time


def parse_instant(text: str) -> Instant:
    """The moment `text` states.

    ISO 8601 with date and time. `utc` is set only when the text states its zone; with no zone, or one that
    cannot be read (a local abbreviation), `local` is set and `utc` is not; text that is no date and time
    gives neither. A date without a time of day is not a moment. Fractions finer than a microsecond are kept
    in `original` only.
    """
    if _USUAL.fullmatch(text):
        try:
            return Instant(text, utc=datetime.fromisoformat(text), zone="stated")
        except ValueError:  # midnight as 24:00, or no day or time there is
            return _parsed(text)
    return _parsed(text)


def earliest(text: str) -> datetime | None:
    """The moment `text` states; without a zone, the earliest that it can mean; None where there is none."""
    said = parse_instant(text)
    if said.utc is not None or said.local is None:
        return said.utc
    try:
        return (said.local - _LARGEST_OFFSET).replace(tzinfo=UTC)
    except OverflowError:
        return None


def later(one: str, other: str) -> str:
    """The later of two times, each taken as early as it can be meant. What is no time gives way to one."""
    first, second = earliest(one), earliest(other)
    if first is None or second is None:
        return other if first is None else one
    return other if second > first else one


def _parsed(text: str) -> Instant:
    stated = text.strip()
    match = _WRITTEN.fullmatch(stated) if len(stated) <= _LONGEST else None
    if match is None:
        return Instant(text, zone="unreadable")
    day, clock, fraction, offset, spaced, word = match.groups()
    try:
        local = _local(day, clock, fraction)
        zone = offset or spaced
        if zone is None:
            return Instant(text, local=local, zone="unreadable" if word else "absent")
        return Instant(text, utc=(local - _offset(zone)).replace(tzinfo=UTC), zone="stated")
    except (ValueError, OverflowError):
        return Instant(text, zone="unreadable")


def _local(day: str, clock: str, fraction: str | None) -> datetime:
    midnight_after = (
        clock.startswith("24:00") and clock in ("24:00", "24:00:00") and not (fraction or "").strip("0")
    )
    written = f"{day}T{'00:00:00' if midnight_after else clock}"
    if fraction:
        written = f"{written}:00" if len(clock) == 5 else written
        written = f"{written}.{fraction[:6]:0<6}"
    local = datetime.fromisoformat(written)
    return local + timedelta(days=1) if midnight_after else local


def _offset(zone: str) -> timedelta:
    if zone[0] not in "+-":
        return timedelta()
    digits = zone[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    if offset > _LARGEST_OFFSET or int(digits[2:] or 0) > 59:
        raise ValueError(zone)
    return -offset if zone[0] == "-" else offset

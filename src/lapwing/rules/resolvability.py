"""Resolvability: can this IP event be taken to one line, and until when?

Behind shared addresses only address, port and exact time with its zone name a line; providers keep their
logs for a time and then nobody can. The original text of the event is never changed; this judges it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from zoneinfo import ZoneInfo

from msgspec import Struct

from lapwing.policy.topics.resolvability import Range, ResolvabilityVersion, SharedRange
from lapwing.report import IpEvent
from lapwing.rules.ranking import spelled

Address = IPv4Address | IPv6Address
UK = ZoneInfo("Europe/London")

VERDICTS = (
    "unreadable_address",
    "private_or_reserved",
    "proxy",
    "no_time",
    "no_zone",
    "impossible_time",
    "shared_without_port",
    "logs_expired",
    "logs_expiring",
    "resolvable",
)


class Verdict(Struct, frozen=True):
    """A code of VERDICTS and its sentence.

    `logs_lapse_on` is the first day the logs may be gone, where it is known.
    """

    code: str
    sentence: str
    resolvable: bool
    logs_lapse_on: date | None


class _Place(Struct, frozen=True):
    """What policy says of an address, apart from any event."""

    address: Address | None
    port: int | None
    public: bool
    shared: SharedRange | None
    demonstration: bool


def verdict(event: IpEvent, received_on: date, today: date, version: ResolvabilityVersion) -> Verdict:
    """The verdict on one event of a report received on `received_on`, as things stand `today` (UK days)."""
    place = _place(event.address[:100], version)
    lapse = _lapse_on(event, version)
    port = event.port if event.port is not None else place.port
    code = _code(event, place, port, lapse, received_on, today, version)
    if code in {"unreadable_address", "private_or_reserved", "impossible_time"}:
        lapse = None  # no provider's log would help
    entry = version.verdicts[code]
    sentence = entry.sentence.format(
        address=event.address[:60],
        lapse=spelled(lapse) if lapse else "a day that is not known",
        range=place.shared.label if place.shared else "",
        months=version.log_retention_months,
    )
    if place.demonstration:
        sentence += " (A documentation address, treated as public for demonstration.)"
    return Verdict(code, sentence, entry.resolvable, lapse)


def _code(
    event: IpEvent,
    place: _Place,
    port: int | None,
    lapse: date | None,
    received_on: date,
    today: date,
    version: ResolvabilityVersion,
) -> str:
    if place.address is None:
        return "unreadable_address"
    if not place.public:
        return "private_or_reserved"
    if place.shared is not None and not place.shared.routable:
        return "private_or_reserved" if port is not None else "shared_without_port"
    if event.possible_proxy:
        return "proxy"
    if event.at is None or lapse is None:
        return "no_time"
    if today >= lapse:
        return "logs_expired"
    if event.at.utc is None:
        return "no_zone"
    if _uk_day(event.at.utc) > received_on + timedelta(days=version.clock_tolerance_days):
        return "impossible_time"
    if place.shared is not None and port is None:
        return "shared_without_port"
    if today >= lapse - timedelta(days=version.warn_within_days):
        return "logs_expiring"
    return "resolvable"


def _lapse_on(event: IpEvent, version: ResolvabilityVersion) -> date | None:
    """The event's UK day (its own day where no zone is stated) and the months providers keep logs."""
    if event.at is None:
        return None
    if event.at.utc is not None:
        day = _uk_day(event.at.utc)
    elif event.at.local is not None:
        day = event.at.local.date()
    else:
        return None
    return add_months(day, version.log_retention_months)


def _uk_day(instant: datetime) -> date:
    """The instant's day in the UK; at the calendar's own ends, where that may be no day, its day in UTC."""
    try:
        return instant.astimezone(UK).date()
    except OverflowError:
        return instant.date()


def add_months(day: date, months: int) -> date:
    """The same day of the month so many `months` later, or the month's last day where it has no such day."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, min(day.day, last))
        except ValueError:
            continue
    return date.max  # the year is past the calendar


@lru_cache(maxsize=8192)
def _place(text: str, version: ResolvabilityVersion) -> _Place:
    address, port = parsed(text)
    if address is None:
        return _Place(None, port, False, None, False)
    treated = _within(address, version.treated_as_public)
    shared = _within(address, version.shared)
    assert shared is None or isinstance(shared, SharedRange)
    usable = address.is_global and not address.is_multicast and not address.is_reserved
    public = treated is not None or shared is not None or usable
    return _Place(address, port, public, shared, treated is not None and treated.demonstration)


def _within(address: Address, ranges: list[Range] | list[SharedRange]) -> Range | None:
    return next((r for r in ranges if address.version == r.network.version and address in r.network), None)


def parsed(text: str) -> tuple[Address | None, int | None]:
    """The address in `text`, and the port where it is written with one: `192.0.2.1:443`, `[2001:db8::1]:443`.

    (None, None) for what is not an address. An IPv4 address inside IPv6 is given as itself.
    """
    text, port = text.strip(), None
    if text.startswith("["):
        text, _, rest = text[1:].partition("]")
        port = _port(rest.removeprefix(":")) if rest.startswith(":") else None
    elif text.count(":") == 1:
        text, _, rest = text.partition(":")
        port = _port(rest)
        if port is None:
            return None, None
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None, None
    inside = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return inside or address, port


def _port(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 and int(text) < 65536 else None

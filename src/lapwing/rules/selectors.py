"""Selectors: everything in a report that identifies, each in its one canonical spelling.

What cannot be read as its kind is kept as it was given, folded, and never joins. IP addresses are never
selectors: many people share one. What an incident names (`incident`) is nobody's in particular. Only a
subject's selectors join: a victim's never makes them a suspect's referral.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache, wraps
from hashlib import sha256
from typing import Any, TypeVar, cast
from unicodedata import normalize

import ada_url
import phonenumbers
from msgspec import Struct
from msgspec.structs import replace

from lapwing.policy.topics.joining import JoiningVersion
from lapwing.report import Email, Incident, Person, Phone, Report

_F = TypeVar("_F", bound=Callable[..., Any])

LONGEST = 500  # characters
REMEMBERED = 1000  # characters: longer texts are worked out each time, so that none fills the memory
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_ONION = re.compile(r"(?:[a-z0-9-]+\.)*([a-z2-7]{56}|[a-z2-7]{16})\.onion")


class Found(Struct, frozen=True):
    """One selector. `subject` is the place (from 0) among the report's subjects, None for anyone else's."""

    kind: str
    value: str
    original: str
    role: str
    subject: int | None
    joins: bool


class _Seen(Struct, frozen=True):
    """A selector before its person is known: its canonical value, and whether it reads as its kind."""

    kind: str
    value: str
    original: str
    readable: bool = True


def selectors_of(report: Report, version: JoiningVersion) -> list[Found]:
    """Every selector of every person in `report`, each once a person, in the order given."""
    found: dict[tuple[str, str, str, int | None], Found] = {}
    place = 0
    for person in report.people:
        subject = None
        if person.role == "subject":
            subject, place = place, place + 1
        _gather(found, person, person.role, subject, report.provider, version)
        for associate in person.associates:
            _gather(found, associate, "associate", None, report.provider, version)
    if report.reporter is not None:
        _gather(found, report.reporter, "reporter", None, report.provider, version)
    for incident in report.incidents:
        for seen in _of_incident(incident, version):
            _keep(found, seen, "incident", None, version)
    if report.telling is not None:  # anybody can type anybody's name: it hints, and a person joins
        return [replace(one, joins=False) for one in found.values()]
    return list(found.values())


def too_common(seen_on: int, version: JoiningVersion) -> bool:
    """Whether a selector already on `seen_on` referrals is so common that sharing it only hints."""
    return seen_on > version.too_common


def _gather(
    found: dict[tuple[str, str, str, int | None], Found],
    person: Person,
    role: str,
    subject: int | None,
    provider: str,
    version: JoiningVersion,
) -> None:
    for seen in _of_person(person, _folded(provider), version):
        _keep(found, seen, role, subject, version)


def _keep(
    found: dict[tuple[str, str, str, int | None], Found],
    seen: _Seen,
    role: str,
    subject: int | None,
    version: JoiningVersion,
) -> None:
    key = (seen.kind, seen.value, role, subject)
    if not seen.value or key in found:
        return
    joins = (
        seen.readable
        and role in version.joining_roles
        and version.kinds[seen.kind].joins
        and _folded(seen.original) not in version.placeholders
    )
    found[key] = Found(seen.kind, seen.value, shortened(clean(seen.original)), role, subject, joins)


def _of_person(person: Person, provider: str, version: JoiningVersion) -> Iterator[_Seen]:
    if person.account_id:
        yield _Seen("account", _scoped(provider, clean(person.account_id)), person.account_id, bool(provider))
    scope = f"{provider}/{_folded(person.service)}" if person.service else provider
    for name in (person.screen_name, *person.other_screen_names):
        if name:
            yield _Seen("screen_name", _scoped(scope, _folded(name)), name, bool(provider))
    yield from _of_contacts(person.emails, person.phones, version)
    for url in person.profile_urls:
        yield _of_url("profile_url", url)
    for device in person.devices:
        kind = _folded(device.kind)
        yield _Seen("device", _scoped(kind, _folded(device.value)), device.value, bool(device.value.strip()))
    for payment in person.payment_ids:
        yield _Seen("payment", shortened(_folded(payment)), payment)


def _of_incident(incident: Incident, version: JoiningVersion) -> Iterator[_Seen]:
    for url in incident.urls:
        yield _of_url("url", url)
    yield from _of_contacts(incident.emails, incident.phones, version)


def _of_contacts(emails: list[Email], phones: list[Phone], version: JoiningVersion) -> Iterator[_Seen]:
    for email in emails:
        value, readable = email_address(email.address)
        yield _Seen("email", value, email.address, readable)
    for phone in phones:
        value, readable = phone_number(phone.number, phone.country_calling_code, version.default_phone_region)
        yield _Seen("phone", value, phone.number, readable)


def _of_url(kind: str, url: str) -> _Seen:
    value, host, readable = address_of_page(url)
    if onion := _ONION.fullmatch(host):
        return _Seen("onion", f"{onion[1]}.onion", url)
    return _Seen(kind, value, url, readable)


def clean(text: str) -> str:
    """`text` without surrounding space or characters that cannot be printed, which databases refuse."""
    text = text.strip()
    if text.isprintable():
        return text
    return "".join(character for character in text if character.isprintable()).strip()


def shortened(value: str) -> str:
    """`value` in at most LONGEST characters; a longer one keeps its start and its SHA-256, so two never
    meet.
    """
    if len(value) <= LONGEST:
        return value
    return f"{value[:420]}…sha256:{sha256(value.encode()).hexdigest()}"


def _remembered(most: int) -> Callable[[_F], _F]:
    """Remember a function's last `most` answers, but not about long texts."""

    def remembering(function: _F) -> _F:
        remembered = lru_cache(maxsize=most)(function)

        @wraps(function)
        def answer(*texts: str) -> Any:
            return (remembered if sum(map(len, texts)) <= REMEMBERED else function)(*texts)

        answer.cache_info = remembered.cache_info  # type: ignore[attr-defined]
        return cast(_F, answer)

    return remembering


@_remembered(4096)
def _folded(text: str) -> str:
    return " ".join(clean(normalize("NFKC", text)).casefold().split())


def _scoped(scope: str, value: str) -> str:
    return shortened(f"{scope}:{value}") if value else ""


@_remembered(16384)
def email_address(text: str) -> tuple[str, bool]:
    """(canonical address, whether it is one). The folded text when it is not."""
    value = _folded(text).removeprefix("mailto:").strip("<>")
    return shortened(value), _EMAIL.fullmatch(value) is not None and len(value) <= 320


@_remembered(16384)
def phone_number(text: str, calling_code: str, region: str) -> tuple[str, bool]:
    """(E.164, whether it is a possible number), `text` being read in its country code's plan or else in
    `region`'s.
    """
    given = clean(normalize("NFKC", text))[:60]
    code = calling_code.strip().lstrip("+0")
    if code.isascii() and code.isdigit() and not given.startswith("+"):
        regions = phonenumbers.region_codes_for_country_code(int(code[:3]))
        region = regions[0] if regions else region
    try:
        number = phonenumbers.parse(given, region)
    except phonenumbers.NumberParseException:
        return shortened(_folded(text)), False
    if not phonenumbers.is_possible_number(number):
        return shortened(_folded(text)), False
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), True


@_remembered(16384)
def address_of_page(text: str) -> tuple[str, str, bool]:
    """(canonical URL, host, whether it names a page). https, no `www.`, no fragment, no slash at the end.

    A URL that cannot be read is its folded text, with no host. A site's front page names nobody.
    """
    given = clean(text)
    try:
        url = ada_url.URL(given if "://" in given else f"https://{given}")
    except ValueError:
        return shortened(_folded(text)), "", False
    if url.protocol not in {"http:", "https:"} or "." not in url.host:
        return shortened(_folded(text)), "", False
    host = url.host.removeprefix("www.")
    rest = (url.pathname + url.search).rstrip("/")
    return shortened(f"https://{host}{rest}"), url.hostname.removeprefix("www."), bool(rest)

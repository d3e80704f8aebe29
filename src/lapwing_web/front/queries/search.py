"""Search: a reference or a selector, whole or its beginning, among what this person may see and nothing else.

The agency searches referrals, packages and reports. A force searches the packages it was sent and its own
cases: by reference, crime number and selector, and whoever works cases by a suspect's name too. Nobody finds
a child's record by searching.
"""

import re
from collections.abc import Iterator
from functools import reduce
from ipaddress import ip_address
from itertools import chain
from operator import or_

import msgspec
from django.db import connection
from django.db.models import Q, QuerySet

from lapwing.policy import load
from lapwing.rules.selectors import address_of_page, clean, email_address, phone_number, shortened
from lapwing.rules.spoken_reference import read_reference
from lapwing_web.casework.models import (
    Case,
    Crime,
    IpEvent,
    Package,
    PackageSelector,
    Referral,
    Selector,
    Sighting,
    Suspect,
)
from lapwing_web.casework.queries.cases import by_urgency, cases_for
from lapwing_web.casework.queries.packages import gone_from
from lapwing_web.intake.models import Report
from lapwing_web.moment import today
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check, may

MOST = 25  # of each kind shown
SHORTEST = 3  # characters of a beginning worth looking for
LONGEST = 200
MOST_WORDS = 6  # of a name looked for


class Match(msgspec.Struct):
    """A record found, and what in it matched, in words."""

    record: Referral | Package | Report | Case
    because: list[str]


class Found(msgspec.Struct):
    """Everything found for one text. `more` is true when a list was cut at MOST."""

    text: str
    referrals: list[Match] = []
    packages: list[Match] = []
    cases: list[Match] = []
    reports: list[Match] = []
    gone: list[int] = []  # the keys of packages whose case another force has now
    more: bool = False

    @property
    def total(self) -> int:
        """How many records are shown."""
        return sum(map(len, (self.referrals, self.packages, self.cases, self.reports)))

    @property
    def case_names(self) -> list[str]:
        """The cases that are shown, as the audit names them."""
        return [f"case:{match.record.pk}" for match in self.cases]


def searches_names(user: User) -> bool:
    """Whether this person finds a case by a suspect's name: who works cases does."""
    return may(user, "work a case")


def find(user: User, text: str) -> Found:
    """Look for `text`; nothing is found for an empty one. The caller records that they looked."""
    check(user, "search")
    text = clean(" ".join(text.split()))[:LONGEST]
    found = Found(text=text)
    if not text:
        return found
    if not user.in_agency:
        found.packages, cut = _packages(
            text, Package.objects.filter(to_id=user.organisation_id, disposed_at=None)
        )
        found.gone = gone_from(user) if found.packages else []
        found.cases, also = _cases(text, user)
        found.more = cut or also
        return found
    found.referrals, one = _referrals(text)
    found.packages, two = _packages(text, Package.objects.all(), by_selector=False)
    found.reports, three = _reports(text)
    found.more = one or two or three
    return found


def _number(prefix: str, text: str) -> int | None:
    """The number in a reference such as `LW-0000012`, `lw12` or `LW 12`."""
    match = re.fullmatch(rf"{prefix}[\s-]*0*(\d{{1,12}})", text, re.IGNORECASE | re.ASCII)
    return int(match[1]) if match else None


def _begins(field: str, text: str) -> Q:
    """`field` begins with `text`, said so that each engine can use its index: LIKE does not use SQLite's."""
    begins = Q(**{f"{field}__startswith": text})
    if connection.vendor == "sqlite":
        begins &= Q(**{f"{field}__gte": text, f"{field}__lt": text + "\U0010ffff"})
    return begins


def _spellings(text: str) -> list[str]:
    """`text` in the one spelling of every kind of selector it could be."""
    region = load("joining").on(today()).default_phone_region
    tried = [email_address(text), phone_number(text, "", region), address_of_page(text)[::2]]
    return list(
        dict.fromkeys([shortened(text), shortened(text.casefold()), *(said for said, can in tried if can)])
    )


def _values(text: str) -> Q:
    """A selector's value is `text` in its one spelling, as any kind it could be, or begins with it."""
    spelt = _spellings(text)
    wanted = Q(value__in=spelt)
    for beginning in spelt if len(text) >= SHORTEST else ():
        wanted |= _begins("value", beginning)
    return wanted


def _address(text: str) -> list[str]:
    """`text` as an IP address, as it was typed and in its one spelling; nothing when it is not one."""
    try:
        return list({text, str(ip_address(text))})
    except ValueError:
        return []


def _referrals(text: str) -> tuple[list[Match], bool]:
    because: dict[int, list[str]] = {}
    if (number := _number("LW", text)) is not None:
        because.setdefault(number, []).append("its reference")
    for seen in _sightings(text):
        said = f"{seen.selector.kind.replace('_', ' ')} {seen.original}, of the {seen.role}"
        because.setdefault(seen.referral_id, []).append(said)
    events = IpEvent.objects.filter(address__in=_address(text)).order_by("-referral_id")
    for referral, address in events.values_list("referral_id", "address")[: MOST * 4]:
        because.setdefault(referral, []).append(f"IP address {address}")
    shown = Referral.objects.filter(pk__in=because).select_related("provider").order_by("-rank", "id")
    return _matches(shown, because)


def _sightings(text: str) -> list[Sighting]:
    """Where a selector was seen, by its one spelling and by how the company wrote it."""
    selectors = Selector.objects.filter(_values(text)).values_list("pk", flat=True)[: MOST * 4]
    wanted = Q(selector__in=list(selectors)) | Q(original=text)
    if len(text) >= SHORTEST:
        wanted |= _begins("original", text)
    found = Sighting.objects.filter(wanted).select_related("selector")
    return list(found.order_by("-referral_id", "pk")[: MOST * 4])


def _of_package(text: str) -> Q:
    """A selector in a package is `text`, or begins with it, or is it after the name of a company."""
    ending = f":{text.casefold()}"[::-1]
    return _values(text) | _begins("backwards", ending) | Q(value__in=_address(text))


def _packages(text: str, mine: QuerySet[Package], by_selector: bool = True) -> tuple[list[Match], bool]:
    because: dict[int, list[str]] = {}
    if (number := _number("PK", text)) is not None:
        because.setdefault(number, []).append("its reference")
    if by_selector:
        seen = PackageSelector.objects.filter(_of_package(text), package__in=mine).order_by(
            "-package_id", "pk"
        )
        for package, kind, value in seen.values_list("package_id", "kind", "value")[: MOST * 4]:
            because.setdefault(package, []).append(f"{kind.replace('_', ' ')} {value}")
    return _matches(
        mine.filter(pk__in=because).select_related("to").defer("content").order_by("-sent_at"), because
    )


def _cases(text: str, user: User) -> tuple[list[Match], bool]:
    """Cases of this person's own force, by what they may know of each."""
    mine = cases_for(user)
    because: dict[int, list[str]] = {}
    if (number := _number("CS", text)) is not None:
        because.setdefault(number, []).append("its reference")
    for case, said in chain(_by_crime(text, user), _by_selector(text, mine), _by_name(text, user, mine)):
        because.setdefault(case, []).append(said)
    return _matches(by_urgency(mine.filter(pk__in=because)), because)


def _by_crime(text: str, user: User) -> Iterator[tuple[int, str]]:
    wanted = Q(number=text) | Q(number=text.upper())
    if len(text) >= SHORTEST:
        wanted |= _begins("number", text) | _begins("number", text.upper())
    crimes = Crime.objects.filter(wanted, organisation=user.organisation_id).exclude(cases=None)
    for case, number in crimes.order_by("number").values_list("cases", "number")[: MOST * 4]:
        yield case, f"crime {number}"


def _by_selector(text: str, mine: QuerySet[Case]) -> Iterator[tuple[int, str]]:
    seen = PackageSelector.objects.filter(_of_package(text), package__case__in=mine).order_by("pk")
    for case, kind, value in seen.values_list("package__case", "kind", "value")[: MOST * 4]:
        yield case, f"{kind.replace('_', ' ')} {value}"


def _by_name(text: str, user: User, mine: QuerySet[Case]) -> Iterator[tuple[int, str]]:
    """Suspects in whose name every word stands, in any order."""
    words = text.split()
    if not searches_names(user) or max(map(len, words)) < SHORTEST:
        return
    named = Suspect.objects.filter(case__in=mine)
    for word in words[:MOST_WORDS]:
        ways = {word, word.lower(), word.upper(), word.title()}  # SQLite folds the case of ASCII alone
        named = named.filter(reduce(or_, (Q(label__icontains=way) for way in sorted(ways))))
    for case, number in named.order_by("-case_id", "number").values_list("case", "number")[: MOST * 4]:
        yield case, f"the name of suspect {number}"


def _reports(text: str) -> tuple[list[Match], bool]:
    wanted = Q(reference=text) | Q(reference=read_reference(text) or text)  # as said on the telephone
    if len(text) >= SHORTEST:
        wanted |= _begins("reference", text)
    found = Report.objects.filter(wanted).select_related("provider").order_by("-received_at")
    rows = list(found[: MOST + 1])
    return [Match(row, ["its reference"]) for row in rows[:MOST]], len(rows) > MOST


def _matches(records: QuerySet, because: dict[int, list[str]]) -> tuple[list[Match], bool]:  # type: ignore[type-arg]
    rows = list(records[: MOST + 1])
    return [Match(row, list(dict.fromkeys(because[row.pk]))) for row in rows[:MOST]], len(rows) > MOST

"""Every company: what came from each of late, and which need somebody's attention.

The companies that an order has something to say of come first, and all others after them by name, cut in the
database: there may be very many, since a report names its own.
"""

import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import islice

from django.db.models import Count, OuterRef, QuerySet, Subquery
from msgspec import Struct

from lapwing.rules.scorecards import Spread, spread
from lapwing_web.address import whole_number
from lapwing_web.casework.models import Measure
from lapwing_web.intake.actions.known import in_chunks
from lapwing_web.intake.models import Account, Provider, Receipt, Submission
from lapwing_web.moment import now
from lapwing_web.prevention.queries.period import limits
from lapwing_web.prevention.queries.requests import overdue_by_company
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check

PAGE = 50
ORDERS = {
    "attention": "What needs attention first",
    "name": "Name",
    "reports": "Most reports",
    "complete": "Least complete",
}
Counts = Mapping[int, int]


class Company(Struct):
    """One line of the list. `recent` counts are of the last days that policy names."""

    pk: int
    name: str
    accounts: int  # open ones
    last_report_at: datetime | None
    reports: int = 0
    open: int = 0
    lapsed: int = 0
    rejected: int = 0  # waiting for somebody, whenever they came
    overdue: int = 0
    spread: Spread | None = None

    @property
    def attention(self) -> bool:
        """Whether something is amiss that somebody can do something about."""
        return bool(self.overdue or self.lapsed or self.rejected)


class Page(Struct):
    """One page of the list."""

    rows: list[Company]
    order: str
    words: str
    number: int
    following: int | None
    total: int
    days: int
    nameless: int  # rejected, and it is not known who sent them


class _Figures(Struct):
    """Counts by company's key. What is not there is none."""

    reports: Counts = {}
    open: Counts = {}
    lapsed: Counts = {}
    rejected: Counts = {}
    overdue: Counts = {}

    def first(self, order: str) -> list[int]:
        """The keys that the order has something to say of, in that order."""
        if order == "reports":
            return sorted(self.reports, key=lambda pk: (-self.reports[pk], pk))
        if order == "complete":
            middles = {pk: found.middle for pk, found in _spreads().items()}
            return sorted(middles, key=lambda pk: (middles[pk], pk))
        if order == "attention":
            kinds = (self.overdue, self.lapsed, self.rejected, self.open)
            some = {pk for kind in kinds for pk in kind}
            return sorted(some, key=lambda pk: (*(-kind.get(pk, 0) for kind in kinds), pk))
        return []


def companies(user: User, *, words: str = "", order: str = "", page: str = "") -> Page:
    """One page of every company that has sent anything or has an account, found by a part of its name."""
    check(user, "see providers")
    order = order if order in ORDERS else "attention"
    number = min(whole_number(page) or 1, 10**9)
    found, figures = Provider.objects.filter(kind=Provider.Kind.COMPANY), _figures()
    first = figures.first(order)
    if words.strip():
        found = found.filter(key__contains=_folded(words))
        matching = set(found.values_list("pk", flat=True))
        first = [pk for pk in first if pk in matching]
    keys = _cut(found, first, (number - 1) * PAGE, PAGE + 1)
    return Page(
        rows=_rows(keys[:PAGE], figures),
        order=order,
        words=words.strip(),
        number=number,
        following=number + 1 if len(keys) > PAGE else None,
        total=found.count(),
        days=limits().amount("recent_days"),
        nameless=_waiting().filter(provider=None).count(),
    )


def provider_for(user: User) -> QuerySet[Provider]:
    """The companies this person may see."""
    check(user, "see providers")
    return Provider.objects.filter(kind=Provider.Kind.COMPANY)


def in_trouble(user: User, most: int) -> tuple[int, list[Company]]:
    """How many companies have something overdue, or lapsed of late, and the first few."""
    check(user, "see providers")
    figures = _Figures(lapsed=_lapsed(_since()), overdue=overdue_by_company())
    late = figures.first("attention")
    return len(late), _rows(late[:most], figures)


def _since() -> datetime:
    """From when on something is of late."""
    return now() - timedelta(days=limits().amount("recent_days"))


def _lapsed(since: datetime) -> Counts:
    return _by_company(Submission.objects.filter(state=Submission.State.LAPSED, lapses_at__gte=since))


def _by_company(some: QuerySet[Submission]) -> Counts:
    """How many of some few submissions each company has. Asked of one table, and then of the other."""
    by_account = dict(some.order_by().values_list("account").annotate(n=Count("*")))
    counts: dict[int, int] = {}
    for chunk in in_chunks(by_account):
        for account, company in Account.objects.filter(pk__in=chunk).values_list("pk", "provider"):
            counts[company] = counts.get(company, 0) + by_account[account]
    return counts


def _figures() -> _Figures:
    return _Figures(
        reports=dict(_recent().values_list("provider").annotate(n=Count("*"))),
        open=_by_company(Submission.objects.filter(state=Submission.State.OPEN)),
        lapsed=_lapsed(_since()),
        rejected=dict(_waiting().exclude(provider=None).values_list("provider").annotate(n=Count("*"))),
        overdue=overdue_by_company(),
    )


def _recent() -> QuerySet[Measure]:
    return Measure.objects.filter(received_at__gte=_since()).order_by()


def _spreads(keys: list[int] | None = None) -> dict[int, Spread]:
    """The completeness of companies' recent reports: of those with these keys, or of all that have any."""
    recent = _recent() if keys is None else _recent().filter(provider__in=keys)
    complete: dict[int, dict[int, int]] = {}
    for pk, percent, number in recent.values_list("provider", "completeness").annotate(n=Count("*")):
        complete.setdefault(pk, {})[percent] = number
    few = limits().amount("share_needs")
    return {pk: found for pk, counts in complete.items() if (found := spread(counts, few)) is not None}


def _waiting() -> QuerySet[Receipt]:
    """Rejections that nobody has dealt with. What lapsed is counted by itself."""
    return Receipt.objects.filter(state=Receipt.State.REJECTED, lapsed=False).order_by()


def _folded(words: str) -> str:
    """A part of a name in the spelling of `Provider.key`, but for what ends one."""
    return " ".join(unicodedata.normalize("NFKC", words).casefold().split())


def _cut(found: QuerySet[Provider], first: list[int], start: int, size: int) -> list[int]:
    """The keys in places `start` to `start + size` of `first` and then of all others by name."""
    cut = first[start : start + size]
    if len(cut) < size:
        passed, skipped = max(0, start - len(first)), set(first)
        names = found.order_by("key", "pk").values_list("pk", flat=True).iterator(2000)
        others = (pk for pk in names if pk not in skipped)
        cut += islice(others, passed, passed + size - len(cut))
    return cut


def _rows(keys: list[int], figures: _Figures) -> list[Company]:
    """The companies with these keys, in this order. One look into an index finds each one's last report."""
    last = Measure.objects.filter(provider=OuterRef("pk")).order_by("-received_at").values("received_at")[:1]
    found = Provider.objects.filter(pk__in=keys).annotate(last_report_at=Subquery(last)).in_bulk()
    accounts = Account.objects.filter(provider__in=keys, state=Account.State.OPEN).order_by()
    spreads = _spreads(keys)
    opened = dict(accounts.values_list("provider").annotate(n=Count("*")))
    return [
        Company(
            pk=pk,
            name=found[pk].name,
            accounts=opened.get(pk, 0),
            last_report_at=found[pk].last_report_at,
            reports=figures.reports.get(pk, 0),
            open=figures.open.get(pk, 0),
            lapsed=figures.lapsed.get(pk, 0),
            rejected=figures.rejected.get(pk, 0),
            overdue=figures.overdue.get(pk, 0),
            spread=spreads.get(pk),
        )
        for pk in keys
        if pk in found
    ]

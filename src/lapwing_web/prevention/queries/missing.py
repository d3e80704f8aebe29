"""Which items of policy a company's new reports most often lack."""

from datetime import date, timedelta

from django.conf import settings
from django.db.models import Count, QuerySet
from msgspec import Struct

from lapwing.policy import load
from lapwing.rules.scorecards import share_said
from lapwing_web.casework.models import Measure
from lapwing_web.intake.models import Provider
from lapwing_web.prevention.queries.period import Period, between


class Lack(Struct):
    """One item: how many reports lack it, of how many that should hold it, and that share in words."""

    label: str
    count: int
    of: int
    share: str


def lacking(provider: Provider, period: Period, few: int) -> list[Lack]:
    """Every item of the policies in force in the period, what is lacking most often first.

    An item counts only among reports of days on which policy asked for it.
    """
    topic = load("completeness", settings.JURISDICTION)
    labels: dict[str, str] = {}
    of: dict[str, int] = {}
    count: dict[str, int] = {}
    for first, last in _spans([version.effective_from for version in topic.versions], period):
        items = topic.on(first).items
        labels |= {name: item.label for name, item in items.items()}
        for missing, number in _sets(provider, first, last):
            of |= {name: of.get(name, 0) + number for name in items}
            count |= {name: count.get(name, 0) + number for name in missing.split() if name in items}
    found = [_lack(label, count.get(name, 0), of.get(name, 0), few) for name, label in labels.items()]
    return sorted(found, key=lambda one: (-one.count / (one.of or 1), -one.count, one.label))


def _spans(starts: list[date], period: Period) -> list[tuple[date, date]]:
    """The days of the period under each policy: (first, last)."""
    firsts = [period.first, *(day for day in sorted(starts) if period.first < day <= period.last)]
    lasts = [day - timedelta(days=1) for day in firsts[1:]]
    return list(zip(firsts, [*lasts, period.last], strict=True))


def _sets(provider: Provider, first: date, last: date) -> QuerySet[Measure, tuple[str, int]]:
    """(what is missing together, in how many reports): far fewer than there are reports."""
    measured = Measure.objects.filter(between("received_at", first, last), provider=provider).order_by()
    return measured.values_list("missing").annotate(n=Count("*"))


def _lack(label: str, count: int, of: int, few: int) -> Lack:
    return Lack(label, count, of, share_said(count, of, few))

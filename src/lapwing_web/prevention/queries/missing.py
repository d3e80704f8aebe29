"""Which items of policy a company's new reports most often lack."""

from datetime import date

from django.conf import settings
from django.db.models import Count
from msgspec import Struct

from lapwing.policy import load
from lapwing.rules.scorecards import share_said
from lapwing_web.casework.models import Measure
from lapwing_web.intake.models import Provider
from lapwing_web.prevention.queries.period import Period, midnight, place_of


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
    starts = [v.effective_from for v in topic.versions if period.first < v.effective_from <= period.last]
    days = [period.first, *starts]
    items = [topic.on(day).items for day in days]
    labels = {name: item.label for held in items for name, item in held.items()}
    of, count = dict.fromkeys(labels, 0), dict.fromkeys(labels, 0)
    for place, missing, number in _sets(provider, period, starts):
        for name in items[place]:
            of[name] += number
        for name in missing.split():
            if name in count:
                count[name] += number
    found = [
        Lack(labels[name], count[name], of[name], share_said(count[name], of[name], few)) for name in labels
    ]
    return sorted(found, key=lambda one: (-one.count / (one.of or 1), -one.count, one.label))


def _sets(provider: Provider, period: Period, starts: list[date]) -> list[tuple[int, str, int]]:
    """(which policy, what is missing together, in how many reports): far fewer than there are reports."""
    measured = Measure.objects.filter(period.within("received_at"), provider=provider).order_by()
    policy = place_of("received_at", [midnight(day) for day in starts])
    return list(measured.annotate(policy=policy).values_list("policy", "missing").annotate(n=Count("*")))

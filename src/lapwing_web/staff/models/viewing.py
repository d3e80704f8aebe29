"""What people may still view: for the pages, and for the act itself."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db.models import Q, Sum

from lapwing.policy import load
from lapwing.policy.topics.exposure import ExposureVersion
from lapwing.rules.exposure import Left, View, left
from lapwing_web.moment import UK, now, today
from lapwing_web.staff.models.welfare import AllowedViewing, Exposure

LATELY = timedelta(hours=3)
PERIODS = (1, 7, 30)  # days: what the rule counts, the shortest first


def budget() -> ExposureVersion:
    """The policy on exposure in force today."""
    return load("exposure", settings.JURISDICTION).on(today())


def left_of(people: Iterable[int]) -> dict[int, Left]:
    """What each of these people, by their id, may still view now.

    The database adds up today, the week and the month. Only the last hours are looked at one by one, for the
    hour and the rest.
    """
    at, version = now(), budget()
    begins = day, week, month = [midnight(at, days) for days in PERIODS]
    views: dict[int, list[View]] = {one: [] for one in people}
    mine = Exposure.objects.filter(user__in=list(views), at__gte=month)
    cut = at - LATELY
    for user, moment, weight in mine.filter(at__gte=cut).values_list("user", "at", "weight"):
        views[user].append(View(moment, weight))
    within = {
        "of_day": Sum("weight", filter=Q(at__gte=day)),
        "of_week": Sum("weight", filter=Q(at__gte=week)),
    }
    summed = mine.filter(at__lt=cut).order_by().values_list("user").annotate(**within, of_month=Sum("weight"))
    for user, of_day, of_week, of_month in summed:
        sums = (of_day or 0, (of_week or 0) - (of_day or 0), of_month - (of_week or 0))
        views[user] += [View(moment, sum_) for moment, sum_ in zip(begins, sums, strict=True) if sum_]
    whole = left([], at, UK, version)  # of everybody who viewed nothing
    return {user: left(rows, at, UK, version) if rows else whole for user, rows in views.items()}


def allowed_today(user: int) -> int:
    """The weight of what somebody was told today that they may view, and has not been counted since."""
    asked = AllowedViewing.objects.filter(user=user, at__gte=midnight(now(), 1)).order_by("at")
    rows = list(asked.values_list("at", "weight"))
    if not rows:
        return 0
    counted = Exposure.objects.filter(user=user, at__gte=rows[0][0]).aggregate(sum=Sum("weight"))["sum"] or 0
    return max(sum(weight for _, weight in rows) - counted, 0)


def midnight(at: datetime, days: int) -> datetime:
    """The beginning of the first of so many days, the last of which is `at`'s."""
    return datetime.combine(at.astimezone(UK).date() - timedelta(days=days - 1), time(), UK)

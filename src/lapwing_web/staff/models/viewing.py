"""What people may still view: for the pages, and for the act itself."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db.models import Sum
from django.db.models.functions import TruncDate

from lapwing.policy import load
from lapwing.policy.topics.exposure import ExposureVersion
from lapwing.rules.exposure import Left, View, left
from lapwing_web.moment import UK, now, today
from lapwing_web.staff.models.welfare import Exposure

LATELY = timedelta(hours=3)


def budget() -> ExposureVersion:
    """The policy on exposure in force today."""
    return load("exposure", settings.JURISDICTION).on(today())


def left_of(people: Iterable[int]) -> dict[int, Left]:
    """What each of these people, by their id, may still view now.

    The database adds up each day. Only the last hours are looked at one by one, for the hour and the rest.
    """
    views: dict[int, list[View]] = {one: [] for one in people}
    mine = Exposure.objects.filter(user__in=list(views), at__gt=now() - timedelta(days=32))
    cut = now() - LATELY
    for user, at, weight in mine.filter(at__gte=cut).values_list("user", "at", "weight"):
        views[user].append(View(at, weight))
    days = mine.filter(at__lt=cut).values_list("user", TruncDate("at", tzinfo=UK)).order_by()
    for user, day, weight in days.annotate(Sum("weight")):
        views[user].append(View(datetime.combine(day, time(), UK), weight))
    return {user: left(rows, now(), UK, budget()) for user, rows in views.items()}

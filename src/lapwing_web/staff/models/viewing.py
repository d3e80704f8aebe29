"""What people may still view: for the pages, and for the act itself."""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings

from lapwing.policy import load
from lapwing.policy.topics.exposure import ExposureVersion
from lapwing.rules.exposure import Left, View, left
from lapwing_web.moment import UK, now, today
from lapwing_web.staff.models.welfare import Exposure


def budget() -> ExposureVersion:
    """The policy on exposure in force today."""
    return load("exposure", settings.JURISDICTION).on(today())


def left_of(people: Iterable[int]) -> dict[int, Left]:
    """What each of these people, by their id, may still view now."""
    views: dict[int, list[View]] = {one: [] for one in people}
    lately = Exposure.objects.filter(user__in=list(views), at__gt=now() - timedelta(days=32))
    for user, at, weight in lately.values_list("user", "at", "weight"):
        views[user].append(View(at, weight))
    return {user: left(rows, now(), UK, budget()) for user, rows in views.items()}

"""Telling people, in the transaction of what there is to tell; reading; that nothing is left to do; sweeping.

A notification follows from a move that the audit has, and reading one's own is nothing that must be answered
for: neither has a row of its own there.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from msgspec import Struct

from lapwing.policy import load
from lapwing.policy.topics.system_notifications import SystemNotificationsVersion
from lapwing_web.audit.actions import Rule, record, recorded
from lapwing_web.jobs.actions import Kind, Leased, done
from lapwing_web.moment import now, today
from lapwing_web.notifications.models import WAITS, Notification
from lapwing_web.refusal import Forbidden
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check

AT_ONCE = 500
SWEPT_A_TURN = 2000  # rows
BY = Rule("rule:notifications")


class Notice(Struct, frozen=True):
    """Something to tell. `to`: the ids of the people; `clock`: the kind of clock, where one is the cause."""

    kind: str
    about: str  # `case:12`
    event: str  # what caused it: `allocation 4`
    to: tuple[int, ...]
    clock: str = ""


def policy() -> SystemNotificationsVersion:
    """The values that hold today."""
    version: SystemNotificationsVersion = load("system_notifications", settings.JURISDICTION).on(today())
    return version


def tell(kind: str, about: str, *, event: str, to: Iterable[int], clock: str = "") -> None:
    """Tell people of one thing. Call it inside the transaction of what there is to tell."""
    tell_many([Notice(kind, about, event, tuple(to), clock)])


def tell_many(notices: Iterable[Notice]) -> None:
    """Tell people of several things. Nobody is told of the same thing twice. KeyError: an unknown kind."""
    known, at = policy().kinds, now()
    rows = [
        Notification(user_id=person, kind=one.kind, about=one.about, event=one.event, clock=one.clock, at=at)
        for one in notices
        if known[one.kind]
        for person in sorted(set(one.to))
    ]
    if rows:
        Notification.objects.bulk_create(rows, batch_size=AT_ONCE, ignore_conflicts=True)


def over(about: Iterable[str], *, kinds: Iterable[str] = (), events: Iterable[str] = ()) -> None:
    """Nothing is left to do about these records: nobody is counted as having it to read any more.

    Only of `kinds`, and only what `events` caused, where they are given.
    """
    names, which = sorted(set(about)), Q(over_at=None)
    if wanted := list(kinds):
        which &= Q(kind__in=wanted)
    if causes := list(events):
        which &= Q(event__in=causes)
    for first in range(0, len(names), AT_ONCE):
        some = Notification.objects.filter(which, about__in=names[first : first + AT_ONCE])
        some.update(over_at=now())


def read(notification: Notification, *, by: User) -> None:
    """Say that one has read a notification of one's own."""
    check(by, "see notifications")
    if notification.user_id != by.pk:
        raise Forbidden("That was told to somebody else.")
    Notification.objects.filter(pk=notification.pk, read_at=None).update(read_at=now())


def read_all(last: int, *, by: User) -> int:
    """Say that one has read everything up to the notification of this id: the last one shown. How many."""
    check(by, "see notifications")
    return Notification.objects.filter(WAITS, user=by, pk__lte=last).update(read_at=now())


def sweep(leased: Sequence[Leased]) -> None:
    """Delete what was told longer ago than policy keeps it, a bounded number a turn."""
    before = now() - timedelta(days=policy().keep_days)
    with recorded():
        old = Notification.objects.filter(at__lt=before).order_by("at").values_list("pk", flat=True)
        if some := list(old[:SWEPT_A_TURN]):
            Notification.objects.filter(pk__in=some).delete()
            new = {"swept": len(some), "told_before": before}
            record("sweep notifications", "notifications:old", by=BY, new=new)
        done(leased)


SWEEP = Kind("notifications.sweep", sweep, "background", every=timedelta(hours=1))

"""Reading one's own notifications, and sweeping those of long ago."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Q

from lapwing_web.audit.actions import Rule, record, recorded
from lapwing_web.jobs.actions import Kind, Leased, done
from lapwing_web.moment import now
from lapwing_web.notifications.models import WAITS, Mail, Notification, policy
from lapwing_web.refusal import Forbidden
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check

SWEPT_A_TURN = 2000  # rows
BY = Rule("rule:notifications")


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
    """Delete what was told longer ago than policy keeps it, a bounded number a turn; never what still
    waits to be read by somebody who may sign in.
    """
    before = now() - timedelta(days=policy().keep_days)
    with recorded():
        behind = Q(read_at__isnull=False) | Q(over_at__isnull=False) | Q(user__is_active=False)
        old = Notification.objects.filter(behind, at__lt=before).order_by("at").values_list("pk", flat=True)
        if some := list(old[:SWEPT_A_TURN]):
            Notification.objects.filter(pk__in=some).delete()
            new = {"swept": len(some), "told_before": before}
            Mail.objects.filter(at__lt=before, notifications=None).delete()
            record("sweep notifications", "notifications:old", by=BY, new=new)
        done(leased)


SWEEP = Kind("notifications.sweep", sweep, "background", every=timedelta(hours=1))

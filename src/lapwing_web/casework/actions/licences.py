"""Courses and licences that end soon: each has a clock, which ends when it is taken again."""

from datetime import datetime, time, timedelta

from lapwing_web.audit.actions import Rule, about, recorded
from lapwing_web.casework.models.carrying import matrix
from lapwing_web.clocks.actions import Start, settle, start_many
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import UK, today
from lapwing_web.staff.models import Training
from lapwing_web.staff.queries import SOON

KIND = "training"


def watch_licences() -> int:
    """Start a clock for what ends within `SOON` days, settle that of what was taken again or whose holder
    left. Returns how many were started. The last day holds: it is due when the next one begins.
    """
    courses = matrix().courses
    with recorded():
        ending = Training.objects.filter(
            user__is_active=True, expires_on__gte=today(), expires_on__lte=today() + timedelta(days=SOON)
        ).select_related("user")
        starts = [_start(row, courses[row.course].label) for row in ending if row.course in courses]
        new = start_many([one for one in starts if one], by=Rule("rule:training"))
        running = Clock.objects.filter(kind=KIND).exclude(state=Clock.State.SETTLED)
        held = {int(name.partition(":")[2]) for name in running.values_list("about", flat=True)}
        for row in Training.objects.filter(pk__in=held).select_related("user"):
            if _again(row) or not row.user.is_active:
                settle(KIND, about(row), event="taken again" if _again(row) else "left", by=_rule(row))
    return len(new)


def _again(row: Training) -> bool:
    return Training.objects.filter(user=row.user_id, course=row.course, pk__gt=row.pk).exists()


def _rule(row: Training) -> Rule:
    return Rule("rule:training", organisation_id=row.user.organisation_id)


def _start(row: Training, label: str) -> Start | None:
    if _again(row) or row.expires_on is None:
        return None
    due = datetime.combine(row.expires_on + timedelta(days=1), time(), UK)
    where, title = row.user.organisation_id, f"{label}: {row.user}"
    return Start(KIND, about(row), "ends soon", where, owner=row.user_id, title=title[:200], due_at=due)

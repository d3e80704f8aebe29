"""Retention for a closed case's page: its group, its next review, and everything that keeps it."""

from typing import Any

from django.conf import settings
from django.utils.timezone import localdate

from lapwing.policy import load
from lapwing.rules import retention as rules
from lapwing.rules.retention import Kept
from lapwing_web.casework.models import Case
from lapwing_web.moment import today
from lapwing_web.staff.models import User


def kept(case: Case) -> Kept:
    """What is recorded of the case. What nobody has found out stays unknown, which keeps longest."""
    package = case.packages.exclude(outcome="").order_by("pk").first()
    needed = Case.objects.filter(crimes__in=case.crimes.all(), state=Case.State.OPEN).exclude(pk=case.pk)
    return Kept(
        ended_on=localdate(case.closed_at) if case.closed_at else None,
        suspect_identified=package is None or package.outcome not in rules.NOBODY_IDENTIFIED,
        offence=package is None or package.outcome_reason != rules.NO_OFFENCE,
        linked=needed.distinct().count(),
    )


def retention_part(user: User, case: Case) -> dict[str, Any] | None:
    """The part of the case's page. None until the case is closed."""
    if case.state != Case.State.CLOSED:
        return None
    version = load("retention", settings.JURISDICTION).on(today())
    record = kept(case)
    number = rules.group(record)
    group = version.groups[number]
    return {
        "number": number,
        "group": group.label,
        "find_out": group.find_out,
        "review_on": rules.review_on(record, version),
        "keeps": rules.obstacles(record, today(), version),
        "confirmed": group.cited_in(version).confirmed,
        "unknown": record.offence and record.suspect_identified and record.serious is None,
    }

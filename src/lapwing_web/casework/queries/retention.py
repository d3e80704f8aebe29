"""Retention for a closed case's page: its group, its next review, and everything that keeps it."""

from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.timezone import localdate

from lapwing.policy import load
from lapwing.rules import retention as rules
from lapwing.rules.retention import Kept
from lapwing_web.casework.models import Case, LegalHold
from lapwing_web.moment import today
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import may


def kept(case: Case) -> Kept:
    """What is recorded of the case. What nobody has found out stays unknown, which keeps longest."""
    package = case.packages.exclude(outcome="").order_by("pk").first()
    needed = Case.objects.filter(crimes__in=case.crimes.all(), state=Case.State.OPEN).exclude(pk=case.pk)
    return Kept(
        ended_on=localdate(case.closed_at) if case.closed_at else None,
        suspect_identified=package is None or package.outcome not in rules.NOBODY_IDENTIFIED,
        offence=package is None or package.outcome_reason != rules.NO_OFFENCE,
        held=LegalHold.objects.filter(Q(case=case) | Q(case__joined_to=case), lifted_at=None).exists(),
        linked=needed.distinct().count(),
    )


def retention_part(user: User, case: Case) -> dict[str, Any] | None:
    """The part of the case's page. None for a case that went elsewhere."""
    if case.state not in (Case.State.OPEN, Case.State.CLOSED):
        return None
    standing = case.legal_holds.filter(lifted_at=None).select_related("by").first()
    shown = {"case": case, "hold": standing, "holds": may(user, "hold a case"), "closed": False}
    return shown if case.state == Case.State.OPEN else {**shown, "closed": True, **_reviewed(case)}


def _reviewed(case: Case) -> dict[str, Any]:
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

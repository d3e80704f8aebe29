"""An offender as the rules on notification know one, and the days that follow, as columns."""

from datetime import timedelta
from typing import Any

from django.conf import settings

from lapwing.policy import load
from lapwing.policy.topics.notification import NotificationVersion
from lapwing.rules.notification import (
    DAY,
    Away,
    Change,
    Duty,
    Registered,
    Stay,
    Trip,
    duties,
    end_of,
    last_day,
    qualifying_day,
)
from lapwing_web.moment import UK, now, today
from lapwing_web.offenders.models.notification import Notifiable, Requirement

KINDS = (Notifiable.Kind.CHANGE, Notifiable.Kind.RELEASE, Notifiable.Kind.RETURNED)


def notification_policy() -> NotificationVersion:
    """The policy on notification in force today."""
    return load("notification", settings.JURISDICTION).on(today())


def registered(requirement: Requirement) -> Registered:
    """What is recorded, as values."""
    offender = requirement.offender
    items = list(offender.notifiables.exclude(state=Notifiable.State.WITHDRAWN).order_by("began_at", "id"))
    return Registered(
        requirement.relevant_on,
        requirement.disposal,
        under_18=requirement.under_18,
        ends_on=requirement.ordered_until,
        no_fixed_address=requirement.no_fixed_address,
        first_on=requirement.first_on,
        last_on=requirement.last_on,
        away=tuple(
            Away(one.begins, one.back_on - DAY if one.back_on else None)
            for one in offender.absences.order_by("begins", "id")
        ),
        changes=tuple(
            Change(one.kind, one.began_at.astimezone(UK).date(), one.notified_on)
            for one in items
            if one.kind in KINDS
        ),
        trips=tuple(_trip(one) for one in items if one.kind == Notifiable.Kind.TRAVEL),
        stays=tuple(
            Stay(_place(one), one.began_at, one.ended_at, one.child, one.notified_on)
            for one in items
            if one.kind == Notifiable.Kind.STAY
        ),
    )


def _place(one: Notifiable) -> str:
    return " ".join(one.text.casefold().split())


def renews(item: Notifiable, requirement: Requirement) -> bool:
    """Whether the year, or the week, begins again with a notification of it: a stay's does where it makes
    its place another address.
    """
    version = notification_policy()
    if item.kind != Notifiable.Kind.STAY:
        return version.duties[item.kind].renews
    here = [stay for stay in registered(requirement).stays if stay.place == _place(item)]
    return version.duties["another_address"].renews and bool(qualifying_day(here, today(), version))


def _trip(one: Notifiable) -> Trip:
    notified_at = end_of(one.notified_on) if one.notified_on else None
    return Trip(one.began_at.astimezone(UK).date(), one.known_on, notified_at)


def to_notify(requirement: Requirement) -> list[Duty]:
    """All that is still to be notified, by when it is due. A stay that goes on counts as going on."""
    version = notification_policy()
    if requirement.offender.state != "registered":
        return []
    going_on = now() + timedelta(days=version.stay_days)
    return duties(registered(requirement), going_on, version)


def days_of(requirement: Requirement) -> dict[str, Any]:
    """The days that follow from what is recorded today. They stay so until somebody acts."""
    found = to_notify(requirement)
    return {
        "ends_on": last_day(registered(requirement), notification_policy()),
        "next_due_at": found[0].due_at if found else None,
        "policy": load("notification", settings.JURISDICTION).sha256,
    }

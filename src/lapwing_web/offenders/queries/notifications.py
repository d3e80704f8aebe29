"""What registered offenders have to notify: of one, on a page of its own, and of all whom one knows of."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from msgspec import Struct

from lapwing.rules.notification import DAY, reviewable_from
from lapwing_web.moment import UK, now
from lapwing_web.offenders.models import Absence, Notifiable, Offender, Requirement
from lapwing_web.offenders.models.knowing import known_to
from lapwing_web.offenders.models.requiring import notification_policy, registered, to_notify
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check, may

PAGE = 50
SHOWN = 50
LISTS = {
    "missing": "Missing from notification",
    "soon": "Due within 14 days",
    "all": "All who have to notify",
}


class ToNotify(Struct, frozen=True):
    """One thing that is still to be notified: in words, its last day, and how it stands."""

    label: str
    last_on: date
    missing: bool
    going_on: bool  # a stay that only becomes one to notify if it goes on


class Listed(Struct, frozen=True):
    """A page of offenders who have to notify, what is due first standing first."""

    show: str
    label: str
    counts: list[tuple[str, str, int]]
    rows: list[Requirement]
    skip: int  # of the next page; 0: there is none
    at: datetime


def offenders_here(user: User) -> QuerySet[Offender]:
    """The offenders whom this person needs to know of."""
    check(user, "see offenders")
    return Offender.objects.filter(known_to(user)).select_related("organisation", "manager", "team")


def notifiables_for(user: User) -> QuerySet[Notifiable]:
    """What they have to notify."""
    return Notifiable.objects.filter(offender__in=offenders_here(user)).select_related("offender")


def absences_for(user: User) -> QuerySet[Absence]:
    """Their absences."""
    return Absence.objects.filter(offender__in=offenders_here(user)).select_related("offender")


def notification_list(user: User, show: str, skip: int) -> Listed:
    """Who is missing from notification, who is soon to notify, or everybody."""
    show = show if show in LISTS else "missing"
    state = Offender.State.REGISTERED
    every = Requirement.objects.filter(offender__in=offenders_here(user).filter(state=state))
    at, soon = now(), now() + 14 * DAY
    lists = {
        "missing": Q(next_due_at__lte=at),
        "soon": Q(next_due_at__gt=at, next_due_at__lte=soon),
        "all": Q(next_due_at__isnull=False),
    }
    found = every.aggregate(**{name: Count("pk", filter=where) for name, where in lists.items()})
    rows = every.filter(lists[show]).select_related("offender__manager").order_by("next_due_at", "pk")
    some = list(rows[skip : skip + PAGE + 1])
    counts = [(name, label, found[name]) for name, label in LISTS.items()]
    following = skip + PAGE if len(some) > PAGE else 0
    return Listed(show, LISTS[show], counts, some[:PAGE], following, at)


def away(offenders: Collection[int]) -> dict[int, str]:
    """Of these offenders, by key, who is in custody, in hospital or abroad now: where, and since when."""
    rows = Absence.objects.filter(offender__in=offenders, back_on=None).order_by("begins", "pk")
    return {one.offender_id: f"{one.get_kind_display()} since {one.begins:%-d %b %Y}" for one in rows}


def notification_page(user: User, offender: Offender) -> dict[str, Any]:
    """What the page on one offender's notification shows."""
    requirement = Requirement.objects.select_related("offender").filter(offender=offender).first()
    items = offender.notifiables.select_related("by").order_by("-began_at", "-pk")
    made = offender.notifications.select_related("by").prefetch_related("items").order_by("-on", "-pk")
    acts = may(user, "manage an offender") and offender.state == Offender.State.REGISTERED
    return {
        "offender": offender,
        "requirement": requirement,
        "due": _due(requirement) if requirement else [],
        "stopped": offender.absences.filter(back_on=None).exists(),
        "items": items[:SHOWN],
        "absences": offender.absences.select_related("by").order_by("-begins", "-pk")[:SHOWN],
        "notifications": made[:SHOWN],
        "acts": acts,
        **(_period(requirement) if requirement else {}),
    }


def _period(requirement: Requirement) -> dict[str, Any]:
    version = notification_policy()
    period = version.periods[requirement.disposal]
    return {
        "period": period.label,
        "without_end": not period.months and not period.as_ordered,
        "reviewable_from": reviewable_from(registered(requirement), version),
        "confirmed": period.cited_in(version).confirmed,
    }


def _due(requirement: Requirement) -> list[ToNotify]:
    version, at = notification_policy(), now()
    today_ = at.astimezone(UK).date()
    return [
        ToNotify(
            version.duties[duty.kind].label,
            duty.due_at.astimezone(UK).date() - DAY,
            duty.due_at <= at,
            duty.since > today_ and duty.kind in ("another_address", "household"),
        )
        for duty in to_notify(requirement)
    ]


def open_items(offender: Offender) -> list[Notifiable]:
    """What is still to be notified, for a form to choose from."""
    return list(offender.notifiables.filter(state=Notifiable.State.OPEN).order_by("began_at", "pk"))


def requirement_of(offender: Offender) -> Requirement | None:
    """What was recorded, for a form to begin with."""
    return Requirement.objects.filter(offender=offender).first()


def periods_listed() -> list[tuple[str, str]]:
    """The sentences and orders, each with how long it makes somebody notify."""
    found = []
    for code, one in notification_policy().periods.items():
        years = f"{one.months // 12} years" if one.months else "as long as it lasts"
        said = years if one.months or one.as_ordered else "without end"
        found.append((code, f"{one.label}: {said}"))
    return found

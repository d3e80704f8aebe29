"""What became of it: told to those who worked on it. A force's people of cases, the agency's of packages."""

from datetime import date, datetime

from django.db.models import QuerySet
from django.urls import reverse
from msgspec import Struct

from lapwing_web.casework.models import Case, Package
from lapwing_web.casework.queries.packages import outcome_label
from lapwing_web.listing import count_all, first_of, first_of_all
from lapwing_web.moment import UK
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check

SHOWN = 50


class Became(Struct):
    """One thing that somebody worked on and that has ended, and how."""

    reference: str
    title: str
    url: str
    on: date
    words: list[str]


def became(user: User, since: datetime | None = None, most: int = SHOWN) -> list[Became]:
    """What ended of what this person worked on, the latest first; from `since` on when it is given.

    A case that another force owns now is that force's to tell of.
    """
    check(user, "see what became of it")
    if user.in_agency:
        ended = packages_ended(user, since)
        latest = first_of_all(ended, most, lambda one: (one.outcome_on, one.pk), latest=True)
        return [_of_package(one) for one in latest]
    found = cases_ended(user, since).prefetch_related("packages", "joined_to")
    return [_of_case(one) for one in first_of(found, most)]


def cases_ended(user: User, since: datetime | None = None) -> QuerySet[Case]:
    """Cases of this person's own force, allocated to them at some time, that have ended."""
    mine = Case.objects.filter(
        pk__in=user.allocations.values("case"), organisation=user.organisation_id, closed_at__isnull=False
    )
    mine = mine.exclude(state=Case.State.OPEN).select_related("joined_to").order_by("-closed_at", "-pk")
    return mine.filter(closed_at__gt=since) if since else mine


def packages_ended(user: User, since: datetime | None = None) -> list[QuerySet[Package]]:
    """Packages with an outcome that this person sent, and those that others sent of a referral they had: two
    lists that have nothing in common, each read from an index of its own.
    """
    ended = Package.objects.exclude(outcome="").exclude(outcome_on=None).select_related("to").defer("content")
    ended = ended.filter(outcome_on__gte=since.astimezone(UK).date()) if since else ended
    ended = ended.order_by("-outcome_on", "-pk")
    had = user.referrals.values("pk")
    return [ended.filter(sent_by=user), ended.exclude(sent_by=user).filter(referral__in=had)]


def count_ended(user: User, since: datetime) -> int:
    """How many ended from `since` on."""
    return count_all(packages_ended(user, since)) if user.in_agency else cases_ended(user, since).count()


def _of_case(case: Case) -> Became:
    ends = sorted({package.outcome for package in case.packages.all() if package.outcome})
    words = [outcome_label(code) for code in ends]
    if case.joined_to:
        words.append(f"Joined to {case.joined_to.reference}")
    elif case.protection and case.state == Case.State.CLOSED:
        words.append("Its children were protected")
    elif case.state == Case.State.RETURNED:
        words.append("Returned to the agency")
    ended = case.closed_at.astimezone(UK).date() if case.closed_at else date.min
    return Became(case.reference, case.title, reverse("case", args=[case.pk]), ended, words)


def _of_package(package: Package) -> Became:
    words = [outcome_label(package.outcome)]
    ended, url = package.outcome_on or date.min, reverse("package", args=[package.pk])
    return Became(package.reference, f"{package.title} ({package.to})", url, ended, words)

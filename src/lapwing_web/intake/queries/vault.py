"""The vault as its page shows it: counts, faults, what is kept and what was opened. Never a file."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum
from msgspec import Struct

from lapwing_web.address import whole_number
from lapwing_web.intake.models import Opening, SealedFile
from lapwing_web.intake.models.sealed import AT_FAULT
from lapwing_web.moment import now
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check, may

ROWS = 50
SHOWS = {"faults": "At fault", "openings": "Openings", "files": "Files kept"}


class Counts(Struct):
    """How the vault stands."""

    kept: int
    size: int  # bytes, as received
    verified: int  # found whole within the period of the settings
    waiting: int  # at fault, and nobody has said what was done
    on_lists: int
    openings: int
    days: int


class Page(Struct):
    """A page of one kind of row. `later`: the number of the row that the next page begins after."""

    show: str
    label: str
    rows: list[Any]
    tabs: list[tuple[str, str, int]]
    later: int | None


def sealed_for(user: User) -> QuerySet[SealedFile]:
    """The sealed files this person may know of: all of them at the agency, none at a force."""
    files = SealedFile.objects.select_related("fault_cleared_by")
    return files if may(user, "see the vault") else files.none()


def counts(user: User) -> Counts:
    """How the vault stands now."""
    check(user, "see the vault")
    since = now() - timedelta(days=settings.VAULT_VERIFY_DAYS)
    found = SealedFile.objects.aggregate(
        kept=Count("id"),
        size=Sum("size"),
        verified=Count("id", filter=Q(verified_at__gte=since, fault="")),
        waiting=Count("id", filter=AT_FAULT),
        on_lists=Count("id", filter=~Q(known_lists=[])),
    )
    found["size"] = found["size"] or 0
    return Counts(**found, openings=Opening.objects.count(), days=settings.VAULT_VERIFY_DAYS)


def page(user: User, show: str, after: str) -> Page:
    """One page: faults the oldest first, all else the latest first."""
    check(user, "see the vault")
    show = show if show in SHOWS else "faults"
    number = whole_number(after)
    found: QuerySet[Any]
    if show == "faults":
        found = sealed_for(user).exclude(fault="").order_by("id").filter(id__gt=number or 0)
    else:
        found = (Opening.objects if show == "openings" else sealed_for(user)).order_by("-id")
        found = found.filter(id__lt=number) if number is not None else found
    rows = list(found[: ROWS + 1])
    totals = {
        "faults": SealedFile.objects.exclude(fault="").count(),
        "openings": Opening.objects.count(),
        "files": SealedFile.objects.count(),
    }
    tabs = [(name, label, totals[name]) for name, label in SHOWS.items()]
    return Page(show, SHOWS[show], rows[:ROWS], tabs, rows[ROWS - 1].pk if len(rows) > ROWS else None)

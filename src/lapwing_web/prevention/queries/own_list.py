"""The own list as its pages show it: entries by what they wait for, and one entry."""

from typing import Any

from django.db.models import Count, QuerySet
from msgspec import Struct

from lapwing_web.address import whole_number
from lapwing_web.prevention.models import Grade, OwnEntry
from lapwing_web.prevention.models.own_list import label_of_category
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check, may

ROWS = 50
State = OwnEntry.State


class Page(Struct):
    """Entries of one state, the latest first. `later`: the number that the next page begins after."""

    show: str
    label: str
    rows: list[OwnEntry]
    tabs: list[tuple[str, str, int]]
    later: int | None
    may_export: bool


class EntryPage(Struct):
    """One entry. `grades` is empty until it is decided: whoever grades next must not be led."""

    entry: OwnEntry
    category: str
    graded: int
    grades: list[tuple[Grade, str]]
    may_grade: bool
    may_withdraw: bool
    may_see_referral: bool


def entries_for(user: User) -> QuerySet[OwnEntry]:
    """The entries this person may see: all of them for those who keep the list, none at a force."""
    entries = OwnEntry.objects.select_related("proposed_by", "withdrawn_by", "referral")
    return entries if may(user, "see the own list") else entries.none()


def to_grade(user: User) -> QuerySet[OwnEntry]:
    """The entries that wait for a grade of this person's."""
    if not may(user, "grade an own entry"):
        return OwnEntry.objects.none()
    waiting = entries_for(user).filter(state__in=OwnEntry.TO_GRADE)
    return waiting.exclude(pk__in=Grade.objects.filter(by=user).values("entry_id"))


def page(user: User, show: str, after: str) -> Page:
    """One page of the entries in one state."""
    check(user, "see the own list")
    show = show if show in State.values else State.PROPOSED
    number = whole_number(after)
    found = entries_for(user).filter(state=show).order_by("-id")
    found = found.filter(id__lt=number) if number is not None else found
    rows = list(found[: ROWS + 1])
    counted: dict[Any, int] = dict(
        OwnEntry.objects.values_list("state").annotate(Count("id")).values_list("state", "id__count")
    )
    tabs = [(state.value, str(state.label), counted.get(state.value, 0)) for state in State]
    later = rows[ROWS - 1].pk if len(rows) > ROWS else None
    return Page(show, str(State(show).label), rows[:ROWS], tabs, later, may(user, "export the own list"))


def entry_page(user: User, entry: OwnEntry) -> EntryPage:
    """One entry, which this person may see (`entries_for`)."""
    grades = list(entry.grades.select_related("by").order_by("id"))
    decided = entry.state not in OwnEntry.TO_GRADE
    mine = any(one.by_id == user.pk for one in grades)
    return EntryPage(
        entry=entry,
        category=label_of_category(entry.category),
        graded=len(grades),
        grades=[(one, label_of_category(one.category)) for one in grades] if decided else [],
        may_grade=may(user, "grade an own entry") and not decided and not mine,
        may_withdraw=may(user, "withdraw an own entry") and entry.state != State.WITHDRAWN,
        may_see_referral=may(user, "see referrals"),
    )

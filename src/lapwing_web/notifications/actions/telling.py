"""Telling people, in the transaction of what there is to tell; and that nothing is left to do about it."""

from collections.abc import Iterable

from django.db.models import Q
from msgspec import Struct

from lapwing_web.moment import now
from lapwing_web.notifications.actions.mailing import ask_for_mail
from lapwing_web.notifications.models import Notification, policy
from lapwing_web.staff.models import User

AT_ONCE = 500


class Notice(Struct, frozen=True):
    """Something to tell. `to`: the ids of the people; `clock`: the kind of clock, where one is the cause.

    `place`: the organisation whose it is. Of `to`, only people who are of it today are told; "": everybody.
    """

    kind: str
    about: str  # `case:12`
    event: str  # what caused it: `allocation 4`
    to: tuple[int, ...]
    clock: str = ""
    place: str = ""


def tell(kind: str, about: str, *, event: str, to: Iterable[int], place: str = "") -> None:
    """Tell people of one thing. Call it inside the transaction of what there is to tell."""
    tell_many([Notice(kind, about, event, tuple(to), place=place)])


def tell_many(notices: Iterable[Notice]) -> None:
    """Tell people of several things. Nobody is told of the same thing twice. KeyError: an unknown kind."""
    known, at, notices = policy().kinds, now(), list(notices)
    people = {person for one in notices if one.place for person in one.to}
    works_at = dict(User.objects.filter(pk__in=people).values_list("pk", "organisation")) if people else {}
    rows = [
        Notification(user_id=person, kind=one.kind, about=one.about, event=one.event, clock=one.clock, at=at)
        for one in notices
        if known[one.kind]
        for person in sorted(set(one.to))
        if not one.place or works_at.get(person) == one.place
    ]
    if rows:
        Notification.objects.bulk_create(rows, batch_size=AT_ONCE, ignore_conflicts=True)
        ask_for_mail({row.user_id for row in rows}, at)


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

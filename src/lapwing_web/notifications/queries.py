"""What one was told of: one's own, and nobody else's."""

from django.conf import settings
from django.db.models import QuerySet
from msgspec import Struct

from lapwing.policy import load
from lapwing_web.address import whole_number
from lapwing_web.moment import today
from lapwing_web.naming import page_of, words_for
from lapwing_web.notifications.models import WAITS, Notification
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check

PAGE = 50
MOST_COUNTED = 99  # more is not counted at the top of every page


class Line(Struct):
    """A notification on a page: its words, and whether anything is left to read."""

    notification: Notification
    words: str
    waits: bool


class NotificationPage(Struct):
    """One page, newest first. `next`: the next page's cursor; `last`: the newest shown, or 0."""

    lines: list[Line]
    waiting: int
    next: str
    last: int


def notifications_for(user: User) -> QuerySet[Notification]:
    """Everything this person was told of."""
    check(user, "see notifications")
    return Notification.objects.filter(user=user)


def unread(user: User) -> int:
    """How many wait to be read, up to one more than MOST_COUNTED. It reads a short index."""
    return Notification.objects.filter(WAITS, user=user)[: MOST_COUNTED + 1].count()


def page(user: User, *, everything: bool = False, before: str = "") -> NotificationPage:
    """One page of what waits to be read, or of everything."""
    mine = notifications_for(user)
    found = mine if everything else mine.filter(WAITS)
    if cursor := whole_number(before):
        found = found.filter(pk__lt=cursor)
    rows = list(found.order_by("-pk")[: PAGE + 1])
    lines = [Line(one, words_of(one), one.read_at is None and one.over_at is None) for one in rows[:PAGE]]
    following = str(rows[PAGE - 1].pk) if len(rows) > PAGE else ""
    return NotificationPage(lines, unread(user), following, rows[0].pk if rows else 0)


def words_of(notification: Notification) -> str:
    """What it says: policy's words for the kind, and how people name the record. Nothing else, ever."""
    kinds = load("system_notifications", settings.JURISDICTION).on(today()).kinds
    clocks = load("clocks", settings.JURISDICTION).on(today()).kinds
    kind, clock = kinds.get(notification.kind), clocks.get(notification.clock)
    said = [kind.label if kind else "Something", *([clock.label] if clock else [])]
    return f"{': '.join(said)}: {words_for(notification.about)}"


def leads_to(notification: Notification) -> str:
    """The page of what it is about; "" where there is none. Whether it may be opened is that page's own."""
    return page_of(notification.about)

"""What one was told of: one's own, and nobody else's."""

from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from msgspec import Struct

from lapwing_web.address import whole_number
from lapwing_web.moment import now
from lapwing_web.naming import page_of
from lapwing_web.notifications.models import WAITS, Mail, MailChoice, Notification, policy
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check

PAGE = 50
UNSURE_AFTER = timedelta(minutes=10)
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
    mail: str  # what is sent by e-mail, in a sentence


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
    lines = [Line(one, one.words, one.read_at is None and one.over_at is None) for one in rows[:PAGE]]
    following = str(rows[PAGE - 1].pk) if len(rows) > PAGE else ""
    return NotificationPage(lines, unread(user), following, rows[0].pk if rows else 0, mail_in_words(user))


def leads_to(notification: Notification) -> str:
    """The page of what it is about; "" where there is none. Whether it may be opened is that page's own."""
    if notification.clock == "check_in":  # one's own page of it, or that of those one looks after
        return reverse("welfare" if notification.kind == "clock_escalated" else "own-exposure")
    return page_of(notification.about)


def mail_in_words(user: User) -> str:
    """What this person is sent by e-mail, in a sentence; and of how many nobody knows whether they went."""
    if not settings.MAIL_ON:
        return "This site sends no e-mail: what you are told is on this page alone."
    always = [kind.label for kind in policy().kinds.values() if kind.always]
    if not user.email:
        return "You have given no address, so you are sent no e-mail."
    choice = getattr(user, "mail_choice", None)
    said = (choice.get_when_display() if choice else MailChoice.When.NEVER.label).lower()
    words = f"You are sent e-mail: {said}."
    if choice is None or choice.when != MailChoice.When.AT_ONCE:
        words += f" Always sent at once: {'; '.join(label.lower() for label in always)}."
    lost = Mail.objects.filter(user=user, begun_at__lt=now() - UNSURE_AFTER, sent_at=None).count()
    if lost:
        words += f" Of {lost} e-mails it is not known whether they went: read this page."
    return words


def mail_on() -> bool:
    """Whether this site sends e-mail."""
    return bool(settings.MAIL_ON)

"""E-mail of what somebody was told: asked for as it is told, sent by a job, never the same one twice.

That it begins is committed before a mail server is spoken to. A worker that is killed after that leaves an
e-mail of which nobody knows whether it went: it is not sent again, and what it was about still waits to be
read on the page. A mail server that says no, or is away, is asked again later.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.validators import validate_email
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from lapwing.policy import load
from lapwing_web.audit.actions import audited, record
from lapwing_web.jobs.actions import Kind, Leased, done, enqueue
from lapwing_web.moment import UK, now, today
from lapwing_web.notifications.models import WAITS, Mail, MailChoice, Notification, policy
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check

When = MailChoice.When
LANE = "background"  # a mail server that does not answer must hold up nothing else
PEOPLE_A_TURN = 500


def ask_for_mail(people: Collection[int], at: datetime) -> None:
    """Of what these people were told at this instant, ask for the e-mails that policy or they want at once.

    What follows within policy's `gather_seconds` goes with it. Call it in the transaction of the telling.
    """
    if not settings.MAIL_ON:
        return
    readers = User.objects.filter(pk__in=people, is_active=True).exclude(email="").order_by("pk")
    always = [code for code, kind in policy().kinds.items() if kind.always]
    for reader in readers.select_related("mail_choice"):
        new = Notification.objects.filter(WAITS, user=reader, at=at, mail=None)
        if _when(reader) != When.AT_ONCE:
            new = new.filter(kind__in=always)
        if keys := list(new.values_list("pk", flat=True)):
            Notification.objects.filter(pk__in=keys).update(mail=_waiting(reader))


def _when(user: User) -> str:
    choice = getattr(user, "mail_choice", None)
    return choice.when if choice else When.NEVER


def _waiting(reader: User) -> Mail:
    """The e-mail to this person that nobody has begun to send; a new one with its job where there is none."""
    gather = policy().gather_seconds
    held = Mail.objects.select_for_update().filter(user=reader, begun_at=None, dropped_at=None)
    mine = held.filter(digest_on=None, at__gt=now() - timedelta(seconds=gather))
    return mine.first() or _ask(Mail(user=reader, at=now()), after=gather)


def _ask(mail: Mail, *, after: int = 0) -> Mail:
    mail.save()
    enqueue(
        "notifications.send",
        f"mail:{mail.pk}",
        {"mail": mail.pk},
        lane=LANE,
        due_at=mail.at + timedelta(seconds=after),
    )
    return mail


def digest(leased: Sequence[Leased]) -> None:
    """From policy's hour on: an e-mail a day to whoever chose that, of all that waits and was not sent."""
    with transaction.atomic():
        if settings.MAIL_ON and now().astimezone(UK).hour >= policy().digest_hour:
            waiting = Notification.objects.filter(WAITS, mail=None).values("user")
            chosen = User.objects.filter(pk__in=waiting, mail_choice__when=When.DAILY, is_active=True)
            readers = chosen.exclude(email="").exclude(mails__digest_on=today()).order_by("pk")
            for reader in readers[:PEOPLE_A_TURN]:
                mail = _ask(Mail(user=reader, at=now(), digest_on=today()))
                Notification.objects.filter(WAITS, user=reader, mail=None).update(mail=mail)
        done(leased)


def send(leased: Sequence[Leased]) -> None:
    """Send the e-mails that the jobs name, each at most once."""
    for job in leased:
        mail = _begin(job)
        if mail is not None:
            _give(mail)
            Mail.objects.filter(pk=mail.pk).update(sent_at=now())
            with transaction.atomic():
                done([job])


def _begin(job: Leased) -> Mail | None:
    """The e-mail, now said to be begun; None, and the job is done, where it is not to be sent any more."""
    with transaction.atomic():
        mail = Mail.objects.select_for_update(of=("self",)).select_related("user").get(pk=job.payload["mail"])
        left = mail.notifications.filter(WAITS).exists()
        if mail.begun_at is None and left and settings.MAIL_ON and mail.user.email and mail.user.is_active:
            Mail.objects.filter(pk=mail.pk).update(begun_at=now())
            return mail
        if mail.begun_at is None:
            Mail.objects.filter(pk=mail.pk).update(dropped_at=now())
        done([job])
    return None


def _give(mail: Mail) -> None:
    """Give it to the mail server. Where that surely did not take it, it is as if it had not been begun."""
    message, connection = message_of(mail), get_connection()
    try:
        connection.open()
    except (OSError, SMTPException):
        _not_begun(mail)
        raise
    try:
        message.connection = connection
        message.send()
    except (SMTPResponseException, SMTPRecipientsRefused):  # it said no; after any other error it may have it
        _not_begun(mail)
        raise
    finally:
        connection.close()


def _not_begun(mail: Mail) -> None:
    Mail.objects.filter(pk=mail.pk).update(begun_at=None)


def message_of(mail: Mail) -> EmailMessage:
    """What is sent: the kinds and numbers of what waits, links that ask for a sign-in, and nothing else."""
    most = policy().lines
    told = list(mail.notifications.filter(WAITS).order_by("pk"))
    lines = [(one.words, _address("notification", one.pk)) for one in told[:most]]
    page, choice = _address("notifications"), _address("mail-choice")
    found = {"lines": lines, "more": len(told) - len(lines), "page": page, "choice": choice}
    host = urlsplit(settings.SITE).hostname
    headers = {
        "Message-ID": f"<lapwing-{mail.pk}@{host}>",
        "List-Unsubscribe": f"<{choice}>",
        "Auto-Submitted": "auto-generated",
    }
    body = render_to_string("notifications/mail.txt", found)
    return EmailMessage("Something waits for you in Lapwing", body, to=[mail.user.email], headers=headers)


def _address(name: str, *arguments: int) -> str:
    return f"{settings.SITE}{reverse(name, args=arguments)}"


@audited
def choose_mail(*, when: str, address: str, by: User) -> None:
    """Choose what one is sent by e-mail, and where. Refused outside of the site's own domains."""
    check(by, "see notifications")
    if not settings.MAIL_ON:
        raise Refused("This site sends no e-mail: there is nothing to choose.")
    address = address.strip()
    if address:
        validate_email(address)
        if address.rpartition("@")[2].lower() not in settings.MAIL_DOMAINS:
            raise Refused(f"E-mail goes only to {' or '.join(settings.MAIL_DOMAINS)}.")
    elif when != When.NEVER:
        raise Refused("Say where to.")
    elif by.email and escalated_to(by):
        raise Refused("Deadlines are escalated to your role, and are always sent: keep an address.")
    old = {"when": _when(by), "has an address": bool(by.email)}
    User.objects.filter(pk=by.pk).update(email=address)
    MailChoice.objects.update_or_create(user=by, defaults={"when": when})
    new = {"when": when, "has an address": bool(address), "changed it": address != by.email}
    by.email = address
    record("choose e-mail", by, by=by, old=old, new=new)


def escalated_to(user: User) -> bool:
    """Whether policy always sends what is escalated, and any deadline is escalated to this person's role."""
    clocks = load("clocks", settings.JURISDICTION).on(today()).kinds.values()
    always = policy().kinds["clock_escalated"].always
    return always and any(clock.escalate_to == user.role for clock in clocks)


SEND = Kind("notifications.send", send, LANE)
DIGEST = Kind("notifications.digest", digest, LANE, every=timedelta(minutes=10))

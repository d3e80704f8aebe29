"""E-mail of what somebody was told: asked for as it is told, sent by a job, never the same one twice.

That it begins is committed before a mail server is spoken to. A worker killed after that, or a server
that is silent, leaves an e-mail of which nobody knows whether it went: it is not sent again, its job fails
and says so, and what it was about waits to be read on the page. A mail server that is away, or says not now,
is asked again for a day; one that will never take it is asked once.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from smtplib import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.validators import validate_email
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from msgspec.structs import replace

from lapwing.policy import load
from lapwing_web.audit.actions import audited, record
from lapwing_web.jobs.actions import Kind, Leased, done, enqueue, failed
from lapwing_web.moment import UK, now, today
from lapwing_web.notifications.models import WAITS, Mail, MailChoice, Notification, policy
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check

When = MailChoice.When
LANE = "background"  # a mail server that does not answer must hold up nothing else
PEOPLE_A_TURN = 500
ATTEMPTS = 30  # a day, with the hour that comes to lie between two: a mail server may be away over night
UNSURE = (
    "It is not known whether this e-mail went: the mail server did not answer, or the worker was ended. "
    "It is not sent again. Its reader sees on the page of notifications what it was about."
)


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
        begun = _begin(job)
        if begun is None:
            continue
        mail, message = begun
        try:
            _give(mail, message)
        except (SMTPResponseException, SMTPRecipientsRefused) as error:
            if not _for_good(error):
                raise
            _last_attempt(job, error)
            continue
        Mail.objects.filter(pk=mail.pk).update(sent_at=now())
        with transaction.atomic():
            done([job])


def _begin(job: Leased) -> tuple[Mail, EmailMessage] | None:
    """The e-mail, now said to be begun, and what it says; None where it is not to be sent any more.

    Its job is then done or, where nobody knows whether it went, failed for a person to see.
    """
    with transaction.atomic():
        mail = Mail.objects.select_for_update(of=("self",)).select_related("user").get(pk=job.payload["mail"])
        if mail.begun_at is not None and mail.sent_at is None:
            _last_attempt(job, UNSURE)
            return None
        left = mail.notifications.filter(WAITS).exists()
        if (
            mail.begun_at is None
            and left
            and settings.MAIL_ON
            and mail.user.is_active
            and _ours(mail.user.email)
        ):
            message = message_of(mail)
            Mail.objects.filter(pk=mail.pk).update(begun_at=now())
            return mail, message
        if mail.begun_at is None:
            Mail.objects.filter(pk=mail.pk).update(dropped_at=now())
        done([job])
    return None


def _ours(address: str) -> bool:
    """Whether it is an address in one of the site's own domains."""
    return address.rpartition("@")[2].lower() in settings.MAIL_DOMAINS


def _for_good(error: SMTPResponseException | SMTPRecipientsRefused) -> bool:
    """Whether the server said that it will never take this one, which is a matter between it and the address.

    Its refusal to let Lapwing in is not: that is put right on either side, and what waits then goes.
    """
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return error.smtp_code >= 500 and not isinstance(error, SMTPAuthenticationError | SMTPSenderRefused)


def _last_attempt(job: Leased, error: BaseException | str) -> None:
    """End its attempts here, for a person to see and to try again or close."""
    failed(replace(job, attempts=job.attempt), error)


def _give(mail: Mail, message: EmailMessage) -> None:
    """Give it to the mail server. Where that surely did not take it, it is as if it had not been begun."""
    connection = get_connection()
    try:
        connection.open()
    except (OSError, SMTPException):
        _not_begun(mail)
        raise
    try:
        message.connection = connection
        message.send()
    except (SMTPResponseException, SMTPRecipientsRefused, SMTPNotSupportedError, ValueError):
        # it said no, or an address cannot be written to it; after any other error it may have it
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
        if not _ours(address):
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


SEND = Kind("notifications.send", send, LANE, attempts=ATTEMPTS)
DIGEST = Kind("notifications.digest", digest, LANE, every=timedelta(minutes=10))

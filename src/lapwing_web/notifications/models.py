"""The notification, the e-mail that carries it, and what somebody chose to be sent."""

from django.conf import settings
from django.db import models

from lapwing.policy import load
from lapwing.policy.topics.system_notifications import SystemNotificationsVersion
from lapwing_web.moment import today
from lapwing_web.naming import words_for
from lapwing_web.staff.models import User

WAITS = models.Q(read_at=None, over_at=None)


def policy() -> SystemNotificationsVersion:
    """The values that hold today."""
    version: SystemNotificationsVersion = load("system_notifications", settings.JURISDICTION).on(today())
    return version


class MailChoice(models.Model):
    """What somebody chose to be sent by e-mail; nobody is sent any who has not said where to."""

    class When(models.TextChoices):
        AT_ONCE = "at_once", "At once"
        DAILY = "daily", "Once a day, all together"
        NEVER = "never", "Not at all"

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="mail_choice")
    when = models.CharField(max_length=10, choices=When.choices)

    def __str__(self) -> str:
        return f"What {self.user} is sent by e-mail"


class Mail(models.Model):
    """One e-mail to one person. From `begun_at` on it is never given to a mail server again.

    Begun and not sent: whoever sent it was ended in the middle, and nobody knows whether it went.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="mails")
    at = models.DateTimeField()
    digest_on = models.DateField(null=True, blank=True)  # the day of a daily one
    begun_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)  # when a mail server took it
    dropped_at = models.DateTimeField(
        null=True, blank=True
    )  # nothing was left to say, or nobody to say it to

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest_on"], name="one_digest_a_day")]
        indexes = [
            models.Index(
                fields=["user"], condition=models.Q(begun_at=None, dropped_at=None), name="mail_to_be_sent"
            )
        ]

    def __str__(self) -> str:
        return f"E-mail {self.pk}"


class Notification(models.Model):
    """One person is told of one thing, once. It holds no words: policy and the record's name make them."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="notifications")
    kind = models.CharField(max_length=40)  # a key of system_notifications.toml
    about = models.CharField(max_length=80)  # `<noun>:<id>`, as in the audit
    event = models.CharField(max_length=120)  # what caused it: with person, kind and about, never twice
    clock = models.CharField(max_length=60, blank=True)  # of a clock: its kind, a key of clocks.toml
    at = models.DateTimeField()
    read_at = models.DateTimeField(
        null=True, blank=True
    )  # when the person opened it, or said that they read it
    over_at = models.DateTimeField(null=True, blank=True)  # when nothing was left to do about it
    mail = models.ForeignKey(
        Mail, null=True, blank=True, on_delete=models.PROTECT, related_name="notifications"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "about", "event"], name="notification_once")
        ]
        indexes = [
            models.Index(fields=["user", "id"], condition=WAITS, name="notification_waits"),
            models.Index(fields=["user", "-id"], name="notification_latest"),
            models.Index(fields=["about"], condition=models.Q(over_at=None), name="notification_about"),
            models.Index(fields=["at"], name="notification_at"),
        ]

    def __str__(self) -> str:
        return f"Notification {self.pk}"

    @property
    def words(self) -> str:
        """What it says: policy's words for the kind, and how people name the record. Nothing else, ever."""
        clocks = load("clocks", settings.JURISDICTION).on(today()).kinds
        kind, clock = policy().kinds.get(self.kind), clocks.get(self.clock)
        said = [kind.label if kind else "Something", *([clock.label] if clock else [])]
        return f"{': '.join(said)}: {words_for(self.about)}"

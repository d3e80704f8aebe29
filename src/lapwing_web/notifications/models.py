"""The notification."""

from django.db import models

from lapwing_web.staff.models import User

WAITS = models.Q(read_at=None, over_at=None)


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

"""The audit's rows and the head of their chain."""

from django.db import models


class AuditEntry(models.Model):
    """One thing done or looked at. Triggers on both engines refuse UPDATE, DELETE and TRUNCATE."""

    position = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)  # a username, or `rule:<name>`, or `system`
    role = models.CharField(max_length=40)
    organisation = models.CharField(max_length=40)
    action = models.CharField(max_length=80)
    about = models.CharField(max_length=80)  # `<noun>:<id>`, as in `referral:12`
    to = models.CharField(max_length=100, blank=True)  # of a disclosure: an organisation's code, or who
    why = models.TextField(blank=True)
    old = models.TextField(blank=True)  # canonical JSON
    new = models.TextField(blank=True)
    policy = models.CharField(max_length=64, blank=True)  # SHA-256 of the policy file that decided
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["about", "position"], name="audit_about"),
            models.Index(fields=["organisation", "position"], name="audit_organisation"),
            models.Index(fields=["by", "position"], name="audit_by"),
            models.Index(fields=["action", "position"], name="audit_action"),
            models.Index(fields=["at"], name="audit_at"),
            # what was looked at of late, by anybody and by the people of one organisation
            models.Index(
                fields=["action", "at", "position"],
                condition=models.Q(action="consult"),
                name="audit_consulted",
            ),
            models.Index(
                fields=["organisation", "action", "at", "position"],
                condition=models.Q(action="consult"),
                name="audit_consulted_by",
            ),
            models.Index(fields=["to", "about"], condition=~models.Q(to=""), name="audit_disclosed"),
        ]


class ChainHead(models.Model):
    """The last position and hash: one row, locked first by every transaction that records."""

    position = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64)

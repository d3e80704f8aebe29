"""Receipts: one for everything that arrived, whatever became of it."""

from django.db import models

from lapwing_web.intake.models.report import Document, Fragment, Provider, Report
from lapwing_web.staff.models import User


class Receipt(models.Model):
    """One arrival of one report, or of one file that could not be read as any."""

    class State(models.TextChoices):
        NEW = "new", "New report"
        NEW_VERSION = "new_version", "New version"
        DUPLICATE = "duplicate", "Already held"
        ATTACHED = "attached", "Details added to a report"
        REJECTED = "rejected", "Could not be read"
        HELD = "held", "Waiting for its report"
        CLEARED = "cleared", "Rejected, and dealt with"

    MOVES = {
        State.NEW: set(),
        State.NEW_VERSION: set(),
        State.DUPLICATE: set(),
        State.ATTACHED: set(),
        State.HELD: {State.ATTACHED, State.CLEARED},
        State.REJECTED: {State.CLEARED},
        State.CLEARED: {State.REJECTED},
    }

    state = models.CharField(max_length=12, choices=State.choices)
    received_at = models.DateTimeField()
    name = models.CharField(max_length=255, blank=True)  # what the sender called the file: text, never a path
    channel = models.CharField(max_length=20)  # command, upload, form
    document = models.ForeignKey(
        Document, null=True, blank=True, on_delete=models.PROTECT, related_name="receipts"
    )
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(null=True, blank=True)
    position = models.IntegerField(default=0)
    provider = models.ForeignKey(
        Provider, null=True, blank=True, on_delete=models.PROTECT, related_name="receipts", db_index=False
    )  # who sent it, as far as is known: what cannot be read names nobody, and often nobody else does
    report = models.ForeignKey(
        Report, null=True, blank=True, on_delete=models.PROTECT, related_name="receipts"
    )
    reason = models.TextField(blank=True)  # of a rejection: what is wrong and where
    fragment = models.ForeignKey(
        Fragment, null=True, blank=True, on_delete=models.PROTECT, related_name="receipts"
    )
    repeats = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="repeated_by"
    )  # of a duplicate with no report: the receipt, rejected or waiting, that already stands for these bytes
    submission = models.ForeignKey(
        "intake.Submission", null=True, blank=True, on_delete=models.PROTECT, related_name="receipts"
    )  # with which it was handed over, where it was through an account
    lapsed = models.BooleanField(default=False)  # the submission was begun and never finished: what there is
    awaited_reference = models.CharField(max_length=200, blank=True)
    cleared_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT)
    cleared_at = models.DateTimeField(null=True, blank=True)
    cleared_why = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["submission"], condition=models.Q(lapsed=True), name="receipt_lapsed_once"
            )
        ]
        indexes = [
            models.Index(fields=["state", "-received_at"], name="receipt_state"),
            models.Index(fields=["received_at"], name="receipt_received"),
            models.Index(fields=["sha256"], name="receipt_sha256"),
            # prevention counts a company's months from this alone
            models.Index(
                fields=["provider", "received_at", "state", "fragment", "repeats", "lapsed"],
                name="receipt_of_company",
            ),
            models.Index(
                fields=["provider"],
                condition=models.Q(state="rejected", lapsed=False),
                name="receipt_rejected_of",
            ),
        ]

    def __str__(self) -> str:
        return f"Receipt {self.pk}"
